"""The browser's part of a webcam: the camera's picture, and its frames one at a time."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

import param
from panel.custom import JSComponent

from imlkit.images import Fit

__all__ = ["MAX_FRAME_BYTES", "CameraFeed", "CameraWatcher"]

MAX_FRAME_BYTES: Final = 16_000_000
"""The most bytes of one frame from a browser."""

_MOST_CAMERAS: Final = 32
_LONGEST: Final = 255  # of a camera's name or id, in characters

log = logging.getLogger("imlkit")


class CameraWatcher(Protocol):
    """Who is told what the browser's camera does."""

    def camera_started(self, asked: str, camera: str) -> None:
        """The camera of this id runs; ``asked`` was to be opened, empty for any."""

    def cameras_listed(self, cameras: tuple[tuple[str, str], ...]) -> None:
        """The browser has these cameras: ids and labels."""

    def camera_failed(self, why: str) -> None:
        """The camera did not start, or stopped by itself."""

    def frame_taken(self, jpeg: bytes) -> None:
        """The camera took a picture."""


class CameraFeed(JSComponent):
    """A preview of the browser's camera, whose frames are sent one at a time.

    Panel's own VideoStream cannot serve here: it opens the camera as soon as it is shown and never
    closes it, takes whichever camera comes first, tells errors to the console alone, and sends every
    frame in full size whether or not the last has been handled. This one sends a frame when the last
    has arrived, so none ever waits on the way, however slow that is.

    All feeds of one key on a page share one opened camera; one of those in sight sends its frames.

    Args:
        watcher: told what the camera does.
        key: names the camera on the page.
        size: (W, H) in pixels that frames are wanted at, or None; somewhat more may come.
        fit: how frames will be brought to that size.
        title: how the picture is called for those who do not see it.
    """

    active = param.Boolean(default=False)
    camera = param.String(default="")
    mirror = param.Boolean(default=True)
    period = param.Number(default=100, doc="Milliseconds between frames.")
    key = param.String()
    title = param.String()
    fit = param.String()
    across = param.Integer(doc="The wanted width in pixels; 0 for the camera's own.")
    down = param.Integer(doc="The wanted height in pixels; 0 for the camera's own.")

    _esm: ClassVar[Path] = Path(__file__).with_name("camera_feed.js")
    _stylesheets: ClassVar[list[str]] = [Path(__file__).with_name("camera_feed.css").read_text("utf-8")]

    def __init__(
        self, watcher: CameraWatcher, key: str, size: tuple[int, int] | None, fit: Fit, title: str
    ) -> None:
        across, down = size or (0, 0)
        super().__init__(  # type: ignore[no-untyped-call]
            key=key,
            across=across,
            down=down,
            fit=fit,
            title=title or "Camera",
            sizing_mode="stretch_width",
            max_width=480,
            margin=(4, 0),
        )
        self._watcher = watcher

    def switch(self, active: bool) -> None:
        """Open the camera, or close it."""
        self.active = bool(active)

    def choose(self, camera: str) -> None:
        """Take the camera of this id; empty for any."""
        self.camera = camera

    def reflect(self, mirror: bool) -> None:
        """Show the picture as in a mirror, or not."""
        self.mirror = bool(mirror)

    def pace(self, period: float) -> None:
        """Send a frame every so many milliseconds."""
        self.period = period

    def _handle_msg(self, data: Any) -> None:
        """Take a message of the browser, which may be anything."""
        match data:
            case {"kind": "frame", "number": int(number), "data": bytes(jpeg)} if jpeg:
                # First of all, so that the next is on its way while this one is decoded.
                self._send_msg({"taken": number})
                if len(jpeg) <= MAX_FRAME_BYTES:
                    self._watcher.frame_taken(jpeg)
                else:
                    log.warning("a webcam was sent a frame of %d bytes; it is ignored", len(jpeg))
            case {"kind": "started", "asked": str(asked), "camera": str(camera)}:
                self._watcher.camera_started(asked, camera[:_LONGEST])
            case {"kind": "cameras", "cameras": list(listed)}:
                self._watcher.cameras_listed(
                    tuple(
                        (one[0][:_LONGEST], one[1][:_LONGEST])
                        for one in listed[:_MOST_CAMERAS]
                        if isinstance(one, list) and len(one) == 2 and all(isinstance(s, str) for s in one)
                    )
                )
            case {"kind": "failed", "why": str(why)}:
                self._watcher.camera_failed(why)
            case _:
                log.warning("a webcam was sent a message that it does not know; it is ignored")
