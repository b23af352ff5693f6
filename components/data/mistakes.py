"""The examples that a model names otherwise than the person did."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError, NotFoundError
from imlkit.model import Model, TrainingStatus
from imlkit.store import Change
from imlkit.streams import ErrorReport, Stream

from .archive import Progress, shortened
from .instance_listing import typed_label
from .instance_set import InstanceSet
from .judgements import Mistake
from .mistake_listing import Found, MistakeListing
from .mistake_search import MistakeSearch
from .mistake_view import mistake_view
from .notice import Notice
from .taken_back import Deed, TakenBack
from .thumbnails import Thumbnails

__all__ = ["Mistakes"]


class Mistakes(Component):
    """Lists what a classifier gets wrong in a dataset, the surest first, to be put right.

    After every training all labelled instances are predicted, in batches, off the page's thread;
    after a change of the dataset only the instances that changed. Instances that the classifier
    was trained on are not left out: a wrong label among them is found here.

    Args:
        model: a classifier.
        dataset: instances with ``x`` as the model takes them, ``y`` and ``thumbnail``.
        title: what the person reads above the view.
        page_size: how many to show at a time, from 1 to 100.

    Attributes:
        mistakes: every mistake, ``(id, label, predicted, confidence)``, the surest first, those
            that the person kept left out.
        page: which page of them is shown, from 1; set it to turn the page.
        busy: whether the dataset is being looked through.
        progress: how far that is; None while it is not, or is soon done.
        listing: all that is shown.
        undoable: what :meth:`undo` would take back, in words; empty for nothing.
        notice: what the person is told.
        work: what to do off the page's thread, one after another.

    Raises:
        DataError: a page size out of range.
    """

    def __init__(
        self, model: Model, dataset: InstanceSet, title: str = "What it gets wrong", page_size: int = 24
    ) -> None:
        if not 1 <= page_size <= 100:
            raise DataError(f"{page_size} mistakes cannot be shown at a time: give a page_size of 1 to 100.")
        super().__init__(title)
        self.model = model
        self.dataset = dataset
        self.page_size = page_size
        self.mistakes: Stream[tuple[Mistake, ...]] = Stream(())
        self.page: Stream[int] = Stream(1)
        self.listing: Stream[MistakeListing] = Stream()
        self.busy: Stream[bool] = Stream(False)
        self.progress: Stream[Progress | None] = Stream(None)
        self.undoable: Stream[str] = Stream("")
        self.notice: Stream[Notice] = Stream(Notice())
        self.work: Stream[Callable[[], Any]] = Stream()
        self._thumbnails = Thumbnails.of(dataset)
        self._deeds = TakenBack(lambda words: self.session.on_page(partial(self.undoable.set, words)))
        self._search = MistakeSearch(
            model, dataset, lambda progress: self.session.on_page(partial(self.progress.set, progress))
        )
        self._looks: Stream[None] = Stream()
        self._found = self._looks.compute(lambda _: self._look(), policy="latest")
        self._found.subscribe(self._show)
        self._found.busy.subscribe(self.busy.set)
        self._done = self.work.compute(lambda work: work())
        self._sources = [
            model.training.subscribe(self._training_changed),
            dataset.changes.subscribe(self._changed),
            self.page.subscribe(lambda _: self._looks.set(None)),
        ]
        self.session.errors.filter(self.explains).subscribe(
            lambda report: self.notice.set(Notice(report.message, "error"))
        )

    def relabel(self, id: str) -> bool:
        """Give an instance the label that the model predicts; return whether it was there to be given.

        Where classes are numbers, the number that is written so is given.
        """
        judgement = self._search.wrong(id)
        if judgement is None:
            return False
        before = judgement.label
        labels = tuple(label for label in self.dataset.labels() if label is not None)
        label = typed_label(judgement.prediction.label, labels)
        done = bool(self.dataset.patch_many([id], {"y": label}))
        if done:
            words = f"Labelled “{_short(label)}” instead of “{_short(before)}”."
            self._deeds.add(Deed(words, lambda: bool(self.dataset.patch_many([id], {"y": before}))))
        return done

    def keep(self, id: str) -> None:
        """Keep an instance's label: it is not shown again until its label or features change."""
        judgement = self._search.wrong(id)
        if judgement is None:
            return
        self._search.put_aside(id, judgement)
        self._deeds.add(Deed(f"Kept as “{_short(judgement.label)}”.", lambda: self._show_again([id])))
        self._looks.set(None)

    def remove(self, id: str) -> bool:
        """Remove an instance; return whether it was there. :meth:`undo` brings it back."""
        try:
            instance = self.dataset.get(id)
        except NotFoundError:
            return False
        done = bool(self.dataset.remove([id]))
        if done:
            words = f"Removed an example of “{_short(instance.get('y'))}”."
            self._deeds.add(Deed(words, lambda: bool(self.dataset._collection.create(instance))))
        return done

    def undo(self) -> bool:
        """Take back what was done last with a mistake here; return whether that could be."""
        done = self._deeds.undo()
        if done is False:
            gone = Notice("That cannot be undone: the example was removed meanwhile.", "error")
            self.session.on_page(lambda: self.notice.set(gone))
        return bool(done)

    def stop(self) -> None:
        """Stop looking through the dataset, and show what was found so far."""
        self._search.stop()

    def show_kept(self) -> None:
        """Show the mistakes again whose labels were kept."""
        self._show_again(None)

    def view(self) -> Viewable:
        """Return a new view."""
        return mistake_view(self)

    def explains(self, report: ErrorReport) -> bool:
        """Whether the view tells the person of this error: it tells of all its own."""
        return report.component is self

    def dispose(self) -> None:
        """Stop looking, and let go of the model, the dataset and every subscriber. The data stays."""
        self._search.end()
        for source in self._sources:
            source.dispose()
        self._found.dispose()
        self._done.dispose()
        super().dispose()

    def _show_again(self, ids: Collection[str] | None) -> bool:
        self._search.bring_back(ids)
        self._looks.set(None)
        return True

    def _training_changed(self, status: TrainingStatus) -> None:
        # "idle" is told when a model has forgotten what it knew.
        if status.state in ("success", "idle"):
            self._search.renew()
            self._looks.set(None)

    def _changed(self, change: Change) -> None:
        if change.kind != "created":
            self._thumbnails.forget(change.ids if change.kind != "reset" else None)
        self._search.note(change)
        self._looks.set(None)

    def _show(self, found: Found | None) -> None:
        if found is None:
            return
        listing, mistakes = found
        self.listing.set(listing)
        if mistakes != self.mistakes.value:
            self.mistakes.set(mistakes)
        if self.page.value > listing.pages:
            self.page.set(listing.pages)

    def _look(self) -> Found | None:
        try:
            return self._search.look(int(self.page.value), self.page_size)
        finally:
            self.session.on_page(lambda: self.progress.set(None))


def _short(label: Any) -> str:
    return shortened(str(label))
