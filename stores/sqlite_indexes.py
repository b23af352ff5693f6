"""Indexes of declared fields in an SQLite file."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from sqlalchemy.dialects import sqlite

from .sql_indexes import PREFIX, FieldIndexes, Index, to_do
from .sql_tables import documents
from .sqlite_fields import SQLiteFields
from .sqlite_file import SQLiteFile

__all__ = ["declare_indexes"]

log = logging.getLogger("imlkit.indexes")

_THERE: Final = f"SELECT name FROM sqlite_schema WHERE type = 'index' AND name GLOB '{PREFIX}*'"


def declare_indexes(file: SQLiteFile, wanted: Mapping[str, Sequence[str]]) -> int:
    """Make the indexes of these fields of collections, drop those of others; return how many that were.

    Whoever writes waits for one index at a time; whoever reads does not wait.
    """
    indexes = FieldIndexes(documents, SQLiteFields(), sqlite.dialect()).declared(wanted)
    with file.peeking() as connection:
        make, drop = to_do([name for (name,) in connection.execute(_THERE)], indexes)
    for name in drop:
        file.write(partial(_drop, name))
    for n, index in enumerate(make, 1):
        log.info("making index %d of %d", n, len(make))
        file.write(partial(_make, index))
    return len(make) + len(drop)


def _make(index: Index, connection: sqlite3.Connection) -> None:
    connection.execute(
        f"CREATE INDEX IF NOT EXISTS {index.name} ON documents ({index.columns}) WHERE {index.where}"
    )


def _drop(name: str, connection: sqlite3.Connection) -> None:
    connection.execute(f"DROP INDEX IF EXISTS {name}")
