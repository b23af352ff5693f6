"""Pictures, sounds and other samples of rows."""
