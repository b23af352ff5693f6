"""The examples of a dataset that something resembles most."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from panel.viewable import Viewable
from reactivex import Observable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.store import Change
from imlkit.streams import ErrorReport, Stream

from .archive import Progress
from .feature_index import FeatureIndex, Similar
from .instance_set import InstanceSet
from .notice import Notice
from .pool_ranking import features_of
from .similar_listing import SimilarListing
from .similar_view import similar_view
from .thumbnails import Thumbnails

__all__ = ["SimilarExamples"]

_MOST: Final = 100
_BATCH: Final = 256
_PAUSE: Final = 0.1
"""Seconds between two words of progress."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, and for which turn: an answer of a turn that is over is not shown."""

    turn: int
    listing: SimilarListing


class SimilarExamples(Component):
    """Shows the examples whose features are nearest to those that a stream brings.

    The features of the dataset are read once, in batches, and kept; what changes in the dataset
    is read again, and no more. The nearest are looked for off the page's thread at each vector,
    the newest only where they come fast, and again when the dataset has changed. How distances
    are scaled and told: see :class:`.feature_index.FeatureIndex`.

    Args:
        features: a stream of ``float32`` vectors (n,), such as ``drawings.compute(hog.process)``;
            None in it takes away what is shown (as :meth:`clear` does).
        dataset: instances with ``x`` of the same kind, ``y`` and ``thumbnail``.
        count: how many to show, from 1 to 100.
        title: what the person reads above the view.

    Attributes:
        similar: the nearest instances, ``(id, label, similarity)``, the nearest first; the
            similarity is 1 for the same features and 0 for no more alike than two instances
            of the dataset usually are.
        busy: whether a search goes on.
        progress: how far the reading of the dataset is; None while it is not, or is soon done.
        listing: all that is shown.
        notice: what the person is told.

    Raises:
        DataError: a count out of range.
    """

    def __init__(
        self, features: Observable[Any], dataset: InstanceSet, count: int = 6, title: str = "It resembles"
    ) -> None:
        if not 1 <= count <= _MOST:
            raise DataError(f"{count} examples cannot be shown: ask for 1 to {_MOST}.")
        super().__init__(title)
        self.dataset = dataset
        self.count = count
        self.similar: Stream[tuple[Similar, ...]] = Stream(())
        self.listing: Stream[SimilarListing] = Stream()
        self.busy: Stream[bool] = Stream(False)
        self.progress: Stream[Progress | None] = Stream(None)
        self.notice: Stream[Notice] = Stream(Notice())
        self._thumbnails = Thumbnails.of(dataset)
        self._lock = threading.Lock()
        self._vector: Any = None
        self._turn = 0
        self._index: FeatureIndex | None = None
        self._anew = True
        self._touched: set[str] = set()
        self._ended = threading.Event()
        self._looks: Stream[None] = Stream()
        self._answers = self._looks.compute(lambda _: self._look(), policy="latest")
        self._answers.subscribe(self._found)
        self._answers.busy.subscribe(self.busy.set)
        self._sources = [dataset.changes.subscribe(self._changed), features.subscribe(self._seen)]
        self.session.errors.filter(self.explains).subscribe(
            lambda report: self.notice.set(Notice(report.message, "error"))
        )
        self._looks.set(None)

    def clear(self) -> None:
        """Take away what is shown: there is nothing to compare with until the next vector."""
        self._seen(None)

    def view(self) -> Viewable:
        """Return a new view: the examples, each with its label and how alike it is."""
        return similar_view(self)

    def explains(self, report: ErrorReport) -> bool:
        """Whether the view tells the person of this error: it tells of all its own."""
        return report.component is self

    def dispose(self) -> None:
        """Stop reading, and let go of the features, the dataset and every subscriber."""
        self._ended.set()
        for source in self._sources:
            source.dispose()
        self._answers.dispose()
        super().dispose()

    def _seen(self, vector: Any) -> None:
        with self._lock:
            self._vector = vector
            self._turn += vector is None
        if vector is None:
            self._forget(set())
        self._looks.set(None)

    def _changed(self, change: Change) -> None:
        if change.kind != "created":
            self._thumbnails.forget(change.ids if change.kind != "reset" else None)
        with self._lock:
            self._touched.update(change.ids)
            self._anew |= change.kind == "reset"
            # What is being looked for may hold what has gone.
            self._turn += change.kind in ("removed", "reset")
        if change.kind == "removed":
            gone = set(change.ids)
            self._forget({one.id for one in self.similar.value if one.id not in gone})
        self._looks.set(None)

    def _forget(self, kept: set[str]) -> None:
        """Take away what is shown, but for what is kept, until something else is found."""
        left = tuple(one for one in self.similar.value if one.id in kept)
        if len(left) < len(self.similar.value):
            shown = self.listing.value
            self.listing.set(replace(shown, similar=left, asked=bool(left), known=max(1, shown.known)))
            self.similar.set(left)

    def _found(self, answer: Answer | None) -> None:
        with self._lock:
            late = answer is None or answer.turn != self._turn
        if answer is None or late:
            return
        self.notice.set(Notice())
        self.listing.set(answer.listing)
        if answer.listing.similar != self.similar.value:
            self.similar.set(answer.listing.similar)

    def _look(self) -> Answer | None:
        with self._lock:
            turn, vector = self._turn, self._vector
        try:
            query = None if vector is None else _checked(vector)
        except DataError:
            self.session.on_page(lambda: self._forget(set()))
            raise
        with self._lock:
            touched, anew = self._touched, self._anew
            self._touched, self._anew = set(), False
        try:
            index = self._current(query, touched, anew)
        except BaseException:
            with self._lock:
                self._anew = True
            raise
        if self._ended.is_set():
            return None
        if index is None:
            return Answer(turn, SimilarListing(asked=query is not None, known=self.dataset.count()))
        similar = () if query is None else index.nearest(query, self.count)
        return Answer(
            turn,
            SimilarListing(
                similar,
                self._thumbnails.get(self.dataset, [one.id for one in similar]),
                query is not None,
                len(index),
                len(index.left_out),
            ),
        )

    def _current(
        self, query: NDArray[np.float32] | None, touched: set[str], anew: bool
    ) -> FeatureIndex | None:
        index = self._index
        length = len(query) if query is not None else index.length if index is not None else self._guessed()
        if length is None:
            return None
        if index is None or anew or index.length != length:
            return self._read(length)
        index.drop(touched)
        ids = sorted(touched)
        for start in range(0, len(ids), _BATCH):
            index.add(self.dataset.find({"id": {"$in": ids[start : start + _BATCH]}}, select=["x", "y"]))
        return index

    def _guessed(self) -> int | None:
        """Return how many features the first instance has, so that all are read before the first vector."""
        first = self.dataset.find(limit=1, select=["x"])
        x = features_of(first[0]) if first else None
        return None if x is None else len(x)

    def _read(self, length: int) -> FeatureIndex:
        index = FeatureIndex(length)
        # Until it is read whole there is none; should it fail, it is read anew.
        self._index = None
        total = self.dataset.count()
        done, told = 0, time.monotonic()
        try:
            for batch in self.dataset.batches(_BATCH, select=["x", "y"]):
                if self._ended.is_set():
                    return index
                index.add(batch)
                done += len(batch)
                if time.monotonic() - told > _PAUSE:
                    told = time.monotonic()
                    progress = Progress("Reading the examples", done, max(done, total))
                    self.session.on_page(partial(self.progress.set, progress))
        finally:
            self.session.on_page(lambda: self.progress.set(None))
        self._index = index
        return index


def _checked(vector: Any) -> NDArray[np.float32]:
    x = features_of({"x": vector})
    if x is None:
        shape = getattr(vector, "shape", None)
        given = f"an array of shape {shape}" if shape is not None else f"{vector!r:.60}"
        raise DataError(
            f"Nothing can be compared with {given}: expected features, finite numbers of shape (n,), "
            "such as HogFeatures makes of an image."
        )
    return x
