"""A hash of what is in a dataset, by which a run tells later what it learned from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Protocol

from ..documents import encode, json_text
from ..location import data_store
from ..store import Document, Query, Store

__all__ = ["ContentHash", "Walked", "dataset_hash", "dataset_version", "document_hash"]


class Walked(Protocol):
    """A collection or a dataset: what gives its documents one after the other."""

    def iterate(self) -> Iterator[Document]: ...


class ContentHash:
    """The hash of documents that come one after the other, in whatever order; none of them is held.

    Attributes:
        count: how many came.
    """

    def __init__(self) -> None:
        self.count = 0
        self._total = 0

    def add(self, document: Document) -> bytes:
        """Count a document in; return its own hash."""
        own = document_hash(document)
        self.count += 1
        self._total += int.from_bytes(own)
        return own

    def digits(self) -> str:
        """Return the hash: 64 hexadecimal digits, the sum of the documents' own modulo 2**256."""
        return f"{self._total % (1 << 256):064x}"


def document_hash(document: Document) -> bytes:
    """Return the SHA-256 of what a document holds besides its id; the order of its fields is no matter."""
    return hashlib.sha256(
        json_text(_sorted(encode(document).fields)).encode("utf-8", "surrogatepass")
    ).digest()


def dataset_hash(dataset: Walked) -> dict[str, Any]:
    """Return the ``name`` of a dataset or collection, its ``count`` and a ``hash`` of what it holds.

    The same documents give the same hash in every store, in whatever order they were made.
    """
    found = _hash(dataset.iterate())
    return {"name": str(getattr(dataset, "name", "")), "count": found.count, "hash": found.digits()}


def dataset_version(store: Store | str, collection: str, query: Query | None = None) -> str:
    """Return the version that a collection is at now, for ``store_dataset(…, version=…)``.

    All documents are read, one after the other. A run that was given the collection as its ``dataset`` keeps
    the same version: ``record.surroundings["dataset"]["hash"]``.

    Args:
        store: the store, or its location.
        collection: its name; a ``Dataset`` called ``cases`` keeps its instances in ``dataset/cases``.
        query: of which documents (see :mod:`imlkit.query`); of all if left out.

    Returns:
        64 hexadecimal digits: a hash of what the documents hold, which is the same in every store.

    Raises:
        ImlkitError: the store cannot be read.
    """
    opened = store if isinstance(store, Store) else data_store(store)
    return _hash(opened.collection(collection).iterate(query)).digits()


def _hash(documents: Iterator[Document]) -> ContentHash:
    found = ContentHash()
    for document in documents:
        found.add(document)
    return found


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(part) for part in value]
    return value
