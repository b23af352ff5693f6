"""Sources: what people draw, upload or record."""
