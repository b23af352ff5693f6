"""Layouts place the views of components on pages."""
