"""The browser's part of a button that is held."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, ClassVar, Protocol

import param
from panel.custom import JSComponent

__all__ = ["HoldPad", "HoldWatcher"]

log = logging.getLogger("imlkit")


class HoldWatcher(Protocol):
    """Who is told what the person does; a holder is a view's number and the number of its press."""

    def press(self, holder: tuple[int, int]) -> None:
        """The person presses."""

    def still(self, holder: tuple[int, int]) -> None:
        """The person still holds, or the page still shows what goes on by itself."""

    def release(self, holder: tuple[int, int]) -> None:
        """The person has let go."""

    def leave(self, view: int) -> None:
        """The page is hidden or the view has gone."""


class HoldPad(JSComponent):
    """One button on a page. While something goes on, it tells so several times a second.

    Args:
        watcher: told what the person does.
        number: tells this view from the others.
        seconds: how long the hold after a countdown is.
    """

    text = param.String()
    disabled = param.Boolean(default=False)
    held = param.Boolean(default=False)
    by_itself = param.Boolean(default=False)
    counting = param.Integer(default=0)
    countdown = param.Integer(default=0)
    seconds = param.Number(default=3)

    # As text: files of their own would arrive after the first drawing of the button.
    _esm: ClassVar[str] = Path(__file__).with_name("hold_button.js").read_text("utf-8")
    _stylesheets: ClassVar[list[str]] = [Path(__file__).with_name("hold_button.css").read_text("utf-8")]

    def __init__(self, watcher: HoldWatcher, number: int, seconds: float) -> None:
        super().__init__(seconds=seconds, margin=(5, 10))  # type: ignore[no-untyped-call]
        self._watcher = watcher
        self._number = number

    def show_text(self, text: object) -> None:
        """Write this on the button."""
        self.text = str(text)

    def show_countdown(self, seconds: int) -> None:
        """Say how long a press counts down."""
        self.countdown = seconds

    def show_disabled(self, disabled: bool) -> None:
        """Let it be pressed, or not."""
        self.disabled = bool(disabled)

    def show_counting(self, left: int) -> None:
        """Show how many seconds are still to count."""
        self.counting = left

    def show_by_itself(self, by_itself: bool) -> None:
        """Show whether a countdown or the hold after it goes on."""
        self.by_itself = by_itself

    def show_held(self, held: bool) -> None:
        """Show whether it is held."""
        self.held = bool(held)

    def _handle_msg(self, data: Any) -> None:
        """Take a message of the browser, which may be anything."""
        match data:
            case {"kind": "press" | "still" | "release" as kind, "press": int(press)} if press > 0:
                holder = (self._number, press)
                {
                    "press": self._watcher.press,
                    "still": self._watcher.still,
                    "release": self._watcher.release,
                }[kind](holder)
            case {"kind": "left"}:
                self._watcher.leave(self._number)
            case _:
                log.warning("a button was sent a message that it does not know; it is ignored")
