"""Feature extractors and models."""
