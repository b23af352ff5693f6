"""How pictures, sounds, texts, series and rows of a table are shown."""
