"""Which store a command is about."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from imlkit.errors import CommandError, ImlkitError
from imlkit.location import data_folder, data_store
from imlkit.store import Store

__all__ = [
    "add_place",
    "check_folder",
    "exists",
    "hidden",
    "make_private",
    "opened",
    "place_of",
    "private",
    "without_passwords",
]

_DEFAULT: Final = "imlkit-data"
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_FILES: Final = {"sqlite": "store.sqlite", "tinydb": "store.json"}
_PASSWORDS: Final = (
    (re.compile(r"(://[^\s:/@]*):[^\s@]*@"), r"\1:***@"),
    (re.compile(r"([?&]password=)[^\s&'\"]*"), r"\1***"),
)


def add_place(parser: argparse.ArgumentParser, default: Any = argparse.SUPPRESS) -> None:
    """Let a parser take ``--data`` or ``--database``.

    Args:
        parser: of ``imlkit store``, or of one of its commands.
        default: None for ``imlkit store`` itself; a command's parser takes the place of what was said
            before its name only where it says something.
    """
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--data",
        metavar="FOLDER",
        default=default,
        help=f"where the data is kept (default: {_DEFAULT})",
    )
    place.add_argument(
        "--database",
        metavar="URL",
        default=default,
        help="a PostgreSQL database: postgresql://user:password@host/name",
    )


def place_of(asked: argparse.Namespace) -> str:
    """Return the location of the store that a command is about.

    Args:
        asked: what was asked for: ``data``, ``database`` and ``place``, each None if it was left out.

    Raises:
        CommandError: several were given.
    """
    said = [place for place in (asked.place, asked.data, asked.database) if place is not None]
    if len(said) > 1:
        raise CommandError("several stores are named: give a place, or --data, or --database")
    if asked.data is not None and "://" in asked.data and not asked.data.startswith("sqlite:"):
        raise CommandError(f"--data {hidden(asked.data)!r} is no folder: name the folder of the store")
    if asked.data is not None and not asked.data.startswith("sqlite:"):
        return f"sqlite:{asked.data}"
    return str(said[0]) if said else _DEFAULT


def exists(location: str) -> bool:
    """Return whether a store is at a location already; True where only opening it would tell."""
    file = _file(location)
    return file is None or file.is_file() or (_other(file) is None and (file.parent / "assets").is_dir())


def _other(file: Path) -> str | None:
    """Return the kind of store that another file in a store's folder is of, if there is one."""
    return next((each for each, name in _FILES.items() if file.with_name(name).is_file()), None)


def _file(location: str) -> Path | None:
    scheme = _SCHEME.match(location)
    name = _FILES.get(scheme[1].lower() if scheme else "sqlite")
    return data_folder(location) / name if name is not None else None


@contextmanager
def opened(location: str, must_exist: bool = False) -> Iterator[Store]:
    """Open a store for as long as the block runs.

    Args:
        location: what :func:`imlkit.data_store` understands.
        must_exist: whether a store that is not there is an error; else it is made.

    Raises:
        CommandError: there is no store, or one that keeps nothing.
    """
    if location.lower().startswith("memory:"):
        raise CommandError(f"{location!r} keeps nothing: name a folder, a database or a server")
    file = _file(location)
    if must_exist and file is not None and not exists(location):
        other = _other(file)
        hint = (
            f"but one of another kind: write '{other}:' before it"
            if other
            else "nor any other: check the folder"
        )
        raise CommandError(f"there is no such store in {str(file.parent)!r}, {hint}")
    with without_passwords():
        store = data_store(location)
        try:
            yield store
        finally:
            store.close()


def make_private(folder: Path) -> None:
    """Let nobody but its owner read a store's documents: the hashes of passwords are among them."""
    for name in _FILES.values():
        for file in folder.glob(f"{name}*"):
            with suppress(OSError):
                file.chmod(0o600)


@contextmanager
def private(location: str) -> Iterator[None]:
    """Let nobody but its owner read what the block puts into a folder's store, from the first byte on."""
    mask = os.umask(0o077)
    try:
        yield
        if (file := _file(location)) is not None:
            make_private(file.parent)
    finally:
        os.umask(mask)


def check_folder(folder: str) -> None:
    """Raise CommandError if this is not the folder of an SQLite store, there already or to be made."""
    scheme = _SCHEME.match(folder)
    if scheme is not None and scheme[1].lower() != "sqlite":
        raise CommandError(
            f"--data {hidden(folder)!r} is no folder, and a server keeps its data in one, or in PostgreSQL: "
            "name a folder, or a database with --database"
        )
    if not exists(folder) and (other := _other(data_folder(folder) / _FILES["sqlite"])) is not None:
        raise CommandError(
            f"{folder!r} holds a store of another kind, which one program alone can open: copy it with "
            f"imlkit store migrate {other}:{folder} NEW, and serve NEW"
        )


def hidden(text: str) -> str:
    """Return text with stars in place of passwords in locations."""
    for password, stars in _PASSWORDS:
        text = password.sub(stars, text)
    return text


@contextmanager
def without_passwords() -> Iterator[None]:
    """Let errors of the block say no passwords."""
    try:
        yield
    except ImlkitError as error:
        said = hidden(str(error))
        if said == str(error):
            raise
        raise _alike(error, said) from None


def _alike(error: ImlkitError, said: str) -> ImlkitError:
    try:
        return type(error)(said)
    except TypeError:
        return CommandError(said)
