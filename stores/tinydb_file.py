"""The JSON file of a TinyDB store: readable, one document a line, replaced whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any, Final

from tinydb.storages import Storage

from imlkit.errors import StoreUnavailableError, StoreVersionError
from imlkit.json_text import json_text

from .disk import disk_errors

__all__ = ["FORMAT", "AtomicJSONStorage", "replace_file"]

FORMAT: Final = 1

Tables = dict[str, dict[str, Any]]


class AtomicJSONStorage(Storage):
    """Where TinyDB keeps its tables: a JSON file that is never seen half-written.

    Args:
        path: the file, in a folder that exists.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables: Tables | None = None

    def read(self) -> Tables | None:
        """Return the tables, from the file the first time; None if there is none yet.

        Raises:
            StoreVersionError: a newer imlkit wrote the file.
            StoreUnavailableError: the file cannot be read, or is damaged.
        """
        if self._tables is None:
            with disk_errors(self._path.parent):
                try:
                    content = self._path.read_bytes()
                except FileNotFoundError:
                    return None
            self._tables = self._checked(content)
        return self._tables

    def _checked(self, content: bytes) -> Tables:
        try:
            data = json.loads(content)
            version = data["imlkit"]
            if isinstance(version, int) and version > FORMAT:
                raise StoreVersionError(
                    f"the store {str(self._path)!r} was written by a newer imlkit (format {version}, "
                    f"this one reads up to {FORMAT}) and was left as it was: update imlkit, or choose "
                    "another folder"
                )
            tables = data["collections"]
            if not all(isinstance(each, dict) for table in tables.values() for each in table.values()):
                raise TypeError("a document is no dictionary")
            if not all(number.isdecimal() for table in tables.values() for number in table):
                raise TypeError("a document's number is no number")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise StoreUnavailableError(
                f"the file {str(self._path)!r} is damaged or no store of imlkit ({error!r:.200}): "
                "mend it in an editor, restore it from a backup, or choose another folder; it was left "
                "as it is"
            ) from error
        checked: Tables = tables
        return checked

    def write(self, tables: Tables) -> None:
        """Replace the file.

        Raises:
            StoreFullError: no space is left; the file is as before.
            StoreUnavailableError: the folder cannot be written; the file is as before.
        """
        # TinyDB has changed the tables already: until the file is written they are not true.
        self._tables = None
        with disk_errors(self._path.parent):
            replace_file(self._path, _text(tables).encode())
        self._tables = tables


def _text(tables: Tables) -> str:
    listed = ",\n".join(f"{json_text(name)}: {{\n{_rows(table)}\n}}" for name, table in tables.items())
    return f'{{"imlkit": {FORMAT}, "collections": {{\n{listed}\n}}}}\n'


def _rows(table: dict[str, Any]) -> str:
    return ",\n".join(f"{json_text(number)}: {json_text(document)}" for number, document in table.items())


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that it holds all of this content, or what it held before."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
