"""Layouts place views on pages."""
