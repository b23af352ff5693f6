"""Linked views on pages that need no Python."""
