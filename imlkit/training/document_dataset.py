"""The documents of a collection as a dataset for PyTorch's ``DataLoader``."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, overload

from torch.utils.data import Dataset, IterableDataset, get_worker_info

from ..errors import DataError
from ..store import Query, Store
from .document_source import Source, Transform
from .processes import place_among_processes

__all__ = ["StoreDataset", "StoreStream", "store_dataset"]

AT_ONCE: Final = 256
"""How many documents a stream reads at a time."""


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
    source = Source(store, collection, tuple(fields) if fields is not None else None, query, transform)
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

    def __init__(self, source: Source, live: bool) -> None:
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

    def __init__(self, source: Source, shuffle: bool, seed: int, live: bool) -> None:
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
