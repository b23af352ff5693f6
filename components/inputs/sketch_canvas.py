"""The browser's part of a sketchpad: it draws at once, and says what was drawn."""

from __future__ import annotations

import logging
import time
import weakref
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
import param
from panel.custom import JSComponent

from imlkit.errors import DataError
from imlkit.streams import Stream
from imlkit.streams.report import report

from .strokes import Stroke

__all__ = ["MAX_POINTS", "MAX_STROKES", "SketchCanvas"]

MAX_STROKES: Final = 1_000
"""The most strokes of a drawing that a browser may add to."""

MAX_POINTS: Final = 10_000
"""The most points of one stroke from a browser."""

log = logging.getLogger("imlkit")


class SketchCanvas(JSComponent):
    """One canvas on a page.

    The browser names its strokes and sends their points. It is told the drawing as a list of
    strokes, each by its name alone if it has the points already, and which of its own strokes were
    taken into account. So what a person draws is never sent back, and every canvas shows the same.

    Args:
        strokes: the drawing's strokes, read and set.
        drawing: told whether the person is drawing.
        size: the side of the drawing in pixels.
        live_rate: how often a second the unfinished stroke is put into the drawing, at most.
        title: how the canvas is called for those who do not see it.
    """

    size = param.Integer()
    pen = param.Number()
    title = param.String()
    interval = param.Number(doc="Milliseconds between reports while drawing; 0 for none.")

    _esm: ClassVar[Path] = Path(__file__).with_name("sketch_canvas.js")

    def __init__(
        self,
        strokes: Stream[tuple[Stroke, ...]],
        drawing: Stream[bool],
        size: int,
        live_rate: float,
        title: str,
    ) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            size=size,
            title=title or "Drawing",
            interval=1000 / live_rate if live_rate else 0,
            sizing_mode="stretch_width",
            max_width=size + 2,
            margin=(4, 0),
        )
        self._strokes = strokes
        self._drawing = drawing
        # The browser can change the parameters; these it cannot.
        self._side = size
        self._rate = live_rate
        self._due = 0.0
        self._serial = 0
        self._names: weakref.WeakKeyDictionary[Stroke, str] = weakref.WeakKeyDictionary()
        self._known: set[str] = set()
        self._key = 0
        self._live: Stroke | None = None
        self._waiting: list[npt.NDArray[np.float32]] = []

    def tell(self, strokes: tuple[Stroke, ...]) -> None:
        """Make the browser show these strokes."""
        listed: list[list[Any]] = []
        known = set()
        for stroke in strokes:
            name = self._names.get(stroke)
            if name is None:
                self._serial += 1
                name = self._names[stroke] = f"p{self._serial}"
            if name in self._known:
                listed.append([name])
            else:
                listed.append([name, stroke.size, np.round(stroke.points, 1).ravel().tolist()])
            known.add(name)
        self._known = known
        self._serial += 1
        self._send_msg({"serial": self._serial, "seen": self._key, "strokes": listed})

    def take_pen(self, size: float) -> None:
        """Give the person a pen of this diameter in pixels."""
        self.pen = size

    def _handle_msg(self, data: Any) -> None:
        """Take a message of the browser, which may be anything."""
        match data:
            case {"kind": "sync"}:
                # The browser begins anew: it knows no stroke, and names its own from the first again.
                self._end()
                self._key = 0
                self._names.clear()
                self._known = set()
                self.tell(self._strokes.value)
            case {"kind": "draw", "key": int(key), "size": int() | float() as size, "points": list(flat)}:
                points = self._points(flat)
                if points is None or not 0 < size <= self._side or key < 0:
                    log.warning("a sketchpad was sent a stroke that cannot be drawn; it is ignored")
                else:
                    self._draw(key, float(size), points, data.get("end") is True)
            case _:
                log.warning("a sketchpad was sent a message that it does not know; it is ignored")

    def _points(self, flat: list[Any]) -> npt.NDArray[np.float32] | None:
        if len(flat) % 2 or len(flat) > 2 * MAX_POINTS or not all(type(n) in (int, float) for n in flat):
            return None
        # A stroke may leave the paper, but not go far from it.
        least, most = -self._side, 2 * self._side
        return np.array([max(least, min(most, n)) for n in flat], np.float32).reshape(-1, 2)

    def _draw(self, key: int, size: float, points: npt.NDArray[np.float32], ends: bool) -> None:
        strokes: tuple[Stroke, ...] = self._strokes.value
        if key > self._key:
            self._end()
            self._key = key
            if len(strokes) >= MAX_STROKES:
                self.tell(strokes)
                report(
                    DataError(f"the drawing has {MAX_STROKES:,} strokes, the most it can have: clear it"),
                    self._strokes,
                )
                return
            if not len(points):
                return
            self._live = self._named(Stroke(points, size))
            strokes = (*strokes, self._live)
            self._drawing.set(not ends)
        elif key < self._key or self._live is None:
            return  # what follows of a stroke that has ended
        elif self._live not in strokes:
            self._end()  # it was taken back while being drawn
            return
        else:
            self._waiting.append(points)
            if not ends and not self._may_emit():
                return
            grown = np.concatenate((self._live.points, *self._waiting))[:MAX_POINTS]
            self._waiting.clear()
            before, self._live = self._live, self._named(Stroke(grown, self._live.size))
            strokes = tuple(self._live if stroke is before else stroke for stroke in strokes)
        if ends:
            self._end()
        self._strokes.set(strokes)

    def _named(self, stroke: Stroke) -> Stroke:
        name = self._names[stroke] = f"b{self._key}"
        self._known.add(name)
        return stroke

    def _may_emit(self) -> bool:
        # Messages that were held up arrive in a bunch: their mean rate is what is bounded.
        now = time.monotonic()
        if not self._rate or now < self._due - 1 / self._rate:
            return False
        self._due = max(self._due, now) + 1 / self._rate
        return True

    def _end(self) -> None:
        self._live = None
        self._waiting.clear()
        if self._drawing.value:
            self._drawing.set(False)
