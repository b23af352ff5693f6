"""Logging in to served apps, with the accounts of their store's server."""
