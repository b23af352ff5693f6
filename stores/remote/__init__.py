"""The store of a server elsewhere."""

from .remote_store import RemoteStore

__all__ = ["RemoteStore"]
