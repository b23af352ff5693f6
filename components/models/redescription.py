"""Describing instances anew from their images."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imlkit.errors import DataError, NotFoundError
from imlkit.store import Document, Query

from .choice_status import examples_words
from .described import FIELD, Pictured, Way, features_by, stale, stamp_of, stamped

__all__ = ["NewFeatures", "Redescription"]

BATCH = 16
"""Images held at a time."""


class Redescription:
    """Describes anew those instances of datasets that are not described some way.

    Args:
        datasets: instances with ``x`` and their image.
        picture: the field that holds the image.
        check: called often; what it raises ends the work.
        told: told what is being done, how many are done, and of how many.
    """

    def __init__(
        self,
        datasets: Sequence[Pictured],
        picture: str,
        check: Callable[[], object],
        told: Callable[[str, int, int], object],
    ) -> None:
        self._datasets = datasets
        self._picture = picture
        self._check = check
        self._told = told

    def left(self, stamp: str, but: Collection[str] = ()) -> int:
        """Return how many instances, besides some ids, do not record this stamp."""
        return sum(dataset.count(stale(stamp, but)) for dataset in self._datasets)

    def collect(self, name: str, way: Way) -> NewFeatures:
        """Return the features of all that is not described so, changing nothing.

        Raises:
            DataError: an instance has no picture that could be described.
        """
        stamp = stamp_of(name, way)
        found = NewFeatures(stamp, way.length)
        try:
            lost = []
            total, done = self.left(stamp), 0
            for dataset in self._datasets:
                for batch in self._batches(dataset, stale(stamp)):
                    described = Described(batch, way, self._picture)
                    for id, row in described.rows:
                        found.add(dataset, id, row)
                    found.described.append((dataset, described.known))
                    lost += described.lost
                    done += len(batch)
                    self._told("Looking at the examples anew", done, max(done, total))
            if lost:
                raise DataError(
                    f"{examples_words(len(lost))} no picture that could be looked at anew: remove what has "
                    "no picture from the examples, then choose again."
                )
        except BaseException:
            found.close()
            raise
        return found

    def keep(self, found: NewFeatures) -> None:
        """Write what was collected. This is quick, and goes on whatever is asked meanwhile."""
        for dataset, ids in found.described:
            dataset.patch_many(ids, {FIELD: found.stamp})
        for done, (dataset, id, row) in enumerate(found, 1):
            _keep(dataset, id, row, found.stamp)
            self._told("Keeping what was seen", done, len(found))

    def describe(self, name: str, way: Way, but: Collection[str], goes_on: Callable[[], bool]) -> set[str]:
        """Describe what is not described so, batch by batch; return the ids of what cannot be.

        Args:
            name: what the way is called.
            way: what describes.
            but: ids to pass over.
            goes_on: whether there is still reason to.
        """
        stamp = stamp_of(name, way)
        lost: set[str] = set()
        total, done = self.left(stamp, but), 0
        for dataset in self._datasets:
            for batch in self._batches(dataset, stale(stamp, but)):
                if not goes_on():
                    return lost
                described = Described(batch, way, self._picture)
                dataset.patch_many(described.known, {FIELD: stamp})
                for id, row in described.rows:
                    _keep(dataset, id, row, stamp)
                lost.update(described.lost)
                done += len(batch)
                self._told("Looking at the examples anew", done, max(done, total))
        return lost

    def _batches(self, dataset: Pictured, query: Query) -> Iterator[list[Document]]:
        held: list[Document] = []
        for instance in dataset.iterate(query, (self._picture, "x", FIELD), BATCH):
            held.append(instance)
            if len(held) == BATCH:
                self._check()
                yield held
                held = []
        if held:
            self._check()
            yield held


class Described:
    """A batch of instances, described.

    Attributes:
        known: ids of those that were described so already, and lack only the stamp.
        rows: the others' ids and features.
        lost: ids of those without a picture that can be described.
    """

    def __init__(self, batch: Sequence[Document], way: Way, picture: str) -> None:
        self.known = [instance["id"] for instance in batch if stamped(instance, way)]
        here = set(self.known)
        ids = [instance["id"] for instance in batch if instance["id"] not in here]
        rows = features_by(way, [each.get(picture) for each in batch if each["id"] not in here])
        self.rows = [(id, row) for id, row in zip(ids, rows, strict=True) if row is not None]
        self.lost = [id for id, row in zip(ids, rows, strict=True) if row is None]


class NewFeatures:
    """New features of instances, on disk until those of all are there.

    Args:
        stamp: what the instances are to record.
        length: how many numbers describe an instance.

    Attributes:
        described: ids of instances that lack only the stamp, with their dataset.
    """

    def __init__(self, stamp: str, length: int) -> None:
        self.stamp = stamp
        self.described: list[tuple[Pictured, list[str]]] = []
        self._size = np.dtype(np.float32).itemsize * length
        self._keys: list[tuple[Pictured, str]] = []
        self._rows: Any = TemporaryFile()  # noqa: SIM115

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[tuple[Pictured, str, NDArray[np.float32]]]:
        self._rows.seek(0)
        for dataset, id in self._keys:
            yield dataset, id, np.frombuffer(self._rows.read(self._size), np.float32)

    def add(self, dataset: Pictured, id: str, row: NDArray[np.float32]) -> None:
        """Remember the features of an instance."""
        self._rows.write(row.tobytes())
        self._keys.append((dataset, id))

    def close(self) -> None:
        """Forget them."""
        self._rows.close()


def _keep(dataset: Pictured, id: str, row: NDArray[np.float32], stamp: str) -> None:
    # What was removed meanwhile stays removed.
    with contextlib.suppress(NotFoundError):
        # In one write: whoever reads finds features together with what they are.
        dataset.patch(id, {"x": row, FIELD: stamp})
