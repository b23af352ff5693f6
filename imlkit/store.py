"""What a store promises: collections of documents, assets, and news of every change.

Stores are found by location (see :func:`imlkit.data_store`); third parties add their own
through the entry-point group ``imlkit.stores``. Whatever passes the suite in
``tests/contracts/store_contract.py`` is a store.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, overload

from .errors import DuplicateIdError, NotFoundError
from .streams import Stream

__all__ = ["Asset", "Assets", "Change", "Collection", "Document", "Query", "Sort", "Store"]

Document = dict[str, Any]
"""A document: text keys; values of None, bool, int, float, str, datetime, bytes, numpy arrays
(``uint8`` images of shape (H, W, 3) are kept as PNG), lists and dictionaries of these."""

Query = Mapping[str, Any]
"""A Mongo-style filter, such as ``{"y": "cat", "score": {"$gt": 0.5}}`` (see :mod:`imlkit.query`)."""

Sort = Mapping[str, Literal[1, -1]]
"""Fields in order of importance: 1 ascending, -1 descending. Ties keep the order of creation."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to documents of one collection.

    Attributes:
        kind: ``"created"``, ``"updated"`` or ``"removed"``; ``"reset"`` when so much changed
            elsewhere that a reader must look again at everything (``ids`` is then empty).
        collection: the collection's name.
        ids: the documents concerned, in the order in which they were written.
    """

    kind: Literal["created", "updated", "removed", "reset"]
    collection: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asset:
    """Bytes kept under the hash of their content.

    Attributes:
        id: the SHA-256 of the content, 64 hexadecimal digits.
        media_type: such as ``"image/png"``.
        size: bytes.
    """

    id: str
    media_type: str
    size: int


class Collection(ABC):
    """Documents of one name in a store. Every method may be called from any thread.

    A write has happened, whole and durably against a crash of the process, when its method
    returns; otherwise it raises and nothing was written.
    """

    name: str
    changes: Stream[Change]
    """Every change, whoever made it: this object, another thread, or (where the store allows
    several) another process, within a second. Events may arrive on any thread, each change once."""

    @overload
    def create(self, documents: Mapping[str, Any]) -> Document: ...
    @overload
    def create(self, documents: Sequence[Mapping[str, Any]]) -> list[Document]: ...
    @abstractmethod
    def create(self, documents: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Document | list[Document]:
        """Keep one document or many (all or none), and return them with their ids.

        A document without ``id`` gets one. Creating an id again with the same content changes
        nothing, so that a write can be repeated safely.

        Raises:
            DuplicateIdError: the id exists with other content.
            DocumentError: a value is of a type no store keeps.
        """

    @abstractmethod
    def find(
        self,
        query: Query | None = None,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int | None = None,
        select: Iterable[str] | None = None,
    ) -> list[Document]:
        """Return the documents that match, by default in the order in which they were created.

        Args:
            query: a filter (see :mod:`imlkit.query`); None matches all.
            sort: fields to sort by.
            skip: how many to pass over.
            limit: how many to return at most.
            select: top-level fields to return (``id`` always comes along); None returns all.
        """

    @abstractmethod
    def iterate(
        self, query: Query | None = None, select: Iterable[str] | None = None, batch: int = 100
    ) -> Iterator[Document]:
        """Walk the matching documents in order of creation, holding one batch in memory.

        Writes made meanwhile do no harm: what existed at the start and was not removed comes
        exactly once.
        """

    @abstractmethod
    def get(self, id: str, select: Iterable[str] | None = None) -> Document:
        """Return the document of that id. Raises NotFoundError."""

    @abstractmethod
    def update(self, id: str, document: Mapping[str, Any]) -> Document:
        """Replace the document of that id. Raises NotFoundError."""

    def put(self, document: Mapping[str, Any]) -> Document:
        """Keep a document, in the place of the one of the same id, if there is one.

        Of several that put one at the same moment, the last one counts.
        """
        if "id" not in document:
            return self.create(document)
        try:
            return self.update(document["id"], document)
        except NotFoundError:
            try:
                return self.create(document)
            except DuplicateIdError:
                return self.update(document["id"], document)

    @abstractmethod
    def patch(self, id: str, fields: Mapping[str, Any]) -> Document:
        """Set these top-level fields of the document of that id. Raises NotFoundError."""

    @abstractmethod
    def patch_many(self, ids: Sequence[str], fields: Mapping[str, Any]) -> list[str]:
        """Set these fields of every document that still exists, all or none; return their ids."""

    @abstractmethod
    def remove(self, which: str | Sequence[str] | Query) -> list[str]:
        """Remove by id, ids or query (``{}`` is all), all or none; return the ids removed.

        Raises NotFoundError for a single id that does not exist; missing ones among several
        are passed over.
        """

    @abstractmethod
    def count(self, query: Query | None = None) -> int:
        """Return how many documents match."""

    @abstractmethod
    def distinct(self, field: str, query: Query | None = None) -> dict[Any, int]:
        """Return each value of a field (text, number, boolean or None) with how often it occurs.

        Documents without the field do not count. Values come in order of first creation.
        """


class Assets(ABC):
    """Bytes of any size by content hash. Identical bytes are kept once."""

    @abstractmethod
    def put(self, content: bytes | BinaryIO, media_type: str = "application/octet-stream") -> Asset:
        """Keep bytes, or what a file holds (read in pieces), and return their asset."""

    @abstractmethod
    def open(self, id: str) -> BinaryIO:
        """Open an asset for reading. Raises NotFoundError."""

    @abstractmethod
    def info(self, id: str) -> Asset:
        """Return what is known of an asset without reading it. Raises NotFoundError."""

    @abstractmethod
    def remove(self, id: str) -> None:
        """Forget an asset. Raises NotFoundError."""

    @abstractmethod
    def __iter__(self) -> Iterator[Asset]:
        """List the assets, reading none."""


class Store(ABC):
    """A place where collections and assets are kept.

    Attributes:
        location: how the store was asked for.
        assets: its assets.
        closed: whether it has been closed.
        pending: how many writes wait until the store's server is back; None where none ever waits.
    """

    location: str
    assets: Assets
    closed: bool = False
    pending: Stream[int] | None = None

    @abstractmethod
    def collection(self, name: str) -> Collection:
        """Return the collection of that name (any text); the same object every time."""

    @abstractmethod
    def collections(self) -> list[str]:
        """Return the names of the collections that hold documents, sorted."""

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections. Nothing is lost; a later use raises StoreUnavailableError."""

    def __deepcopy__(self, memo: Any) -> Store:
        """A store is one place: copies of what uses it use the same one."""
        return self
