"""Places where collections and assets are kept."""
