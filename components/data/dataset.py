"""Instances kept in a store under a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, BinaryIO, overload

import param
from panel.viewable import Viewable

from imlkit.dataset import StoredDataset
from imlkit.errors import DataError
from imlkit.plain_text import PlainText
from imlkit.store import Change, Document, Query, Store
from imlkit.streams import Stream

from .archive import Progress, Uploaded
from .following_view import FollowingView
from .instance_set import InstanceSet
from .instance_view import InstanceView
from .label import labelled

__all__ = ["DATASETS", "Dataset", "datasets"]

DATASETS = "dataset/"
"""What the collections of datasets are called: this, then the dataset's name."""


def datasets(store: Store) -> dict[str, int]:
    """Return the names of the datasets that hold something in a store, with how many instances."""
    return {
        name.removeprefix(DATASETS): store.collection(name).count()
        for name in store.collections()
        if name.startswith(DATASETS)
    }


class Dataset(InstanceSet, StoredDataset):
    """Instances ``{id, x, y, thumbnail, …}`` kept in a store under a name.

    Datasets of one name in one store are the same data, whichever page or process opened them.
    An instance has features ``x``, a label ``y`` (left out: unlabelled), a ``thumbnail`` (a
    ``uint8`` image of shape (H, W, 3)), and whatever other fields an app gives it.

    Args:
        name: any text.
        store: where to keep them (see :func:`imlkit.data_store`).
        title: what the person reads above the view; the name if left out.

    Raises:
        DataError: the name is empty.
    """

    def __init__(self, name: str, store: Store, title: str = "") -> None:
        if not name.strip():
            raise DataError(f"A dataset cannot be called {name!r}: give it a name.")
        super().__init__(title or name)
        with param.edit_constant(self):
            self.name = name
        self.store = store
        self._collection = store.collection(DATASETS + name)
        self.changes: Stream[Change] = Stream()
        # The store's stream outlives this page: what it told before is no news here.
        self._told = self._collection.changes.value
        self._relay = self._collection.changes.subscribe(self._changed)

    @overload
    def create(self, instances: Mapping[str, Any]) -> Document: ...
    @overload
    def create(self, instances: Sequence[Mapping[str, Any]]) -> list[Document]: ...
    def create(self, instances: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Document | list[Document]:
        """Keep one instance or many (all or none); return them, with ids, once they are stored.

        Raises:
            DataError: a label is blank, or a value cannot be kept.
            DuplicateIdError: an id exists with other content.
        """
        if isinstance(instances, Mapping):
            return self._collection.create(labelled(instances))
        return self._collection.create([labelled(instance) for instance in instances])

    def where(self, query: Query | Stream[Query]) -> InstanceView:
        """Return the instances that match a query, as a view that follows every change.

        Of a stream of queries, the latest counts.
        """
        if isinstance(query, Stream):
            return FollowingView(self, query)
        return InstanceView(self, query)

    def upload(
        self,
        file: str | PathLike[str] | BinaryIO,
        process: Callable[[Any], Any] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Uploaded:
        """Add the instances of a zip file: a download, or folders of images, one a class.

        Instances that are here already are left as they are. What fails stores nothing.

        Args:
            file: a path or an open binary file.
            process: makes the features ``x`` of each image (H, W, 3) of plain folders; left out,
                the image itself is ``x``.
            progress: called as the work goes on; what it raises ends the work.

        Raises:
            ArchiveError: the file is damaged, unsafe, or holds no instance.
        """
        from .archive_reader import read_archive

        return read_archive(self, file, process, progress)

    def view(self) -> Viewable:
        """Return a line that says how many instances of how many classes there are."""
        text: Viewable = PlainText("", margin=0)
        self.follow(self.counts, text, _say)
        return text

    def dispose(self) -> None:
        """Stop following the store, and let go of every subscriber. The data stays."""
        self._relay.dispose()
        if self._counts is not None:
            self._counts.dispose()
        super().dispose()

    def _changed(self, change: Change) -> None:
        told, self._told = self._told, None
        if change is not told:
            self.session.on_page(lambda: self.changes.set(change))

    def _among(self, query: Query | None) -> Query | None:
        return query

    def _present(self, ids: Sequence[str]) -> list[str]:
        return list(ids)

    def _demand(self, id: str) -> None:
        """Let the collection itself say whether there is an instance of this id."""


def _say(text: Any, counts: dict[Any, int]) -> None:
    total = sum(counts.values())
    if not total:
        text.object = "No instances yet."
        return
    instances = "instance" if total == 1 else "instances"
    named = len(counts) - (None in counts)
    classes = "class" if named == 1 else "classes"
    text.object = f"{total:,} {instances} in {named:,} {classes}"
