"""Tables that all pages of a server share."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from imlkit.session import Session

from ..table import Table

__all__ = ["opened"]

_turn = threading.Lock()
_tables: dict[tuple[str, str | None], tuple[int, Table]] = {}


def opened(path: str | os.PathLike[str], id: str | None = None) -> Table:
    """Return the table of files, the same for every page of a process.

    It is opened by the first who asks, and again where the file or folder was changed since.

    Args:
        path: a file, or a folder.
        id: the column that names each row.

    Raises:
        DataError: there is no table.
    """
    place = Path(path).absolute()
    key = (str(place), id)
    with _turn:
        changed = place.stat().st_mtime_ns if place.exists() else 0
        known = _tables.get(key)
        if known is not None and known[0] == changed:
            return known[1]
        # Of no page: it stays when the one that opened it is closed.
        with Session().entered():
            table = Table(place, id=id, title=place.name)
        _tables[key] = (changed, table)
        return table
