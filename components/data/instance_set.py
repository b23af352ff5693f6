"""Instances to look through and change: a whole dataset, or those of it that match a query."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, BinaryIO

from imlkit.errors import DataError
from imlkit.store import Change, Collection, Document, Query, Sort
from imlkit.streams import Stream

from .archive import Progress
from .label import labelled

__all__ = ["InstanceSet"]


class InstanceSet:
    """Some instances of one collection. Every method may be called from any thread.

    A write has happened, whole, when its method returns.

    Attributes:
        name: the dataset's name.
        changes: what changes in the dataset, whoever changed it, told on the session's page.
    """

    name: Any
    changes: Stream[Change]
    _collection: Collection
    _counts: Stream[dict[Any, int]] | None = None

    @abstractmethod
    def _among(self, query: Query | None) -> Query | None:
        """Return the query that finds what matches within these instances."""

    @abstractmethod
    def _present(self, ids: Sequence[str]) -> list[str]:
        """Return those ids that are among these instances; a set that holds all returns them all."""

    @abstractmethod
    def where(self, query: Query) -> InstanceSet:
        """Return the instances that match a query, as a view that follows every change.

        Nothing is read until it is asked for; each reading sees what matches then.
        """

    @property
    def counts(self) -> Stream[dict[Any, int]]:
        """Each label with how many instances have it, kept up to date; begins at first use.

        Instances with no label, or one that names no class (a list of boxes), count under None.
        """
        if self._counts is None:
            with self.changes.session.entered():
                self._counts = self.changes.start_with(None).compute(lambda _: self._count_labels(), "latest")
        return self._counts

    def _count_labels(self) -> dict[Any, int]:
        counts = self.distinct("y")
        others = self.count() - sum(counts.values())
        if others > 0:
            counts[None] = counts.get(None, 0) + others
        return counts

    def find(
        self,
        query: Query | None = None,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int | None = None,
        select: Iterable[str] | None = None,
    ) -> list[Document]:
        """Return the instances that match, by default in the order in which they were created.

        Args:
            query: such as ``{"y": "cat"}`` (see :mod:`imlkit.query`); None matches all.
            sort: fields to sort by, 1 ascending, -1 descending.
            skip: how many to pass over.
            limit: how many to return at most.
            select: fields to return besides ``id``; None returns all.
        """
        return self._collection.find(self._among(query), sort, skip, limit, select)

    def get(self, id: str, select: Iterable[str] | None = None) -> Document:
        """Return the instance of that id. Raises NotFoundError."""
        self._demand(id)
        return self._collection.get(id, select)

    def count(self, query: Query | None = None) -> int:
        """Return how many instances match."""
        return self._collection.count(self._among(query))

    def distinct(self, field: str, query: Query | None = None) -> dict[Any, int]:
        """Return each value of a field with how often it occurs, in order of first creation."""
        return self._collection.distinct(field, self._among(query))

    def labels(self) -> list[Any]:
        """Return the labels, in order of first creation."""
        return list(self.distinct("y"))

    def iterate(
        self, query: Query | None = None, select: Sequence[str] | None = None, batch: int = 100
    ) -> Iterator[Document]:
        """Walk the matching instances in order of creation, holding one batch in memory.

        Args:
            query: which ones; None walks all.
            select: fields to read besides ``id``; None reads all.
            batch: how many to read at a time.
        """
        return self._collection.iterate(self._among(query), select, batch)

    def batches(
        self, size: int = 32, query: Query | None = None, select: Sequence[str] | None = None
    ) -> Iterator[list[Document]]:
        """Walk the matching instances in lists of ``size``; the last may be shorter."""
        if size < 1:
            raise DataError(f"A batch of {size} instances cannot be made: ask for 1 or more.")
        held: list[Document] = []
        for instance in self.iterate(query, select, size):
            held.append(instance)
            if len(held) == size:
                yield held
                held = []
        if held:
            yield held

    def update(self, id: str, instance: Mapping[str, Any]) -> Document:
        """Replace the instance of that id. Raises NotFoundError, DataError for a blank label."""
        fields = labelled(instance)
        self._demand(id)
        return self._collection.update(id, fields)

    def patch(self, id: str, fields: Mapping[str, Any]) -> Document:
        """Set these fields of the instance of that id. Raises NotFoundError, DataError."""
        fields = labelled(fields)
        self._demand(id)
        return self._collection.patch(id, fields)

    def patch_many(self, ids: Sequence[str], fields: Mapping[str, Any]) -> list[str]:
        """Set these fields of every instance that still exists, all or none; return their ids.

        Relabelling is ``patch_many(ids, {"y": "dog"})``. Raises DataError for a blank label.
        """
        return self._collection.patch_many(self._present(ids), labelled(fields))

    def remove(self, which: str | Sequence[str] | Query) -> list[str]:
        """Remove by id, ids or query, all or none; return the ids removed.

        Raises NotFoundError for a single id that does not exist; missing ones among several are
        passed over.
        """
        if isinstance(which, str):
            self._demand(which)
            return self._collection.remove(which)
        if isinstance(which, Mapping):
            return self._collection.remove(self._among(which) or {})
        return self._collection.remove(self._present(which))

    def clear(self) -> list[str]:
        """Remove all of these instances; return their ids."""
        return self.remove({})

    def download(
        self, file: str | PathLike[str] | BinaryIO, progress: Callable[[Progress], None] | None = None
    ) -> None:
        """Write all of these instances to a zip file: a folder of images a class, and a table of the rest.

        Args:
            file: a path, which is there only once it is complete, or an open binary file.
            progress: called as the work goes on; what it raises ends the work.
        """
        # The writer knows this class.
        from .archive_writer import write_archive

        write_archive(self, file, progress)

    @abstractmethod
    def _demand(self, id: str) -> None:
        """Raise NotFoundError where an existing id is not among these instances."""
