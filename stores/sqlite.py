"""The store of a folder: an SQLite database, and a folder of assets beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from imlkit.location import data_folder
from imlkit.store import Assets, Store

from .arguments import collection_name
from .asset_folder import AssetFolder
from .change_log import ChangeLog
from .disk import disk_errors, made_folder
from .kept_answers import KeptAnswers
from .left_over import bytes_in, forget_old
from .sql_moment import SQLMoment
from .sql_rows import SQLRows
from .sql_tables import attachments, documents
from .sqlite_collection import SQLiteCollection, collection_names
from .sqlite_compaction import compact_file
from .sqlite_file import SQLiteFile
from .sqlite_indexes import declare_indexes

__all__ = ["SQLiteStore"]


class SQLiteStore(Store):
    """Documents in ``store.sqlite``, assets as files in ``assets``, both in one folder.

    Several processes may use the folder at once, on one machine. A write that has returned
    survives the end of the process, however sudden; readers never wait for writers.

    Args:
        location: a folder, made if it does not exist, with or without ``sqlite:`` before it.

    Raises:
        StoreUnavailableError: the folder cannot be read or written.
        StoreVersionError: a newer imlkit wrote the store.
    """

    def __init__(self, location: str | Path) -> None:
        self.folder = data_folder(str(location))
        self.location = f"sqlite:{self.folder}"
        self._file = SQLiteFile(made_folder(self.folder) / "store.sqlite")
        self.log = ChangeLog(self._file)
        self._answers = KeptAnswers()
        self._collections: dict[str, SQLiteCollection] = {}
        self._making = threading.Lock()
        self.assets: Assets = AssetFolder(self.folder / "assets", self._file.check_open)

    @staticmethod
    def resolve(location: str) -> str:
        """Return the one spelling of a location."""
        return f"sqlite:{data_folder(location)}"

    def collection(self, name: str) -> SQLiteCollection:
        self._file.check_open()
        with self._making:
            if name not in self._collections:
                self._collections[name] = SQLiteCollection(
                    collection_name(name), self._file, self.log, self._answers
                )
            return self._collections[name]

    def collections(self) -> list[str]:
        return collection_names(self._file)

    @contextmanager
    def moment(self) -> Iterator[SQLMoment]:
        """Give the documents as they are now, whoever writes meanwhile."""
        with self._file.reading() as connection:
            yield SQLMoment(connection, SQLRows(documents, attachments))

    def size(self) -> int:
        """Return how many bytes the folder takes."""
        return bytes_in(self.folder)

    def compact(self) -> int:
        """Give back the space that is needed no more.

        Returns:
            How many attachments were forgotten that no document referred to, and uploads that were
            broken off.
        """
        forgotten = compact_file(self._file)
        with disk_errors(self.folder):
            uploads = self.folder.glob("uploads/[0-9a-f]*")
            return forgotten + forget_old(uploads) + forget_old(self.folder.glob("assets/*.partial"))

    def declare_indexes(self, wanted: Mapping[str, Sequence[str]]) -> int:
        """Let these fields of collections be found fast (see :mod:`~imlkit.stores.sqlite_indexes`)."""
        return declare_indexes(self._file, wanted)

    def close(self) -> None:
        self.closed = True
        self.log.close()
        self._file.close()
