"""Datasets and ways to look through them."""
