"""A box to tick."""

from __future__ import annotations

from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams import Stream

__all__ = ["Checkbox"]

_LOOK = {"minHeight": "44px", "overflowWrap": "anywhere"}


class Checkbox(Component):
    """A box that a person ticks to say that something holds, such as that they agree.

    A step of a wizard waits for it with ``step.opens_when(box.value, "Tick the box to go on.")``.

    Streams: ``value`` (whether it is ticked), ``disabled``.

    Args:
        text: what holds when the box is ticked.
        value: whether it is ticked at first.

    Raises:
        DataError: an empty text.
    """

    framed = False

    def __init__(self, text: str, value: bool = False) -> None:
        if not str(text).strip():
            raise DataError(f"a checkbox's text is {text!r}: write beside it what holds when it is ticked")
        super().__init__(str(text))
        self.value: Stream[bool] = Stream(bool(value))
        self.disabled: Stream[bool] = Stream(False)

    def view(self) -> Viewable:
        """Return a new box."""
        box = pmui.Checkbox(label=self.title, value=bool(self.value.value), sx=_LOOK)
        self.follow(self.value, box, show_value)
        self.follow(self.disabled, box, show_disabled)
        box.param.watch(self._ticked, "value")
        return box

    def _ticked(self, event: Any) -> None:
        if bool(event.new) != bool(self.value.value):
            self.value.set(bool(event.new))


def show_value(box: pmui.Checkbox, value: bool) -> None:
    box.value = bool(value)


def show_disabled(box: pmui.Checkbox, disabled: bool) -> None:
    box.disabled = bool(disabled)
