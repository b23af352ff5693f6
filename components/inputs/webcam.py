"""Pictures from the camera of the person's browser."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Any, Final
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.images import Fit, RGBImage, as_rgb, check_resizing, open_image, resized
from imlkit.plain_text import PlainAlert
from imlkit.streams import Stream
from imlkit.streams.checked_stream import CheckedStream

from .camera_feed import CameraFeed
from .camera_menu import CameraMenu, Cameras
from .camera_problem import DARK, camera_problem
from .period import checked_period

__all__ = ["Webcam"]

_DARK_SECONDS: Final = 3.0
_DARK_LEVEL: Final = 8.0  # of 255: what a covered lens does not reach, even with the noise of its sensor


@dataclass(frozen=True, slots=True)
class _Taken:
    source: bytes | RGBImage
    start: int = 0
    """The number of the start of the camera that took it, 0 where no camera did."""


@dataclass(frozen=True, slots=True)
class _Opened:
    image: RGBImage
    start: int
    dark: bool


class Webcam(Component):
    """The camera of the person's browser.

    Frames never queue up: the browser sends the next when the last has arrived, and of those that
    arrive while one is opened the newest is kept. With ``images.compute(…, policy="latest")`` a slow
    model gets the newest frame too.

    The camera runs only while it is ``active`` and a view is open. A view on a page that was left
    sends nothing.

    Args:
        size: (W, H) in pixels to which each image is brought; None keeps the camera's own.
        period_ms: milliseconds from one image to the next, 10 to 60,000.
        mirror: whether pictures are shown and given as in a mirror.
        fit: how ``size`` is met, ``"crop"``, ``"pad"`` or ``"inside"``: see
            :func:`imlkit.images.open_image`. The view shows what is kept.
        title: what the person reads above it.

    Attributes:
        images: each picture as uint8 (H, W, 3), RGB: what the person sees in the view.
        active: whether the camera is to run. Setting it starts and stops the camera.
        mirror: whether pictures, from the next on, are as in a mirror.
        period: milliseconds from one image to the next.
        cameras: the browser's cameras, ``(id, label)`` each; empty until one was allowed.
        camera: the id of the chosen camera; empty takes any.
        problem: what went wrong and what to do about it, empty where nothing did.

    Raises:
        DataError: a period that is none.
        ValueError: ``size`` or ``fit`` is none.

    Example:
        >>> webcam = Webcam(size=(32, 32), mirror=False)
        >>> webcam.images.set(np.zeros((32, 32, 3), np.uint8))
        >>> webcam.images.value.shape
        (32, 32, 3)
    """

    def __init__(
        self,
        size: tuple[int, int] | None = (224, 224),
        period_ms: float = 100,
        mirror: bool = True,
        *,
        fit: Fit = "crop",
        title: str = "Camera",
    ) -> None:
        check_resizing(size, fit)
        super().__init__(title)
        self.size = size
        self.fit = fit
        self.images: Stream[RGBImage] = Stream()
        self.active: Stream[bool] = Stream(False)
        self.mirror: Stream[bool] = Stream(bool(mirror))
        self.period: Stream[float] = CheckedStream(period_ms, checked_period)
        self.cameras: Stream[Cameras] = Stream(())
        self.camera: Stream[str] = Stream("")
        self.problem: Stream[str] = Stream("")
        self._key = uuid4().hex
        self._start = 0
        self._dark_since: float | None = None
        self._menu: Stream[tuple[Cameras, str]] = Stream()
        self._taken: Stream[_Taken] = Stream()
        self._taken.name = "images"  # which is what a person knows it by in an error
        self._opened = self._taken.compute(self._open, policy="latest")
        self._opened.subscribe(self._deliver)
        self.active.subscribe(self._switched)
        self.cameras.subscribe(lambda cameras: self._menu.set((cameras, self.camera.value)))
        self.camera.subscribe(lambda camera: self._menu.set((self.cameras.value, camera)))

    def frame(self, source: bytes | npt.ArrayLike) -> None:
        """Take a picture as if the camera had: it is brought to size, and mirrored if that is on.

        Args:
            source: a file's bytes, or an array of any shape that :func:`imlkit.images.as_rgb` takes.

        Raises:
            ImageError: an array of another shape or other values.
        """
        # A copy: a program that reads a camera often reads the next frame into the same array.
        self._taken.set(_Taken(source if isinstance(source, bytes) else as_rgb(source).copy()))

    def view(self) -> Viewable:
        feed = CameraFeed(self, self._key, self.size, self.fit, self.title)
        problem = PlainAlert(severity="warning", visible=False, margin=(4, 0))
        switch = pmui.Button(margin=0, on_click=lambda _: self.active.set(not self.active.value))
        mirror = pmui.Switch(label="Mirror", margin=0)
        mirror.param.watch(lambda event: self._take(self.mirror, event.new), "value")
        menu = CameraMenu(lambda camera: self._take(self.camera, camera))
        self.follow(self.period, feed, CameraFeed.pace)
        self.follow(self.mirror, feed, CameraFeed.reflect)
        self.follow(self.camera, feed, CameraFeed.choose)
        self.follow(self.active, feed, CameraFeed.switch)
        self.follow(self.problem, problem, _show_problem)
        self.follow(self.active, switch, _show_switch)
        self.follow(self.mirror, mirror, _show_mirror)
        self.follow(self._menu, menu, CameraMenu.present)
        controls = pmui.FlexBox(switch, mirror, align_items="center", gap="8px 24px", margin=(0, 0, 8, 0))
        return pmui.Column(
            controls, feed, problem, menu, margin=0, sizing_mode="stretch_width", max_width=480
        )

    def camera_started(self, asked: str, camera: str) -> None:
        """Take notice that this camera runs, where ``asked`` was to be opened."""
        # Another may have been chosen since.
        if asked == self.camera.value:
            self._take(self.camera, camera)

    def cameras_listed(self, cameras: Cameras) -> None:
        """Take notice of the cameras there are."""
        self._take(self.cameras, cameras)

    def camera_failed(self, why: str) -> None:
        """Stop, and say what to do: see :func:`.camera_problem.camera_problem`."""
        if not self.active.value:
            return
        if why == "gone":
            self.camera.set("")
        self.active.set(False)
        self.problem.set(camera_problem(why))

    def frame_taken(self, jpeg: bytes) -> None:
        """Take the camera's next picture, unless it came after the camera was stopped."""
        if self.active.value:
            self._taken.set(_Taken(jpeg, self._start))

    def dispose(self) -> None:
        """Stop the camera and let go of every subscriber."""
        if self.active.value:
            self.active.set(False)
        for stream in (self._taken, self._opened, self._menu):
            stream.dispose()
        super().dispose()

    def _take(self, stream: Stream[Any], value: Any) -> None:
        if value != stream.value:
            stream.set(value)

    def _switched(self, active: bool) -> None:
        self._start += bool(active)
        self._dark_since = None
        if active or self.problem.value == DARK:
            self._take(self.problem, "")

    def _open(self, taken: _Taken) -> _Opened:
        source = taken.source
        if isinstance(source, bytes):
            image = open_image(source, "camera picture", size=self.size, fit=self.fit)
        else:
            image = resized(source, self.size, self.fit)
        dark = bool(image.mean() < _DARK_LEVEL)
        if self.mirror.value:
            image = np.ascontiguousarray(image[:, ::-1])
        return _Opened(image, taken.start, dark)

    def _deliver(self, opened: _Opened) -> None:
        if opened.start:
            if not self.active.value or opened.start != self._start:
                return
            self._look_at(opened.dark)
        self.images.set(opened.image)

    def _look_at(self, dark: bool) -> None:
        if not dark:
            self._dark_since = None
            if self.problem.value == DARK:
                self.problem.set("")
        elif self._dark_since is None:
            self._dark_since = monotonic()
        elif monotonic() - self._dark_since >= _DARK_SECONDS:
            self._take(self.problem, DARK)


def _show_problem(alert: PlainAlert, problem: str) -> None:
    alert.param.update(object=problem, visible=bool(problem))


def _show_switch(button: pmui.Button, active: bool) -> None:
    if active:
        button.param.update(label="Stop", icon="videocam_off", variant="outlined")
    else:
        button.param.update(label="Start", icon="videocam", variant="contained")


def _show_mirror(switch: pmui.Switch, mirror: bool) -> None:
    switch.value = bool(mirror)
