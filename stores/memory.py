"""A store that keeps nothing: for tests and throw-away demonstrations."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from typing import BinaryIO

from imlkit.errors import NotFoundError, StoreUnavailableError
from imlkit.store import Asset, Assets, Store

from .arguments import collection_name
from .held import HeldCollection
from .news import News
from .shelf import Shelf

__all__ = ["MemoryStore"]


class MemoryStore(Store):
    """Documents and assets in memory, gone when the store is closed or the process ends.

    Args:
        location: ``"memory:"`` or ``"memory:name"``.
    """

    def __init__(self, location: str = "memory:") -> None:
        self.location = location
        self._lock = threading.RLock()
        self._news = News()
        self._shelf = Shelf()
        self._collections: dict[str, HeldCollection] = {}
        self.assets: Assets = MemoryAssets(self)

    @staticmethod
    def resolve(location: str) -> str | None:
        """Return what identifies the store of a location; None for one that is new each time."""
        return location if location.partition(":")[2] else None

    def check_open(self) -> None:
        """Raise if the store is closed."""
        if self.closed:
            raise StoreUnavailableError(
                f"the store {self.location!r} is closed: open it again with data_store()"
            )

    def collection(self, name: str) -> HeldCollection:
        with self._lock:
            self.check_open()
            if name not in self._collections:
                self._collections[name] = HeldCollection(
                    collection_name(name), self._lock, self._news, self._shelf, self.check_open
                )
            return self._collections[name]

    def collections(self) -> list[str]:
        with self._lock:
            self.check_open()
            return sorted(name for name, collection in self._collections.items() if len(collection))

    def close(self) -> None:
        self.closed = True
        self._news.close()


class MemoryAssets(Assets):
    """Assets in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._kept: dict[str, tuple[Asset, bytes]] = {}

    def put(self, content: bytes | BinaryIO, media_type: str = "application/octet-stream") -> Asset:
        self._store.check_open()
        source = io.BytesIO(content) if isinstance(content, (bytes, bytearray, memoryview)) else content
        data = b"".join(iter(lambda: source.read(1 << 20), b""))
        asset = Asset(hashlib.sha256(data).hexdigest(), media_type, len(data))
        return self._kept.setdefault(asset.id, (asset, data))[0]

    def _of(self, id: str) -> tuple[Asset, bytes]:
        self._store.check_open()
        if id not in self._kept:
            raise NotFoundError(f"the store has no asset {id!r:.100}: it may have been removed")
        return self._kept[id]

    def open(self, id: str) -> BinaryIO:
        return io.BytesIO(self._of(id)[1])

    def info(self, id: str) -> Asset:
        return self._of(id)[0]

    def remove(self, id: str) -> None:
        self._of(id)
        self._kept.pop(id, None)

    def __iter__(self) -> Iterator[Asset]:
        self._store.check_open()
        return iter([asset for asset, _ in list(self._kept.values())])
