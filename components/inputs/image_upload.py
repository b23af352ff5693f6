"""Images that a person drops onto the page or chooses from the disk."""

from __future__ import annotations

import itertools
import os
import threading
from dataclasses import dataclass, replace

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import ImageError
from imlkit.images import Fit, RGBImage, check_resizing, open_image
from imlkit.plain_text import PlainAlert
from imlkit.streams import Stream

from .upload_zone import UploadZone

__all__ = ["ImageUpload", "UploadProblem", "UploadProgress"]

_SHOWN_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How far the files of an upload are.

    Attributes:
        done: files that were opened, or could not be.
        received: files that have arrived in full, or failed to.
        total: files that were chosen.
        failed: files that could not be opened.
    """

    done: int = 0
    received: int = 0
    total: int = 0
    failed: int = 0

    @property
    def busy(self) -> bool:
        """Whether files are still to come or to be opened."""
        return self.done < self.total


@dataclass(frozen=True, slots=True)
class UploadProblem:
    """A file that could not be used, and what to do about it."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class _Received:
    batch: int
    name: str
    source: bytes | str | os.PathLike[str]
    image: RGBImage | None = None
    problem: str = ""


class ImageUpload(Component):
    """Takes image files, many at once, and opens them one after another off the page's thread.

    Files of up to 100 MB and images of up to 64 megapixels are taken (``MAX_FILE_BYTES`` and
    ``MAX_PIXELS`` of :mod:`imlkit.images`). A file that is no image is told beside the upload and
    holds up no other.

    Args:
        size: (W, H) in pixels to which each image is brought; None keeps its own.
        fit: how ``size`` is met, ``"inside"``, ``"pad"`` or ``"crop"``: see
            :func:`imlkit.images.open_image`.
        title: what the person reads above it.

    Attributes:
        images: each opened image, uint8 (H, W, 3), RGB, in the order of the files.
        files: the same with its file's name: ``(name, image)``.
        problems: the files of the present upload that could not be used.
        progress: how far the present upload is.
        cancelled: how often an upload was cancelled, whenever one is.
    """

    def __init__(
        self, size: tuple[int, int] | None = None, *, fit: Fit = "inside", title: str = "Images"
    ) -> None:
        check_resizing(size, fit)
        super().__init__(title)
        self.size = size
        self.fit = fit
        self.images: Stream[RGBImage] = Stream()
        self.files: Stream[tuple[str, RGBImage]] = Stream()
        self.problems: Stream[tuple[UploadProblem, ...]] = Stream(())
        self.progress: Stream[UploadProgress] = Stream(UploadProgress())
        self.cancelled: Stream[int] = Stream()
        self._batch = 0
        self._counting = threading.RLock()
        self._received: Stream[_Received] = Stream()
        self._opened = self._received.compute(self._open)
        self._opened.subscribe(self._deliver)

    def add(self, source: bytes | str | os.PathLike[str], name: str = "") -> None:
        """Take a file, as if a person had chosen it.

        Args:
            source: the file's bytes, or its path.
            name: the file's name; a path names itself.
        """
        if not (name or isinstance(source, bytes)):
            name = os.path.basename(source)
        self.expect(1)
        self.receive(name, source)

    def cancel(self) -> None:
        """Forget the files that are still to come or to be opened; those opened before stay."""
        with self._counting:
            if not self.progress.value.busy:
                return
            self._batch += 1
            self.progress.set(UploadProgress())
        self.cancelled.set(self._batch)

    def expect(self, count: int) -> None:
        """Take notice that so many files are about to come."""
        with self._counting:
            now: UploadProgress = self.progress.value
            begins = not now.busy
            if begins:
                now = UploadProgress()
                self.problems.set(())
            self.progress.set(replace(now, total=now.total + count))

    def receive(self, name: str, source: bytes | str | os.PathLike[str] = b"", *, problem: str = "") -> None:
        """Take one of the files expected, or why it did not come."""
        batch = self._batch
        self._count(batch, received=1)
        self._received.set(_Received(batch, name, source, problem=problem))

    def view(self) -> Viewable:
        zone = UploadZone(self.expect, self.receive, self.title)
        cancel = pmui.Button(
            label="Cancel",
            icon="close",
            variant="outlined",
            margin=(4, 0),
            visible=False,
            on_click=lambda _: self.cancel(),
        )
        problems = PlainAlert(severity="error", visible=False, margin=(4, 0))
        self.follow(self.progress, zone, UploadZone.tell)
        self.follow(self.progress, cancel, _show_cancel)
        self.follow(self.cancelled, zone, UploadZone.stop)
        self.follow(self.problems, problems, _show_problems)
        return pmui.Column(zone, cancel, problems, margin=0, sizing_mode="stretch_width")

    def _count(self, batch: int, done: int = 0, received: int = 0, failed: int = 0) -> None:
        with self._counting:
            if batch != self._batch:
                return  # cancelled meanwhile
            now: UploadProgress = self.progress.value
            self.progress.set(
                replace(
                    now,
                    done=now.done + done,
                    received=now.received + received,
                    failed=now.failed + failed,
                )
            )

    def _open(self, file: _Received) -> _Received:
        if file.problem or file.batch != self._batch:
            return file
        try:
            image = open_image(file.source, file.name, size=self.size, fit=self.fit)
        except ImageError as error:
            return replace(file, source=b"", problem=str(error))
        return replace(file, source=b"", image=image)

    def _deliver(self, file: _Received) -> None:
        if file.batch != self._batch:
            return
        try:
            if file.image is not None:
                self.files.set((file.name, file.image))
                self.images.set(file.image)
            else:
                self.problems.set((*self.problems.value, UploadProblem(file.name, file.problem)))
        finally:
            self._count(file.batch, done=1, failed=int(file.image is None))


def _show_cancel(button: pmui.Button, progress: UploadProgress) -> None:
    button.visible = progress.busy


def _show_problems(alert: PlainAlert, problems: tuple[UploadProblem, ...]) -> None:
    lines = [problem.message for problem in itertools.islice(problems, _SHOWN_PROBLEMS)]
    more = len(problems) - len(lines)
    if more:
        lines.append(f"and {more} more")
    count = len(problems)
    alert.param.update(
        title="1 file could not be opened" if count == 1 else f"{count} files could not be opened",
        object="\n".join(lines),
        visible=bool(problems),
    )
