"""Stores by location."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import LocationError, LoginRequiredError, MissingDependencyError, StoreError
from .registry import found
from .store import Store

if TYPE_CHECKING:
    from .session import Session
    from .store_login import StoreLogin

__all__ = ["ask_for_login", "data_folder", "data_store", "open_stores", "resolved_location"]

_FOLDERS = "sqlite"
"""The scheme of a location that names just a folder."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
"""At least two letters, so that the drive in ``C:\\data`` is none."""

_shared: dict[str, Store] = {}
_unnamed: weakref.WeakSet[Store] = weakref.WeakSet()
_opening: dict[str, threading.Lock] = {}
_lock = threading.Lock()
_personal: set[str] = set()
"""Locations that pages open as the person who has logged in there."""


class _Own:
    """The stores that the pages of one person have opened for them alone."""

    def __init__(self) -> None:
        self.stores: dict[str, Store] = {}
        self.opening = threading.Lock()


_owned: weakref.WeakKeyDictionary[Any, _Own] = weakref.WeakKeyDictionary()


def data_store(location: str | os.PathLike[str] = "memory:") -> Store:
    """Open the store at a location; the same location gives the same store throughout a process.

    A store package registers under the entry-point group ``imlkit.stores``, by the scheme of its
    locations, what makes a store of one: a class or function that takes the location. If that has
    an attribute ``resolve``, it is called with the location first, and returns the location in
    the form that all its spellings share (or None if every call makes a new store).

    Args:
        location: ``"memory:"`` (each call a new store, nothing kept; ``"memory:name"`` is shared
            by name), a folder, ``"sqlite:folder"`` or ``"sqlite:///folder"`` (SQLite),
            ``"tinydb:folder"`` (readable JSON files), ``"postgresql://user:password@host/database"``,
            ``"http://127.0.0.1:8090"`` (what ``imlkit store`` serves), or the scheme of an installed
            store package. A relative folder is taken from the folder that the environment variable
            ``IMLKIT_DATA`` names, else from the current folder; where ``IMLKIT_STORE`` names a store
            (``imlkit serve --store`` sets it), all relative folders are that store.

    Raises:
        LocationError: no installed store understands the location.
        LoginRequiredError: the store is opened by people who have logged in, and no page's code asks.
        StoreUnavailableError: the place cannot be read or written.
        MissingDependencyError: the store needs a package that is not installed.
    """
    text, scheme = _spelled(location)
    factory = _factory(scheme, text)
    resolve = getattr(factory, "resolve", None)
    resolved = resolve(text) if resolve is not None else text
    if resolved is None:
        store: Store = factory(text)
        _unnamed.add(store)
        return store
    if resolved in _personal:
        return _own_store(resolved, factory)
    with _lock:
        opening = _opening.setdefault(resolved, threading.Lock())
    # One lock a location: a server that is slow to answer holds up no other store.
    with opening:
        open_already = _shared.get(resolved)
        if open_already is None or open_already.closed:
            open_already = _shared[resolved] = factory(resolved)
        return open_already


def open_stores(session: Session | None = None) -> list[Store]:
    """Return the stores that are open in this process, ordered by location.

    Args:
        session: leaves out what the pages of other persons than this session's have opened.
    """
    with _lock:
        own = [each for login, each in _owned.items() if session is None or login is session.login]
        stores = [*_shared.values(), *_unnamed, *(store for each in own for store in each.stores.values())]
    return sorted((store for store in stores if not store.closed), key=lambda store: store.location)


def resolved_location(location: str) -> str:
    """Return the one spelling of a location. Raises LocationError where no store understands it."""
    text, scheme = _spelled(location)
    resolve = getattr(_factory(scheme, text), "resolve", None)
    return (resolve(text) if resolve is not None else None) or text


def ask_for_login(location: str) -> None:
    """Let the pages of this process open a location as their own persons alone, each person another store."""
    _personal.add(resolved_location(location))


def _own_store(location: str, factory: Any) -> Store:
    from .session import Session

    session = Session.of_page()
    login = session.login if session is not None else None
    if session is None or login is None or login.address != location:
        raise LoginRequiredError(
            f"the store at {location} is opened as the person of a page, and no page's code asks: "
            "call data_store() in the script itself, not on a thread of its own"
        )
    with _lock:
        own = _owned.setdefault(login, _Own())
    with own.opening:
        store = own.stores.get(location)
        if store is None or store.closed:
            store = own.stores[location] = factory(location, token=login)
            _close_with(login, own.stores, location)
        return store


def _close_with(login: StoreLogin, stores: dict[str, Store], location: str) -> None:
    """Close a store when nobody uses its login any more, or its person logs out."""

    def look() -> None:
        if (login.state == "left" or not login.in_use) and (store := stores.pop(location, None)):
            end()
            _close_aside(store)

    end = login.watch(look)


def _close_aside(store: Store) -> None:
    # Closing may wait for the server: no page should wait with it.
    def close() -> None:
        with contextlib.suppress(StoreError, OSError):
            store.close()

    if not store.closed:
        threading.Thread(target=close, name="imlkit closing", daemon=True).start()


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
    shared = os.environ.get("IMLKIT_STORE")
    if match is None and shared and not os.path.isabs(os.path.expanduser(location)):
        location, match = shared, _SCHEME.match(shared)
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
        if entry.module.startswith("imlkit.") and error.name and not error.name.startswith("imlkit"):
            raise MissingDependencyError(
                f"the store for {scheme!r} needs the package {error.name!r}, which is not installed: "
                f"pip install 'imlkit[{entry.name}]'"
            ) from error
        raise LocationError(f"the store for {scheme!r} cannot be loaded: {error}") from error


def _close_all() -> None:
    for store in open_stores():
        with contextlib.suppress(StoreError, OSError):
            store.close()


atexit.register(_close_all)
