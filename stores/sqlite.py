"""The store of a folder: an SQLite database, and a folder of assets beside it."""

from __future__ import annotations

import threading
from pathlib import Path

from imlkit.location import data_folder
from imlkit.store import Assets, Store

from .arguments import collection_name
from .asset_folder import AssetFolder
from .change_log import ChangeLog
from .disk import made_folder
from .sqlite_collection import SQLiteCollection, collection_names
from .sqlite_file import SQLiteFile

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
        self._log = ChangeLog(self._file)
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
                self._collections[name] = SQLiteCollection(collection_name(name), self._file, self._log)
            return self._collections[name]

    def collections(self) -> list[str]:
        return collection_names(self._file)

    def close(self) -> None:
        self.closed = True
        self._log.close()
        self._file.close()
