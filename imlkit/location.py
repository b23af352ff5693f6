"""Stores by location."""

from __future__ import annotations

import threading
from pathlib import Path

from .errors import LocationError
from .registry import found
from .store import Store

__all__ = ["data_store"]

_open: dict[str, Store] = {}
_lock = threading.Lock()


def data_store(location: str | Path = "memory:") -> Store:
    """Open the store at a location; the same location gives the same store throughout a process.

    Args:
        location: ``"memory:"`` (each call a new store, nothing kept; ``"memory:name"`` is shared
            by name), a folder or ``"sqlite:folder"`` (SQLite), ``"tinydb:folder"`` (readable
            JSON files), or the scheme of an installed store package. A relative folder is taken
            from the data folder of ``imlkit serve --data``, else from the current folder.

    Raises:
        LocationError: no installed store understands the location.
        StoreUnavailableError: the place cannot be read or written.
    """
    raise LocationError(f"no store understands {location!r}")
