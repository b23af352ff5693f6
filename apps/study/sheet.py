"""A sheet to draw on, beside buttons that say what was drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit import Button, Sketchpad, Stream
from imlkit.images import RGBImage
from imlkit.layouts.page import card

__all__ = ["Sheet"]


class Sheet:
    """A pad, and a button for each class; a drawing is kept once, however often they are pressed.

    What counts is the drawing: one that comes back as it was, by Undo for example, is not kept
    again before it is changed. After a drawing was kept, the pad is empty.

    Args:
        pad: what is drawn on.
        says: what is written on a button; ``{}`` stands for the class.
        classes: what may be drawn.
        keep: keeps a drawing of a class, off the page's thread. If it raises, the drawing stays on
            the pad and may be kept by another press.

    Attributes:
        pad: what is drawn on.
        buttons: one for each class, in their order.
    """

    def __init__(
        self, pad: Sketchpad, says: str, classes: Iterable[str], keep: Callable[[str, RGBImage], Any]
    ) -> None:
        self.pad = pad
        self.buttons: list[Button] = []
        self._keep = keep
        self._kept = b""
        # One stream for all buttons: each press is seen to after those before it.
        self._pressed: Stream[tuple[str, RGBImage]] = Stream()
        for name in classes:
            button = Button(says.format(name))
            pad.strokes.map(lambda _: self._has_nothing_new()).subscribe(button.disabled)
            button.clicks.snapshot(pad.images).subscribe(partial(self._press, name))
            self.buttons.append(button)
        self._pressed.compute(lambda press: self._keep_once(*press)).subscribe(self._clear)

    def view(self) -> Viewable:
        """Return the pad on a card, with the buttons beside it; above it where there is no room for that."""
        views: list[Any] = [button.view() for button in self.buttons]
        for view in views:
            view.margin = 0
        beside = pmui.FlexBox(*views, margin=(4, 0), gap="8px", styles={"flex": "1 1 9em"})
        pad: Any = self.pad.view()
        pad.styles = {"flex": f"0 1 {self.pad.size + 2}px"}
        row = pmui.FlexBox(
            pad, beside, margin=0, gap="16px", align_items="flex-end", flex_wrap="wrap-reverse"
        )
        return card(row, self.pad.title)

    def _has_nothing_new(self) -> bool:
        return not self.pad.strokes.value or self.pad.images.value.tobytes() == self._kept

    def _press(self, name: str, drawing: RGBImage) -> None:
        self._pressed.set((name, drawing))

    def _keep_once(self, name: str, drawing: RGBImage) -> RGBImage:
        if drawing.tobytes() != self._kept:
            self._keep(name, drawing)
            self._kept = drawing.tobytes()
        return drawing

    def _clear(self, drawing: RGBImage) -> None:
        # Whoever drew on meanwhile has another drawing.
        if self.pad.images.value is drawing:
            self.pad.clear()
