"""A button whose presses are a stream."""

from __future__ import annotations

from itertools import count
from typing import Any, Literal, get_args

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams import Stream

__all__ = ["Button", "Kind"]

Kind = Literal["primary", "secondary", "danger"]

LOOKS: dict[str, dict[str, str]] = {
    "primary": {"color": "primary", "variant": "contained"},
    "secondary": {"color": "primary", "variant": "outlined"},
    "danger": {"color": "error", "variant": "outlined"},
}
WRAPPED = {"overflowWrap": "anywhere", "whiteSpace": "normal", "textTransform": "none"}


class Button(Component):
    """A button.

    Streams: ``clicks`` (how many there have been, at each click: 1, 2, 3…), ``text`` (what is
    written on it), ``disabled``, ``loading`` (busy: it shows so and cannot be pressed).

    Args:
        text: what is written on the button; say what it does.
        title: what to call it elsewhere, such as in a settings page.
        kind: ``"primary"`` for what a person most often does next, ``"secondary"`` for the
            rest, ``"danger"`` for what cannot be undone.

    Raises:
        DataError: an empty text, or a kind that is none of these.
    """

    framed = False

    def __init__(self, text: str, title: str = "", kind: Kind = "primary") -> None:
        if not str(text).strip():
            raise DataError(f"a button's text is {text!r}: write on it what it does, such as 'Train'")
        if kind not in get_args(Kind):
            raise DataError(f"button kind {kind!r} is unknown: use 'primary', 'secondary' or 'danger'")
        super().__init__(title)
        self.kind = kind
        self.clicks: Stream[int] = Stream()
        self.text: Stream[str] = Stream(str(text))
        self.disabled: Stream[bool] = Stream(False)
        self.loading: Stream[bool] = Stream(False)
        self._numbers = count(1)

    def click(self) -> None:
        """Do what a person's click does: nothing while the button is disabled or loading."""
        if not (self.disabled.value or self.loading.value):
            self.clicks.set(next(self._numbers))

    def view(self) -> Viewable:
        """Return a new button."""
        button = pmui.Button(sx=WRAPPED, **LOOKS[self.kind])
        button.on_click(self._pressed)
        self.follow(self.text, button, show_text)
        self.follow(self.disabled, button, show_disabled)
        self.follow(self.loading, button, show_loading)
        return button

    def _pressed(self, _event: Any) -> None:
        self.click()


def show_text(button: pmui.Button, text: object) -> None:
    button.label = str(text)


def show_disabled(button: pmui.Button, disabled: bool) -> None:
    button.disabled = bool(disabled)


def show_loading(button: pmui.Button, loading: bool) -> None:
    button.loading = bool(loading)
