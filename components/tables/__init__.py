"""Linked views of tables."""
