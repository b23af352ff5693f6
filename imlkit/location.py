"""Stores by location."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import threading
import weakref
from pathlib import Path
from typing import Any

from .errors import LocationError, StoreError
from .registry import found
from .store import Store

__all__ = ["data_folder", "data_store", "open_stores"]

_FOLDERS = "sqlite"
"""The scheme of a location that names just a folder."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
"""At least two letters, so that the drive in ``C:\\data`` is none."""

_shared: dict[str, Store] = {}
_unnamed: weakref.WeakSet[Store] = weakref.WeakSet()
_opening: dict[str, threading.Lock] = {}
_lock = threading.Lock()


def data_store(location: str | os.PathLike[str] = "memory:") -> Store:
    """Open the store at a location; the same location gives the same store throughout a process.

    A store package registers under the entry-point group ``imlkit.stores``, by the scheme of its
    locations, what makes a store of one: a class or function that takes the location. If that has
    an attribute ``resolve``, it is called with the location first, and returns the location in
    the form that all its spellings share (or None if every call makes a new store).

    Args:
        location: ``"memory:"`` (each call a new store, nothing kept; ``"memory:name"`` is shared
            by name), a folder, ``"sqlite:folder"`` or ``"sqlite:///folder"`` (SQLite),
            ``"tinydb:folder"`` (readable JSON files), or the scheme of an installed store
            package. A relative folder is taken from the folder that the environment variable
            ``IMLKIT_DATA`` names, else from the current folder.

    Raises:
        LocationError: no installed store understands the location.
        StoreUnavailableError: the place cannot be read or written.
    """
    text, scheme = _spelled(location)
    factory = _factory(scheme, text)
    resolve = getattr(factory, "resolve", None)
    resolved = resolve(text) if resolve is not None else text
    if resolved is None:
        store: Store = factory(text)
        _unnamed.add(store)
        return store
    with _lock:
        opening = _opening.setdefault(resolved, threading.Lock())
    # One lock a location: a server that is slow to answer holds up no other store.
    with opening:
        open_already = _shared.get(resolved)
        if open_already is None or open_already.closed:
            open_already = _shared[resolved] = factory(resolved)
        return open_already


def open_stores() -> list[Store]:
    """Return the stores that are open in this process, ordered by location."""
    stores = [*list(_shared.values()), *_unnamed]
    return sorted((store for store in stores if not store.closed), key=lambda store: store.location)


def data_folder(location: str) -> Path:
    """Return the absolute folder that a location names, whether or not it exists.

    Args:
        location: a folder, or a scheme before one: ``"sqlite:folder"``, ``"sqlite:///folder"``
            (as in SQLAlchemy, relative; absolute with a fourth slash). ``~`` is the home folder.

    Raises:
        LocationError: no folder is named, or another machine.
    """
    scheme = _SCHEME.match(location)
    folder = location[scheme.end() :] if scheme else location
    if folder.startswith("//"):
        host, slash, folder = folder[2:].partition("/")
        if host or not slash:
            raise LocationError(
                f"{location!r} names the machine {host!r}: this store keeps its data in a folder of this "
                f"machine; write {(scheme[0] if scheme else '') + 'folder'!r}"
            )
    if not folder.strip():
        raise LocationError(f"{location!r} names no folder: write one, such as 'my-data'")
    if "\x00" in folder:
        raise LocationError(f"{location!r} holds a NUL character, which no folder's name has")
    with contextlib.suppress(RuntimeError):
        folder = os.path.expanduser(folder)
    return Path(os.path.realpath(Path(os.environ.get("IMLKIT_DATA") or os.curdir) / folder))


def _spelled(location: Any) -> tuple[str, str]:
    if isinstance(location, os.PathLike):
        # A path is a folder, whatever characters its name holds.
        return f"{_FOLDERS}:{os.path.abspath(_below_data(os.fspath(location)))}", _FOLDERS
    if not isinstance(location, str) or not location:
        raise LocationError(
            f"{location!r} is no location of a store: give a folder, or text such as 'memory:'"
        )
    match = _SCHEME.match(location)
    if match is None:
        return f"{_FOLDERS}:{location}", _FOLDERS
    return location, match[1].lower()


def _below_data(folder: str) -> str:
    return os.path.join(os.environ.get("IMLKIT_DATA") or os.curdir, folder)


def _factory(scheme: str, location: str) -> Any:
    installed = found("imlkit.stores")
    # "postgresql+psycopg" is postgresql, spoken to in a certain way.
    entry = installed.get(scheme) or installed.get(scheme.partition("+")[0])
    if entry is None:
        raise LocationError(
            f"no installed store understands {location!r}: the scheme {scheme!r} is none of "
            f"{', '.join(sorted(installed))}; for a folder of that name write {'./' + location!r}"
        )
    try:
        return entry.load()
    except ImportError as error:
        raise LocationError(f"the store for {scheme!r} cannot be loaded: {error}") from error


def _close_all() -> None:
    for store in open_stores():
        with contextlib.suppress(StoreError, OSError):
            store.close()


atexit.register(_close_all)
