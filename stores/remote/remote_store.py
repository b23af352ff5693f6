"""The store of a server elsewhere."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable

from imlkit.errors import StoreUnavailableError
from imlkit.store import Assets, Store
from imlkit.store_login import StoreLogin
from imlkit.streams import Stream

from ..arguments import collection_name
from .change_reader import ChangeReader
from .connection import Connection, address
from .queue_file import QueueFile, queue_folder
from .refused_write import RefusedWrite
from .remote_assets import RemoteAssets
from .remote_collection import RemoteCollection
from .write_queue import WriteQueue

__all__ = ["OFFLINE_VARIABLE", "RemoteStore"]

log = logging.getLogger("imlkit")

OFFLINE_VARIABLE = "IMLKIT_OFFLINE"
_TRIES_OFFLINE = 2


class RemoteStore(Store):
    """Documents and assets that ``imlkit store`` serves, here or on another machine.

    What is written while the server is away waits on disk, in the folder that the environment variable
    ``IMLKIT_QUEUE`` names or else in ``~/.local/state/imlkit/queue``, and is sent in order when it is back.
    A store with writes that wait opens without its server; with ``IMLKIT_OFFLINE=1`` any does.

    Args:
        location: the server's address, such as ``http://127.0.0.1:8090``.
        token: by which the server knows who asks, or the login of a page's person; None takes the login that
            is kept on this machine (``imlkit store login``).

    Raises:
        LocationError: that is no address.
        StoreUnavailableError: no store's server answers there.
        LoginRequiredError: the server wants to know who asks.

    Attributes:
        pending: how many writes wait.
    """

    pending: Stream[int]

    def __init__(self, location: str, token: str | StoreLogin | None = None) -> None:
        self.location = address(location)
        self._connection = Connection(self.location, token)
        self._reader = ChangeReader(self._connection)
        self._collections: dict[str, RemoteCollection] = {}
        self._making = threading.Lock()
        self.assets: Assets = RemoteAssets(self._connection)
        try:
            # Who is not known learns it now, rather than at the first document.
            self._writes = WriteQueue(self._connection, self._queue())
        except BaseException:
            self._connection.close()
            raise
        self.pending = self._writes.pending

    def _queue(self) -> QueueFile:
        known = self._connection.user
        here = QueueFile(queue_folder(), self.location, known or "")
        offline = known is not None and (os.environ.get(OFFLINE_VARIABLE) == "1" or here.waits())
        try:
            said = self._connection.get("/v1/self", *([_TRIES_OFFLINE] if offline else []))
        except StoreUnavailableError as error:
            if not offline:
                raise
            log.warning("opened without its server: %s", error)
            return here
        name = said["name"] or ""
        if name == known:
            return here
        here.close()
        return QueueFile(queue_folder(), self.location, name)

    @property
    def refused(self) -> list[RefusedWrite]:
        """The writes that the server refused when it was back, the oldest first; they are kept."""
        return self._writes.refused()

    def forget_refused(self, writes: Iterable[RefusedWrite]) -> None:
        """Forget some of the writes that the server refused."""
        self._writes.forget_refused(list(writes))

    @staticmethod
    def resolve(location: str) -> str:
        """Return the one spelling of a location."""
        return address(location)

    def collection(self, name: str) -> RemoteCollection:
        self._connection.check_open()
        with self._making:
            if name not in self._collections:
                self._collections[name] = RemoteCollection(
                    collection_name(name), self._connection, self._reader, self._writes
                )
            return self._collections[name]

    def collections(self) -> list[str]:
        self._writes.settle()
        names: list[str] = self._connection.get("/v1/collections")["collections"]
        return names

    def close(self) -> None:
        self.closed = True
        self._writes.close()
        self._connection.closed = True
        self._reader.close()
        self._connection.close()
