"""A store served over HTTP."""
