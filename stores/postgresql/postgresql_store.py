"""The store of a PostgreSQL database."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from imlkit.store import Assets, Store

from ..arguments import collection_name
from ..sql_moment import SQLMoment
from ..sql_rows import SQLRows
from .asset_pieces import AssetPieces
from .change_log import ChangeLog
from .compaction import compact_database, database_size
from .database import Database, address
from .declared_indexes import declare_indexes
from .kept_answers import KeptAnswers
from .postgresql_collection import PostgreSQLCollection, collection_names
from .tables import attachments, documents

__all__ = ["PostgreSQLStore"]


class PostgreSQLStore(Store):
    """Documents and assets in the schema ``imlkit`` of a PostgreSQL database.

    Any number of processes, on any number of machines, may use the database at once. A write that
    has returned is as safe as the server keeps it.

    Args:
        location: ``postgresql://user:password@host:port/database``; what is left out is as for any
            program of PostgreSQL's (``PGPASSWORD`` and the like, ``~/.pgpass``).

    Raises:
        LocationError: the location is no address of a database.
        StoreUnavailableError: the server does not answer, or lets nobody in.
        StoreVersionError: a newer imlkit wrote the store.
    """

    def __init__(self, location: str) -> None:
        self._database = Database(location)
        self.location = self._database.name
        self.log = ChangeLog(self._database)
        self._answers = KeptAnswers()
        self._collections: dict[str, PostgreSQLCollection] = {}
        self._making = threading.Lock()
        self.assets: Assets = AssetPieces(self._database)

    @staticmethod
    def resolve(location: str) -> str:
        """Return the one spelling of a location."""
        return address(location).set(drivername="postgresql").render_as_string(hide_password=False)

    def collection(self, name: str) -> PostgreSQLCollection:
        self._database.check_open()
        with self._making:
            if name not in self._collections:
                self._collections[name] = PostgreSQLCollection(
                    collection_name(name), self._database, self.log, self._answers
                )
            return self._collections[name]

    def collections(self) -> list[str]:
        return collection_names(self._database)

    @contextmanager
    def moment(self) -> Iterator[SQLMoment]:
        """Give the documents as they are now, whoever writes meanwhile."""
        with self._database.reading() as connection:
            yield SQLMoment(connection, SQLRows(documents, attachments))

    def size(self) -> int:
        """Return how many bytes the tables take."""
        return database_size(self._database)

    def compact(self) -> int:
        """Let PostgreSQL use the space again that is needed no more.

        Returns:
            How many attachments were forgotten that no document referred to, and uploads that were
            broken off.
        """
        return compact_database(self._database)

    def declare_indexes(self, wanted: Mapping[str, Sequence[str]]) -> int:
        """Let these fields of collections be found fast (see :mod:`.declared_indexes`)."""
        return declare_indexes(self._database, wanted)

    def close(self) -> None:
        self.closed = True
        self.log.close()
        self._database.close()
