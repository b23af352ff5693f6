"""A switch between on and off."""

from __future__ import annotations

from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams import Stream

__all__ = ["Toggle"]


class Toggle(Component):
    """A switch that is on or off.

    Streams: ``value`` (whether it is on), ``disabled``.

    Args:
        text: what is on when the switch is on.
        value: whether it is on at first.

    Raises:
        DataError: an empty text.
    """

    framed = False

    def __init__(self, text: str, value: bool = False) -> None:
        if not str(text).strip():
            raise DataError(f"a toggle's text is {text!r}: write beside it what it switches")
        super().__init__(str(text))
        self.value: Stream[bool] = Stream(bool(value))
        self.disabled: Stream[bool] = Stream(False)

    def view(self) -> Viewable:
        """Return a new switch."""
        switch = pmui.Switch(label=self.title, value=bool(self.value.value))
        self.follow(self.value, switch, show_value)
        self.follow(self.disabled, switch, show_disabled)
        switch.param.watch(self._switched, "value")
        return switch

    def _switched(self, event: Any) -> None:
        if event.new != bool(self.value.value):
            self.value.set(event.new)


def show_value(switch: pmui.Switch, value: bool) -> None:
    switch.value = bool(value)


def show_disabled(switch: pmui.Switch, disabled: bool) -> None:
    switch.disabled = bool(disabled)
