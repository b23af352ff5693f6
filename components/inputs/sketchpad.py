"""A pad to draw on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable
from reactivex import abc

from imlkit.component import Component
from imlkit.images import RGBImage
from imlkit.streams import Stream
from imlkit.streams.chain import Filtering
from imlkit.streams.checked_stream import CheckedStream

from .sketch_canvas import SketchCanvas
from .strokes import Rasteriser, Stroke, as_strokes

__all__ = ["Sketchpad", "Stroke"]


class Sketchpad(Component):
    """A square sheet of white paper and a black pen, for mouse, pen and touch.

    The strokes are the truth: every view and the image follow from them, whoever sets them.

    Args:
        size: the side of the drawing in pixels.
        pen: the pen's diameter in pixels at first.
        live_rate: how often a second ``strokes`` and ``images`` emit while a stroke is drawn, at
            most; 0 waits for each stroke's end.
        title: what the person reads above the pad.

    Attributes:
        strokes: a tuple of :class:`Stroke`, at each stroke's end and while drawing. Setting it
            draws.
        images: the drawing as uint8 (size, size, 3), RGB, whenever the strokes change. A blank sheet
            is never emitted; it is only the ``value`` of an empty pad.
        cleared: how often the pad has become empty, whenever it does.
        drawing: whether a stroke is being drawn, so that the last of ``strokes`` is not finished.
        pen: the pen's diameter in pixels, for strokes to come.

    Example:
        >>> pad = Sketchpad(size=64)
        >>> pad.strokes.set([Stroke([[8, 8], [56, 56]], size=4)])
        >>> pad.images.value.shape
        (64, 64, 3)
    """

    def __init__(
        self, size: int = 256, pen: float = 8, live_rate: float = 10, title: str = "Drawing"
    ) -> None:
        if not (isinstance(size, int) and 16 <= size <= 2048):
            raise ValueError(f"size {size!r} is no side of a sketchpad: expected 16 to 2048 pixels")
        if not 0 < pen <= size:
            raise ValueError(f"pen {pen!r} is no diameter of a pen: expected pixels, above 0, up to {size}")
        if live_rate < 0:
            raise ValueError(f"live_rate {live_rate!r} is no rate: expected images a second, or 0 for none")
        super().__init__(title)
        self.size = size
        self.live_rate = live_rate
        self.pen: Stream[float] = Stream(pen)
        self.drawing: Stream[bool] = Stream(False)
        self.strokes: CheckedStream[Any] = CheckedStream((), as_strokes)
        self._rasteriser = Rasteriser(size)
        self.images: Stream[RGBImage] = Drawings(self._rasteriser.render(()))
        self.cleared: Stream[int] = Stream()
        self._before: tuple[Stroke, ...] = ()
        self._wiped: tuple[Stroke, ...] = ()
        self.strokes.subscribe(self._draw)

    def undo(self) -> None:
        """Take back the last stroke, or on an empty pad the last clearing."""
        strokes, wiped = self.strokes.value, self._wiped
        if strokes:
            self.strokes.set(strokes[:-1])
            # To take back one's only stroke is no clearing to come back from.
            self._wiped = wiped
        elif wiped:
            self._wiped = ()
            self.strokes.set(wiped)

    def clear(self) -> None:
        """Take a new sheet."""
        if self.strokes.value:
            self.strokes.set(())

    def view(self) -> Viewable:
        canvas = SketchCanvas(self.strokes, self.drawing, self.size, self.live_rate, self.title)
        pen = pmui.FloatSlider(
            label="Pen size in pixels",
            start=1,
            end=max(2, self.size // 8),
            step=1,
            value=1,
            margin=(4, 0),
            sizing_mode="stretch_width",
            max_width=self.size,
        )
        pen.param.watch(lambda event: self._take_pen(event.new), "value")
        undo = _button("Undo", "undo", self.undo)
        clear = _button("Clear", "delete", self.clear)
        self.follow(self.strokes, canvas, SketchCanvas.tell)
        self.follow(self.pen, canvas, SketchCanvas.take_pen)
        self.follow(self.pen, pen, _show_pen)
        buttons = pmui.Row(undo, clear, margin=(4, 0), sx={"gap": "8px"})
        return pmui.Column(canvas, pen, buttons, margin=0, sizing_mode="stretch_width")

    def _take_pen(self, size: float) -> None:
        if size != self.pen.value:
            self.pen.set(size)

    def _draw(self, strokes: tuple[Stroke, ...]) -> None:
        before, self._before = self._before, strokes
        if strokes:
            self.images.set(self._rasteriser.render(strokes))
        elif before:
            self._wiped = before
            self.images.set(self._rasteriser.render(()))
            self.cleared.set((self.cleared.value or 0) + 1)


class Drawings(Stream[RGBImage]):
    """Images of drawings, of which a blank sheet reaches nobody.

    The blank sheet is the value of an empty pad, so that whoever samples the pad gets it and can
    say that nothing is drawn; but no pipeline runs because the pad became empty.

    Args:
        blank: the image of a blank sheet.
    """

    def __init__(self, blank: RGBImage) -> None:
        self._blank = blank.tobytes()
        super().__init__(blank)

    def _attach(
        self, observer: abc.ObserverBase[RGBImage], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        return super()._attach(Filtering(observer, self._is_drawn, self), scheduler)

    def _is_drawn(self, image: RGBImage) -> bool:
        return image.tobytes() != self._blank


def _button(label: str, icon: str, action: Callable[[], None]) -> pmui.Button:
    return pmui.Button(label=label, icon=icon, variant="outlined", margin=0, on_click=lambda _: action())


def _show_pen(slider: pmui.FloatSlider, size: float) -> None:
    slider.param.update(start=min(slider.start, size), end=max(slider.end, size), value=size)
