"""Standard controls and displays."""
