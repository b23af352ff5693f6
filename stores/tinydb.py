"""A store of readable files: TinyDB's JSON, and arrays and images beside it."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import filelock
from tinydb import TinyDB

from imlkit.documents import Reference
from imlkit.errors import StoreLockedError, StoreUnavailableError
from imlkit.location import data_folder
from imlkit.store import Assets, Store

from .arguments import collection_name
from .asset_folder import AssetFolder
from .disk import disk_errors, made_folder
from .held import Held, HeldCollection
from .left_over import bytes_in, forget_old
from .news import News
from .shelf import Shelf
from .tinydb_file import AtomicJSONStorage, replace_file

__all__ = ["TinyDBStore"]

_FILE_NAME: Final = re.compile(r"[0-9a-f]{64}\.(npy|png|bin)")


class TinyDBStore(Store):
    """Documents in ``store.json``, their arrays and images in ``attachments``, assets in ``assets``.

    For small projects that one wants to read, edit (while no app uses them) and put under version
    control. Every write rewrites the JSON file, so a thousand documents are many. One process at
    a time may use the folder.

    Args:
        location: a folder, made if it does not exist, with or without ``tinydb:`` before it.

    Raises:
        StoreLockedError: another process uses the folder.
        StoreUnavailableError: the folder cannot be read or written, or the file is damaged.
        StoreVersionError: a newer imlkit wrote the store.
    """

    def __init__(self, location: str | Path) -> None:
        self.folder = made_folder(data_folder(str(location)))
        self.location = f"tinydb:{self.folder}"
        self._held_lock = _locked(self.folder)
        try:
            self._lock = threading.RLock()
            self._news = News()
            self._shelf = FileShelf(self.folder / "attachments")
            self._database = TinyDB(self.folder / "store.json", storage=AtomicJSONStorage)
            self._collections: dict[str, TinyDBCollection] = {}
            for name in self._database.tables():
                self.collection(name)
        except BaseException:
            self._held_lock.release()
            raise
        self.assets: Assets = AssetFolder(self.folder / "assets", self.check_open)

    @staticmethod
    def resolve(location: str) -> str:
        """Return the one spelling of a location."""
        return f"tinydb:{data_folder(location)}"

    def check_open(self) -> None:
        """Raise if the store is closed."""
        if self.closed:
            raise StoreUnavailableError(
                f"the store in {str(self.folder)!r} is closed: open it again with data_store()"
            )

    def collection(self, name: str) -> TinyDBCollection:
        with self._lock:
            self.check_open()
            if name not in self._collections:
                self._collections[name] = TinyDBCollection(
                    collection_name(name), self._lock, self._news, self._shelf, self
                )
            return self._collections[name]

    def table(self, name: str) -> Any:
        """Return TinyDB's table of a collection."""
        return self._database.table(name, cache_size=0)

    def collections(self) -> list[str]:
        with self._lock:
            self.check_open()
            return sorted(name for name, collection in self._collections.items() if len(collection))

    def size(self) -> int:
        """Return how many bytes the folder takes."""
        return bytes_in(self.folder)

    def compact(self) -> int:
        """Write the file anew, and forget what nothing refers to.

        Returns:
            How many attachments were forgotten that no document referred to, and uploads that were
            broken off.
        """
        with self._lock:
            self.check_open()
            tables = self._database.storage.read()
            if tables is not None:
                self._database.storage.write({name: table for name, table in tables.items() if table})
            with disk_errors(self.folder):
                partial = forget_old(self.folder.glob("assets/*.partial"))
            return self._shelf.sweep() + partial

    def close(self) -> None:
        with self._lock:
            if not self.closed:
                self.closed = True
                self._news.close()
                self._database.close()
                self._held_lock.release()


class TinyDBCollection(HeldCollection):
    """A collection whose every write goes into TinyDB's table as well."""

    def __init__(
        self, name: str, lock: threading.RLock, news: News, shelf: Shelf, store: TinyDBStore
    ) -> None:
        super().__init__(name, lock, news, shelf, store.check_open)
        self._table = store.table(name)
        self._numbers: dict[str, int] = {}
        for document in self._table:
            self._read(store.folder, document.doc_id, dict(document))

    def _read(self, folder: Path, number: int, document: dict[str, Any]) -> None:
        # Whoever adds a document with an editor need not think of an id.
        id = document.pop("id", str(number))
        if not isinstance(id, str) or id in self._held:
            raise StoreUnavailableError(
                f"document {number} of {self.name!r} in {str(folder)!r} has the id {id!r:.100}, which is "
                "no text or another document's too: mend it in store.json"
            )
        try:
            self._held[id] = Held.of(id, document)
        except (ValueError, TypeError, AttributeError) as error:
            raise StoreUnavailableError(
                f"document {number} of {self.name!r} in {str(folder)!r} cannot be read ({error}): "
                "mend it in store.json"
            ) from error
        self._numbers[id] = number
        self._shelf.move((), self._references([id]))

    def _keep(self, held: Mapping[str, Held], new: bool) -> None:
        rows = {id: {"id": id, **each.fields} for id, each in held.items()}
        if new:
            numbers = self._table.insert_multiple(rows.values())
            self._numbers.update(zip(rows, numbers, strict=True))
            return
        replacements = iter(rows.values())

        def replace(row: dict[str, Any]) -> None:
            row.clear()
            row.update(next(replacements))

        self._table.update(replace, doc_ids=[self._numbers[id] for id in rows])

    def _forget(self, ids: Sequence[str]) -> None:
        self._table.remove(doc_ids=[self._numbers[id] for id in ids])
        for id in ids:
            del self._numbers[id]


class FileShelf(Shelf):
    """Attachments as files, each named after the hash of its content."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def load(self, reference: Reference) -> bytes:
        with disk_errors(self._folder):
            try:
                return self._path(reference.name).read_bytes()
            except FileNotFoundError:
                raise StoreUnavailableError(
                    f"the file {reference.name!r:.100} is missing in {str(self._folder)!r}, though a "
                    "document refers to it: restore it from a backup, or remove the document"
                ) from None

    def _path(self, name: str) -> Path:
        if not isinstance(name, str) or not _FILE_NAME.fullmatch(name):
            raise StoreUnavailableError(
                f"a document in {str(self._folder.parent)!r} refers to {name!r:.100}, which is no "
                "attachment's name: mend it in store.json"
            )
        return self._folder / name

    def _put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        with disk_errors(self._folder):
            self._folder.mkdir(exist_ok=True)
            replace_file(path, content)

    def sweep(self) -> int:
        """Forget every file to which no document refers; return how many."""
        gone = 0
        with disk_errors(self._folder):
            for path in self._folder.glob("*"):
                name = path.name.removesuffix(".partial")
                if _FILE_NAME.fullmatch(name) and (name != path.name or self._references[name] <= 0):
                    path.unlink(missing_ok=True)
                    gone += 1
        return gone

    def _drop(self, name: str) -> None:
        with contextlib.suppress(OSError):
            self._path(name).unlink(missing_ok=True)


def _locked(folder: Path) -> filelock.BaseFileLock:
    lock = filelock.FileLock(folder / ".lock", timeout=0, thread_local=False)
    with disk_errors(folder):
        try:
            lock.acquire()
        except filelock.Timeout:
            raise StoreLockedError(
                f"the store in {str(folder)!r} is in use by another process, and TinyDB stores serve one "
                "at a time: close the other app, or use a folder without 'tinydb:', which serves several"
            ) from None
    return lock
