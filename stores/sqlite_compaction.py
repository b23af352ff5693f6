"""Giving back the space of an SQLite file that it needs no more."""

from __future__ import annotations

import sqlite3
from typing import Final

from .change_log import KEPT
from .sqlite_file import SQLiteFile

__all__ = ["compact_file"]

_UNUSED: Final = (
    "DELETE FROM attachments WHERE NOT EXISTS (SELECT 1 FROM documents "
    "WHERE sequence = attachments.document AND instr(documents.document, attachments.name))"
)
_TRIM: Final = "DELETE FROM changes WHERE sequence <= (SELECT max(sequence) FROM changes) - ?"


def compact_file(file: SQLiteFile) -> int:
    """Rewrite a file without the space that was freed.

    Returns:
        How many attachments were forgotten, to which no document refers.
    """

    def forget(connection: sqlite3.Connection) -> int:
        connection.execute(_TRIM, (KEPT,))
        return connection.execute(_UNUSED).rowcount

    forgotten = file.write(forget)
    with file.peeking() as connection:
        connection.execute("VACUUM")
        # What was rewritten is in the log of writes until it is put in its place.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return forgotten
