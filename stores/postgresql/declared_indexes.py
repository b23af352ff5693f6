"""Indexes of declared fields in a PostgreSQL database."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, text

from ..sql_indexes import PREFIX, FieldIndexes, to_do
from .database import LOCK, Database
from .postgresql_fields import PostgreSQLFields
from .tables import SCHEMA, documents

__all__ = ["declare_indexes"]

log = logging.getLogger("imlkit.indexes")

_LOOK_EVERY: Final = 0.25
"""Seconds between two looks whether another server is done with its indexes."""
_TAKE: Final = text("SELECT pg_try_advisory_lock(:lock)")
_LEAVE: Final = text("SELECT pg_advisory_unlock(:lock)")
_THERE: Final = text(
    "SELECT c.relname, i.indisvalid FROM pg_catalog.pg_index AS i "
    "JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
    f"WHERE n.nspname = '{SCHEMA}' AND starts_with(c.relname, '{PREFIX}')"
)


def declare_indexes(database: Database, wanted: Mapping[str, Sequence[str]]) -> int:
    """Make the indexes of these fields of collections, drop those of others; return how many that were.

    Nobody waits for it, neither who reads nor who writes. Servers that share a database do so one after
    the other, and are to be told of the same fields.
    """
    database.check_open()
    with (
        database.errors(),
        database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
        _turn(database, connection),
    ):
        indexes = FieldIndexes(documents, PostgreSQLFields(), connection.dialect).declared(wanted)
        found = {row.relname: row.indisvalid for row in connection.execute(_THERE)}
        # What was broken off is there, but of no use.
        broken = [name for name, valid in found.items() if not valid]
        make, drop = to_do([name for name in found if name not in broken], indexes)
        for name in (*broken, *drop):
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {SCHEMA}.{name}")
        for n, index in enumerate(make, 1):
            log.info("making index %d of %d", n, len(make))
            connection.exec_driver_sql(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index.name} "
                f"ON {SCHEMA}.documents ({index.columns}) WHERE {index.where}"
            )
        if make:
            # Until the values of an index are known, PostgreSQL guesses how many documents it finds.
            connection.exec_driver_sql(f"ANALYZE {SCHEMA}.documents")
    return len(make) + len(drop)


@contextmanager
def _turn(database: Database, connection: Connection) -> Iterator[None]:
    # Who waited inside the database would hold up the very index that it waits for.
    lock = {"lock": LOCK + 1}
    while not connection.execute(_TAKE, lock).scalar_one():
        time.sleep(_LOOK_EVERY)
        database.check_open()
    try:
        yield
    finally:
        connection.execute(_LEAVE, lock)
