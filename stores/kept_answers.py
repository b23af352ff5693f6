"""What writes were answered, kept with them in an SQLite file: one that is sent again is not done again."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Final

from imlkit.json_text import json_text

__all__ = ["KEPT", "KeptAnswers"]

KEPT: Final = 30 * 86_400.0
"""Seconds for which an answer is kept at least."""

_TRIM_EVERY: Final = 500
_FIND: Final = "SELECT answer FROM writes WHERE id = ?"
_ADD: Final = "INSERT INTO writes (id, answer, at) VALUES (?, ?, ?)"
_TRIM: Final = "DELETE FROM writes WHERE at < ?"


class KeptAnswers:
    """The answers of one SQLite file, in the transactions of the writes themselves.

    Args:
        now: the time in seconds since 1970.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._added = 0

    def of(self, connection: sqlite3.Connection, write: str | None) -> list[str] | None:
        """Return what a write was answered; None if it has not been done, or has no name."""
        if write is None:
            return None
        row = connection.execute(_FIND, (write,)).fetchone()
        return None if row is None else json.loads(row[0])

    def keep(self, connection: sqlite3.Connection, write: str | None, ids: Sequence[str]) -> None:
        """Keep what a write is answered."""
        if write is None:
            return
        now = self._now()
        if self._added % _TRIM_EVERY == 0:
            connection.execute(_TRIM, (now - KEPT,))
        self._added += 1
        connection.execute(_ADD, (write, json_text(list(ids)), now))
