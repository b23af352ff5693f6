"""The store of a PostgreSQL database."""

from .postgresql_store import PostgreSQLStore

__all__ = ["PostgreSQLStore"]
