"""A dataset's instances by class: look, select, relabel, rename, delete, download, upload."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from typing import Any, BinaryIO

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.store import Change
from imlkit.streams import ErrorReport, Stream

from .archive import Progress, Uploaded, shortened
from .browser_view import browser_view
from .dataset import Dataset
from .instance_grid import InstanceGrid
from .instance_listing import Listing, list_instances, typed_label
from .instance_set import InstanceSet
from .label import labelled
from .notice import Notice
from .thumbnails import Thumbnail, Thumbnails

__all__ = ["DatasetBrowser"]

_PAUSE = 0.1
"""Seconds between two looks at what is there, while it changes all the time."""

_CLASSES = 20
"""How many classes to show at first."""

_MOST_VERSIONS = 10_000


Pictures = tuple[weakref.ref[InstanceGrid], dict[str, Thumbnail], dict[str, int]]
"""Pictures on their way to a grid, each with the version it was asked for as."""


class CancelledError(Exception):
    """The person no longer wants the upload."""


class DatasetBrowser(Component):
    """Shows the instances of a dataset by class, follows every change, and changes them.

    However many instances there are, only those shown are read.

    Args:
        dataset: a dataset, or a view of one (:meth:`Dataset.where`).
        title: what the person reads above the view; the dataset's title if left out.
        page_size: how many instances of a class to show at first, and how many more each time.
        process: makes the features ``x`` of uploaded images (H, W, 3) that come without; left
            out, ``x`` is the image.
        rename: gives a class (its label) another name; left out, its instances get another label.

    Attributes:
        selected: the ids of the selected instances, in the order of selecting. Set it to select.
        progress: how far an upload has come; None while there is none.
        listing: what is shown.
        notice: what the person is told.
        work: what to do off the page's thread, one after another.
        uploads: zip files to add, off the page's thread; each is closed afterwards.
        pictures_wanted: for which grid to fetch the pictures of which instances.
    """

    def __init__(
        self,
        dataset: InstanceSet,
        title: str = "",
        page_size: int = 24,
        process: Callable[[Any], Any] | None = None,
        rename: Callable[[Any, str], Any] | None = None,
    ) -> None:
        if page_size < 1:
            raise DataError(
                f"A page of {page_size} instances cannot be shown: give a page_size of 1 or more."
            )
        super().__init__(title or str(getattr(dataset, "title", "") or dataset.name))
        self.dataset = dataset
        self.page_size = page_size
        self._process = process
        self._renames = rename
        self.selected: Stream[tuple[str, ...]] = Stream(())
        self.progress: Stream[Progress | None] = Stream(None)
        self.notice: Stream[Notice] = Stream(Notice())
        self.listing: Stream[Listing] = Stream()
        self._looks: Stream[None] = Stream(None)
        self.uploads: Stream[BinaryIO] = Stream()
        self.work: Stream[Callable[[], Any]] = Stream()
        self.pictures_wanted: Stream[tuple[weakref.ref[InstanceGrid], list[str]]] = Stream()
        self._thumbnails = Thumbnails.of(dataset)
        self._versions: dict[str, int] = {}
        self._version = 0
        self._oldest = 0
        self._shown: dict[str, int] = {}
        self._classes = _CLASSES
        self._looked = 0.0
        self._cancel = threading.Event()
        self._ended = threading.Event()
        dataset.changes.subscribe(self._changed)
        self._looks.compute(lambda _: self._look(), policy="latest").subscribe(self.listing.set)
        self.work.compute(lambda work: work())
        self.pictures_wanted.compute(lambda wanted: self._fetch(*wanted)).subscribe(_show_pictures)
        self.uploads.compute(self._upload_cancellably).subscribe(self.notice.set)
        self.session.errors.filter(self.explains).subscribe(
            lambda report: self.notice.set(Notice(report.message, "error"))
        )

    def select(self, ids: Iterable[str]) -> None:
        """Select these instances and no others."""
        self.selected.set(tuple(dict.fromkeys(ids)))

    def relabel(self, label: Any, ids: Sequence[str] | None = None) -> list[str]:
        """Give instances another label; return the ids of those that still exist.

        Args:
            label: the new label; text that is written like a label that is a number means that.
            ids: which instances; the selected ones if left out, which are then deselected.

        Raises:
            DataError: the label is blank.
        """
        fields = labelled({"y": typed_label(label, self._labels) if isinstance(label, str) else label})
        done = self.dataset.patch_many(self.selected.value if ids is None else ids, fields)
        if ids is None:
            self._settle(Notice(f"{_count(done)} labelled “{shortened(str(fields['y']))}”."))
        return done

    def rename(self, label: Any, new: str) -> list[str]:
        """Give every instance of a class another label; return the ids of those that were relabelled here.

        Raises:
            DataError: the new label is blank.
        """
        labelled({"y": new})
        if self._renames is not None:
            self._renames(label, new)
            return []
        ids = [instance["id"] for instance in self.dataset.iterate({"y": label}, ["id"], 1000)]
        return self.relabel(new, ids)

    def delete(self) -> list[str]:
        """Remove the selected instances for good; return the ids of those that still existed."""
        done = self.dataset.remove(list(self.selected.value))
        self._settle(Notice(f"{_count(done)} deleted."))
        return done

    def upload(self, file: str | PathLike[str] | BinaryIO) -> Uploaded:
        """Add the instances of a zip file (see :meth:`Dataset.upload`), telling ``progress``.

        Raises:
            ArchiveError: the file is damaged, unsafe, or holds no instance.
        """
        if not isinstance(self.dataset, Dataset):
            raise DataError("A view of a dataset takes no upload: upload to the dataset itself.")
        self._cancel.clear()
        last = Progress("", 0, 0)
        told = 0.0

        def tell(progress: Progress) -> None:
            nonlocal last, told
            if self._cancel.is_set() or self._ended.is_set():
                raise CancelledError
            now = time.monotonic()
            if progress.task != last.task or progress.done == progress.total or now - told > _PAUSE:
                last, told = progress, now
                self.session.on_page(lambda: self.progress.set(progress))

        try:
            return self.dataset.upload(file, self._process, tell)
        finally:
            self.session.on_page(lambda: self.progress.set(None))

    def cancel(self) -> None:
        """Stop an upload; nothing of it stays."""
        self._cancel.set()

    def show_more(self, key: str) -> None:
        """Show another page of a class."""
        self._shown[key] = self._shown.get(key, self.page_size) + self.page_size
        self._looks.set(None)

    def show_fewer(self, key: str) -> None:
        """Show the first page of a class alone."""
        self._shown.pop(key, None)
        self._looks.set(None)

    def show_more_classes(self) -> None:
        """Show more classes, where there are many."""
        self._classes += _CLASSES
        self._looks.set(None)

    def version_of(self, id: str) -> int:
        """Return a number that is another after every change of the instance."""
        return self._versions.get(id, self._oldest)

    def view(self) -> Viewable:
        """Return a new view."""
        return browser_view(self)

    def explains(self, report: ErrorReport) -> bool:
        """Whether the view tells the person of this error: it tells of all its own."""
        return report.component is self

    def dispose(self) -> None:
        """Stop following the dataset, and cancel an upload. The data stays."""
        self._cancel.set()
        self._ended.set()
        super().dispose()

    @property
    def _labels(self) -> tuple[Any, ...]:
        return self.listing.value.labels if self.listing.has_value else ()

    def _changed(self, change: Change) -> None:
        if change.kind == "updated":
            self._thumbnails.forget(change.ids)
            self._version += 1
            if len(self._versions) + len(change.ids) > _MOST_VERSIONS:
                self._all_changed()
            self._versions.update(dict.fromkeys(change.ids, self._version))
        elif change.kind == "removed":
            self._thumbnails.forget(change.ids)
            self._deselect(change.ids)
        elif change.kind == "reset":
            self._thumbnails.forget()
            self._version += 1
            self._all_changed()
        self._looks.set(None)

    def _all_changed(self) -> None:
        self._versions.clear()
        self._oldest = self._version

    def _deselect(self, ids: Iterable[str]) -> None:
        gone = set(ids)
        left = tuple(id for id in self.selected.value if id not in gone)
        if len(left) < len(self.selected.value):
            self.selected.set(left)

    def _look(self) -> Listing:
        # A burst of changes is one look now and one when it is over, with few between.
        rest = self._looked + _PAUSE - time.monotonic()
        if rest > 0:
            self._ended.wait(rest)
        self._looked = time.monotonic()
        return list_instances(self.dataset, self.page_size, self._classes, dict(self._shown))

    def _fetch(self, grid: weakref.ref[InstanceGrid], ids: list[str]) -> Pictures:
        versions = {id: self.version_of(id) for id in ids}
        return grid, self._thumbnails.get(self.dataset, ids), versions

    def _upload_cancellably(self, file: BinaryIO) -> Notice:
        with file:
            try:
                done = self.upload(file)
                return Notice(done.message, "error" if done.skipped else "info")
            except CancelledError:
                return Notice("The upload was cancelled: nothing was added.")

    def _settle(self, notice: Notice) -> None:
        self.session.on_page(lambda: self.selected.set(()))
        self.session.on_page(lambda: self.notice.set(notice))


def _show_pictures(pictures: Pictures) -> None:
    grid, made, versions = pictures
    alive = grid()
    if alive is not None:
        alive.show_pictures(made, versions)


def _count(ids: Sequence[str]) -> str:
    return f"{len(ids):,} {'instance' if len(ids) == 1 else 'instances'}"
