"""Letting PostgreSQL use the space again that a store needs no more."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from .change_log import KEPT
from .database import Database
from .tables import SCHEMA, metadata

__all__ = ["compact_database", "database_size"]

_UNUSED: Final = (
    f"FROM {SCHEMA}.attachments AS kept WHERE NOT EXISTS (SELECT FROM {SCHEMA}.documents "
    "WHERE sequence = kept.document AND strpos(documents.document, kept.name) > 0)"
)
_ANY: Final = text(f"SELECT EXISTS (SELECT {_UNUSED})")
# A document that is to refer to one of them again waits until it is gone, and then brings its own.
_ALONE: Final = text(f"LOCK TABLE {SCHEMA}.documents IN SHARE ROW EXCLUSIVE MODE")
_FORGET: Final = text(f"DELETE {_UNUSED}")
_ABANDONED: Final = text(
    f"WITH gone AS (DELETE FROM {SCHEMA}.pieces AS old WHERE added < now() - interval '1 day' "
    f"AND NOT EXISTS (SELECT FROM {SCHEMA}.assets WHERE upload = old.upload) RETURNING upload) "
    "SELECT count(DISTINCT upload) FROM gone"
)
_TRIM: Final = text(
    f"DELETE FROM {SCHEMA}.changes WHERE sequence <= (SELECT max(sequence) FROM {SCHEMA}.changes) - :kept"
)
_SIZE: Final = text(
    "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = CAST(:schema AS regnamespace)"
)


def database_size(database: Database) -> int:
    """Return how many bytes the tables take, with their indexes."""
    with database.reading() as connection:
        return int(connection.execute(_SIZE, {"schema": SCHEMA}).scalar_one())


def compact_database(database: Database) -> int:
    """Let PostgreSQL use freed space again, and look at its tables for faster answers.

    Returns:
        How many attachments and uploads were forgotten.
    """

    def forget(connection: Connection) -> int:
        connection.execute(_TRIM, {"kept": KEPT})
        uploads = int(connection.execute(_ABANDONED).scalar_one())
        if not connection.execute(_ANY).scalar_one():
            return uploads
        connection.execute(_ALONE)
        return uploads + connection.execute(_FORGET).rowcount

    forgotten = database.write(forget)
    by_itself = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with database.errors(), by_itself.connect() as connection:
        for table in metadata.sorted_tables:
            connection.execute(text(f"VACUUM (ANALYZE) {SCHEMA}.{table.name}"))
    return forgotten
