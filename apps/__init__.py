"""Runnable demos, one script an app."""
