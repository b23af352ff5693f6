"""The documents of a collection as a dataset for PyTorch's ``DataLoader``."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, overload

from torch.utils.data import Dataset, IterableDataset, get_worker_info

from ..errors import DataError, NotFoundError
from ..location import data_store
from ..store import Collection, Document, Query, Store
from .dataset_hash import ContentHash, document_hash
from .processes import place_among_processes

__all__ = ["StoreDataset", "StoreStream", "store_dataset"]

AT_ONCE: Final = 256
"""How many documents a stream reads at a time."""

REMEDY: Final = "Restore what there was from a backup, or leave version out to take what is there."

Transform = Callable[[Any], Any]


@overload
def store_dataset(
    store: Store | str,
    collection: str,
    fields: Sequence[str] | None = None,
    query: Query | None = None,
    transform: Transform | None = None,
    *,
    stream: Literal[False] = False,
    shuffle: bool = False,
    seed: int = 0,
    live: bool = False,
    version: str | None = None,
) -> StoreDataset: ...
@overload
def store_dataset(
    store: Store | str,
    collection: str,
    fields: Sequence[str] | None = None,
    query: Query | None = None,
    transform: Transform | None = None,
    *,
    stream: bool,
    shuffle: bool = False,
    seed: int = 0,
    live: bool = False,
    version: str | None = None,
) -> StoreDataset | StoreStream: ...
def store_dataset(
    store: Store | str,
    collection: str,
    fields: Sequence[str] | None = None,
    query: Query | None = None,
    transform: Transform | None = None,
    *,
    stream: bool = False,
    shuffle: bool = False,
    seed: int = 0,
    live: bool = False,
    version: str | None = None,
) -> StoreDataset | StoreStream:
    """Return a dataset of a collection's documents, for a ``DataLoader`` with any number of workers.

    Args:
        store: the store, or its location.
        collection: its name; a ``Dataset`` called ``cases`` keeps its instances in ``dataset/cases``.
        fields: what to give of each document, as a tuple; whole documents if left out.
        query: which documents (see :mod:`imlkit.query`); all if left out.
        transform: makes an item of what would be given.
        stream: whether to give them one after the other (an ``IterableDataset``, which each worker and each
            process of ``torchrun`` gives its own share of) rather than by number.
        shuffle: whether a stream gives them in another order each time; by number the ``DataLoader``
            shuffles.
        seed: of that order.
        live: whether documents made or removed later count from the next epoch on. Else the dataset is that
            of the documents there were when it was made.
        version: what the documents have to hold, as :func:`imlkit.training.dataset_version` tells, or a run
            that learned from them (``record.surroundings["dataset"]["hash"]``). All are read to find out,
            and each that is given later is looked at again. Left out, whatever they hold is given.

    Raises:
        DataError: the documents are not, or no longer, at that version; or what is asked contradicts itself.
        ImlkitError: the store cannot be read.
    """
    if shuffle and not stream:
        raise DataError("By number, the DataLoader shuffles: give shuffle=True to it, or stream=True here.")
    source = _Source(store, collection, tuple(fields) if fields is not None else None, query, transform)
    if version is not None:
        if live:
            raise DataError("What is at a version does not change: leave out live=True, or version.")
        source.hold(version)
    return StoreStream(source, shuffle, seed, live) if stream else StoreDataset(source, live)


class StoreDataset(Dataset[Any]):
    """Documents by number, in the order in which they were made; whole batches are read at once.

    Attributes:
        ids: of the documents.
    """

    def __init__(self, source: _Source, live: bool) -> None:
        self._source = source
        self._live = live
        self.ids = source.ids()

    def __len__(self) -> int:
        # A DataLoader asks at the beginning of each epoch.
        if self._live and get_worker_info() is None:
            self.ids = self._source.ids()
        return len(self.ids)

    def __getitem__(self, number: int) -> Any:
        return self._source.items([self.ids[number]])[0]

    def __getitems__(self, numbers: Sequence[int]) -> list[Any]:
        return self._source.items([self.ids[number] for number in numbers])


class StoreStream(IterableDataset[Any]):
    """Documents one after the other. Each worker and each process gives its own share."""

    def __init__(self, source: _Source, shuffle: bool, seed: int, live: bool) -> None:
        self._source = source
        self._shuffle = shuffle
        self._seed = seed
        self._ids = None if live else source.ids()
        self._epoch = 0

    def __iter__(self) -> Iterator[Any]:
        ids = self._source.ids() if self._ids is None else self._ids
        if self._shuffle:
            # Every worker and process has to come to the same order.
            ids = random.Random(f"{self._seed} {self._epoch}").sample(ids, len(ids))
        self._epoch += 1
        worker = get_worker_info()
        rank, world = place_among_processes()
        first, step = (
            (rank, world)
            if worker is None
            else (
                rank * worker.num_workers + worker.id,
                world * worker.num_workers,
            )
        )
        share = ids[first::step]
        for start in range(0, len(share), AT_ONCE):
            yield from self._source.items(share[start : start + AT_ONCE])


class _Source:
    """Reads documents, in whatever process it is."""

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
                f"Documents of {self._name!r} were changed since the dataset was made ({len(changed):,}, such "
                f"as {changed[0]!r}): they are no longer at its version. {REMEDY}"
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
