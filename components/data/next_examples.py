"""Which example to label next: those of a pool that the model is least sure of."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, get_args

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError, ImlkitError, NotFoundError, NotTrainedError
from imlkit.model import Model, TrainingStatus
from imlkit.store import Change
from imlkit.streams import ErrorReport, Stream

from .archive import Progress
from .instance_listing import label_order, typed_label
from .instance_set import InstanceSet
from .instance_view import InstanceView
from .label import labelled
from .notice import Notice
from .pool_ranking import UNLABELLED, PoolRanking
from .query_strategy import Strategy
from .suggestion_listing import SuggestionListing
from .suggestion_view import suggestion_view
from .thumbnails import Thumbnails

__all__ = ["NextExamples"]

_PAUSE = 0.1
"""Seconds between two looks while the pool changes all the time, and between two words of progress."""

_MOST_TOUCHED = 1_000
_MOST = 100
_BATCH = 256

Labelling = tuple[str, str, Callable[[str, bool], Any]]
"""An instance's id, the label for it, and whom to tell whether that is done with."""

Answer = tuple[Notice, Callable[[], Any]]


class NextExamples(Component):
    """Suggests the unlabelled instances from which the model would learn most, to be labelled.

    They are chosen anew, off the page's thread, when the model has been trained; as the pool
    changes, those that have left it are replaced. Before the first training those are suggested
    that differ most from each other and from what is labelled. The pool is walked a batch at a
    time and may be large.

    A label that is given is set on the instance, which thereby leaves the unlabelled; where
    ``dataset`` keeps its instances apart from the pool, the instance is moved there.

    Args:
        model: a classifier.
        pool: where to look for instances without a label, such as
            ``dataset.where({"y": {"$exists": False}})`` or a dataset of their own.
        dataset: where the labelled instances are; left out, in the dataset of the pool.
        count: how many to suggest at a time, from 1 to 100.
        strategy: ``"margin"`` (the two likeliest classes are nearest), ``"entropy"`` (the
            confidences are spread most), ``"least_confident"`` (the likeliest class is least
            likely) or ``"diversity"`` (of those with small margins, the ones that differ).
        title: what the person reads above the view.

    Attributes:
        suggestions: the suggested instances, the most wanted first.
        busy: whether the pool is being looked through.
        progress: how far that is; None while it is not, or is soon done.
        listing: the suggestions with all that is shown of them.
        notice: what the person is told.

    Raises:
        DataError: a count or strategy that is none of these.
    """

    def __init__(
        self,
        model: Model,
        pool: InstanceSet,
        dataset: InstanceSet | None = None,
        count: int = 6,
        strategy: Strategy = "margin",
        title: str = "Which example to add next",
    ) -> None:
        if not 1 <= count <= _MOST:
            raise DataError(f"{count} suggestions cannot be shown at a time: ask for 1 to {_MOST}.")
        if strategy not in get_args(Strategy):
            known = ", ".join(map(repr, get_args(Strategy)))
            raise DataError(f"The strategy {strategy!r} is unknown: use one of {known}.")
        super().__init__(title)
        self.model = model
        self.pool = pool.where(UNLABELLED)
        self.dataset = _whole(pool) if dataset is None else dataset
        self.count = count
        self.strategy: Strategy = strategy
        self.suggestions: Stream[tuple[Any, ...]] = Stream(())
        self.listing: Stream[SuggestionListing] = Stream()
        self.busy: Stream[bool] = Stream(False)
        self.progress: Stream[Progress | None] = Stream(None)
        self.notice: Stream[Notice] = Stream(Notice())
        self.labelling: Stream[Labelling] = Stream()
        self._apart = _whole(self.dataset)._collection is not pool._collection
        self._thumbnails = Thumbnails.of(pool)
        self._looks: Stream[None] = Stream()
        self._turn = threading.Lock()
        self._anew = True
        self._touched: set[str] = set()
        self._skipped: set[str] = set()
        self._asked: tuple[str, ...] = ()
        self._ranking: PoolRanking | None = None
        self._looked = 0.0
        self._stopped = threading.Event()
        self._ended = threading.Event()
        looks = self._looks.compute(lambda _: self._look(), policy="latest")
        looks.subscribe(self._found)
        looks.busy.subscribe(self.busy.set)
        self.labelling.compute(self._give).subscribe(self._answer)
        self._sources = [
            model.training.subscribe(self._training_changed),
            pool.changes.subscribe(self._changed),
        ]
        if self._apart:
            self._sources.append(self.dataset.changes.subscribe(lambda _: self._looks.set(None)))
        self.session.errors.filter(self.explains).subscribe(
            lambda report: self.notice.set(Notice(report.message, "error"))
        )
        self._looks.set(None)

    def label(self, id: str, label: Any) -> bool:
        """Give a suggested instance its label; return whether it was still there without one.

        Args:
            id: the instance's.
            label: text that is written like a label that is a number means that.

        Raises:
            DataError: the label is blank.
        """
        if isinstance(label, str):
            known = self.listing.value.labels if self.listing.has_value else ()
            label = typed_label(label if label in known else label.strip(), known)
        fields = labelled({"y": label})
        if not self._apart:
            return bool(self.pool.patch_many([id], fields))
        try:
            instance = self.pool.get(id)
        except NotFoundError:
            return False
        # Created first: if the removal fails, the instance is in both rather than in neither.
        self.dataset._collection.create({**instance, **fields})
        return bool(self.pool.remove([id]))

    def skip(self, id: str) -> None:
        """Put an instance aside: it is not suggested again until :meth:`show_skipped`."""
        with self._turn:
            self._skipped.add(id)
            self._touched.add(id)
        self._looks.set(None)

    def show_skipped(self) -> None:
        """Let the instances that were skipped be suggested again."""
        with self._turn:
            self._skipped.clear()
            self._anew = True
        self._looks.set(None)

    def stop(self) -> None:
        """Stop looking through the pool, and suggest from what was looked at."""
        self._stopped.set()

    def view(self) -> Viewable:
        """Return a new view."""
        return suggestion_view(self)

    def explains(self, report: ErrorReport) -> bool:
        """Whether the view tells the person of this error: it tells of all its own."""
        return report.component is self

    def dispose(self) -> None:
        """Stop looking, and let go of the model, the pool and every subscriber."""
        self._ended.set()
        self._stopped.set()
        for source in self._sources:
            source.dispose()
        super().dispose()

    def _training_changed(self, status: TrainingStatus) -> None:
        # "idle" is told when a model has forgotten what it knew.
        if status.state in ("success", "idle"):
            with self._turn:
                self._anew = True
            self._looks.set(None)

    def _changed(self, change: Change) -> None:
        if change.kind != "created":
            self._thumbnails.forget(change.ids if change.kind != "reset" else None)
        with self._turn:
            self._touched.update(change.ids)
            self._anew |= change.kind == "reset" or len(self._touched) > _MOST_TOUCHED
        self._looks.set(None)

    def _found(self, listing: SuggestionListing) -> None:
        self.listing.set(listing)
        self.suggestions.set(listing.instances)

    def _give(self, labelling: Labelling) -> Answer:
        id, label, tell = labelling
        try:
            if self.label(id, label):
                return Notice(), lambda: tell(id, True)
            gone = Notice("That instance has been labelled or removed elsewhere meanwhile.")
            return gone, lambda: tell(id, True)
        except ImlkitError as error:
            return Notice(str(error), "error"), lambda: tell(id, False)
        except Exception:
            self.session.on_page(lambda: tell(id, False))
            raise

    def _answer(self, answer: Answer) -> None:
        notice, tell = answer
        self.notice.set(notice)
        tell()

    def _look(self) -> SuggestionListing:
        # A burst of changes is one look now and one when it is over, with few between.
        rest = self._looked + _PAUSE - time.monotonic()
        if rest > 0:
            self._ended.wait(rest)
        with self._turn:
            anew, touched, skipped = self._anew, self._touched, frozenset(self._skipped)
            self._anew, self._touched = False, set()
        try:
            try:
                return self._listed(self._ranked(anew, touched, skipped), anew, skipped)
            except NotTrainedError:
                # The model was cleared meanwhile.
                return self._listed(self._ranked(True, set(), skipped), True, skipped)
        except BaseException:
            with self._turn:
                self._anew = True
            raise
        finally:
            self._looked = time.monotonic()
            self.session.on_page(lambda: self.progress.set(None))

    def _ranked(self, anew: bool, touched: set[str], skipped: frozenset[str]) -> PoolRanking:
        ranking = self._ranking
        if ranking is not None and not anew:
            ranking.drop(touched)
            ranking.add(self._find(touched - skipped))
            if len(ranking) >= self.count or not ranking.dropped:
                return ranking
        ranking = PoolRanking(self.model, self.strategy, self.count)
        total = self.pool.count()
        self._stopped.clear()
        told = time.monotonic()

        def tell(done: int) -> bool:
            nonlocal told
            now = time.monotonic()
            if now - told > _PAUSE:
                told = now
                progress = Progress("Looking at the unlabelled", done, max(done, total))
                self.session.on_page(lambda: self.progress.set(progress))
            return not (self._stopped.is_set() or self._ended.is_set())

        walk = self.pool.iterate(select=["x"], batch=_BATCH)
        ranking.add((instance for instance in walk if instance["id"] not in skipped), tell)
        self._ranking = ranking
        return ranking

    def _find(self, ids: set[str]) -> list[Any]:
        return self.pool.find({"id": {"$in": sorted(ids)}}, select=["x"]) if ids else []

    def _listed(self, ranking: PoolRanking, anew: bool, skipped: frozenset[str]) -> SuggestionListing:
        chosen = ranking.choose(self.count, () if anew else self._asked, self.dataset)
        ids = [one.id for one in chosen]
        found = {one["id"]: one for one in self.pool.find({"id": {"$in": ids}})} if ids else {}
        # What was labelled in this moment is on its way to being told as a change.
        there = [one for one in chosen if one.id in found]
        self._asked = tuple(one.id for one in there)
        labels = self.dataset.distinct("y")
        labels.pop(None, None)
        return SuggestionListing(
            instances=tuple(found[one.id] for one in there),
            predictions={one.id: one.prediction for one in there if one.prediction is not None},
            pictures=self._thumbnails.get(self.pool, self._asked),
            labels=tuple(sorted(labels, key=label_order)),
            unlabelled=self.pool.count(),
            labelled=sum(labels.values()),
            looked=ranking.looked,
            skipped=self.pool.count({"id": {"$in": sorted(skipped)}}) if skipped else 0,
            left_out=len(ranking.left_out),
            problem=ranking.problem,
            trained=ranking.trained,
            strategy=self.strategy,
        )


def _whole(instances: InstanceSet) -> InstanceSet:
    while isinstance(instances, InstanceView):
        instances = instances.whole
    return instances
