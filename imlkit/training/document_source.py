"""The documents that a dataset for PyTorch gives, read in whatever process it is."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..errors import DataError, NotFoundError
from ..location import data_store
from ..store import Collection, Document, Query, Store
from .dataset_hash import ContentHash, document_hash

__all__ = ["Source", "Transform"]

REMEDY: Final = "Restore what there was from a backup, or leave version out to take what is there."

Transform = Callable[[Any], Any]
"""Makes an item of a document, or of the tuple of its fields."""


class Source:
    """Reads documents of a collection.

    Args:
        store: the store, or its location.
        collection: its name.
        fields: what to give of each document; whole documents if None.
        query: which documents; all if None.
        transform: makes an item of what would be given.
    """

    def __init__(
        self,
        store: Store | str,
        collection: str,
        fields: tuple[str, ...] | None,
        query: Query | None,
        transform: Transform | None,
    ) -> None:
        self._store: Store | None = store if isinstance(store, Store) else data_store(store)
        self._kind = type(self._store)
        self._location = self._store.location
        self._process = os.getpid()
        self._name = collection
        self._fields = fields
        self._query = query
        self._transform = transform
        self._held: dict[str, bytes] | None = None

    def hold(self, version: str) -> None:
        """Give these documents from now on, and only as they are at a version.

        Raises:
            DataError: they are not at that version.
        """
        if not isinstance(version, str) or not re.fullmatch("[0-9a-f]{64}", version):
            raise DataError(
                f"{version!r:.100} is no version of a dataset: give the 64 digits that dataset_version(…) "
                "tells, or that a run keeps of its dataset."
            )
        found = ContentHash()
        held = {document["id"]: found.add(document) for document in self._collection().iterate(self._query)}
        if found.digits() != version:
            which = f"The collection {self._name!r}"
            if self._query is not None:
                which = f"What the query finds in the collection {self._name!r}"
            there = "1 document is" if found.count == 1 else f"{found.count:,} documents are"
            raise DataError(
                f"{which} is not at the version {version[:12]}…: it has changed since. Now {there} there, at "
                f"the version {found.digits()}. {REMEDY}"
            )
        self._held = held

    def ids(self) -> list[str]:
        """Return the ids of the documents, in the order in which they were made."""
        if self._held is not None:
            return list(self._held)
        return [document["id"] for document in self._collection().iterate(self._query, ["id"], batch=10_000)]

    def items(self, ids: Sequence[str]) -> list[Any]:
        """Return what is given of documents, in the order of their ids."""
        wanted = list(dict.fromkeys(ids))
        fields = self._fields if self._held is None else None
        found = self._collection().find({"id": {"$in": wanted}}, select=fields)
        by_id: Mapping[str, Document] = {document["id"]: document for document in found}
        gone = [id for id in wanted if id not in by_id]
        if gone:
            raise NotFoundError(
                f"Documents of {self._name!r} were removed since the dataset was made ({len(gone):,}, such "
                f"as {gone[0]!r}): make the dataset anew, or with live=True."
            )
        if self._held is not None:
            self._check(found, self._held)
        return [self._item(by_id[id]) for id in ids]

    def _check(self, found: Sequence[Document], held: Mapping[str, bytes]) -> None:
        changed = [document["id"] for document in found if document_hash(document) != held[document["id"]]]
        if changed:
            raise DataError(
                f"Documents of {self._name!r} were changed since the dataset was made ({len(changed):,}, "
                f"such as {changed[0]!r}): they are no longer at its version. {REMEDY}"
            )

    def _item(self, document: Document) -> Any:
        item: Any = document
        if self._fields is not None:
            missing = [name for name in self._fields if name not in document]
            if missing:
                name = missing[0]
                raise DataError(
                    f"The document {document['id']!r} of {self._name!r} has no {name!r}: name other fields, "
                    f"or give query={{{name!r}: {{'$exists': True}}}}."
                )
            item = tuple(document[name] for name in self._fields)
        return item if self._transform is None else self._transform(item)

    def _collection(self) -> Collection:
        if self._store is None or self._process != os.getpid():
            # A connection of another process is not to be used: a worker opens its own.
            self._store = self._kind(self._location)  # type: ignore[call-arg]
            self._process = os.getpid()
        return self._store.collection(self._name)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_store": None}
