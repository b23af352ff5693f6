"""The field on the page of a text input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

__all__ = ["TextField"]

HERE = Path(__file__)


class TextField(JSComponent):
    """A text field that never lets the program's text replace keystrokes it had not seen.

    ``fill`` is the program's text with its number and the number of keystrokes the program had
    seen when it sent it. The page refuses it where the person has typed since; their keystrokes
    are then on their way here and carry the number of the last text the page took.

    Args:
        typed: called with the person's text, whether it is a suggestion they took, and what was
            refused for it ("" for nothing).
        left: called when they have turned elsewhere after typing.
    """

    label = param.String("")
    placeholder = param.String("")
    fill = param.Dict({"text": "", "number": 0, "seen": 0})
    offered = param.String("")

    _esm = HERE.with_suffix(".js").read_text("utf-8")
    _stylesheets = [HERE.with_name("field.css").read_text("utf-8")]  # noqa: RUF012

    def __init__(
        self, typed: Callable[[str, bool, str], None], left: Callable[[], None], **params: Any
    ) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]
        self._typed = typed
        self._left = left
        self._text = ""

    def present(self, text: str) -> None:
        """Send a text to the page, unless that is what its person has typed."""
        if text != self._text:
            self._text = text
            self.fill = {**self.fill, "text": text, "number": self.fill["number"] + 1}

    def suggest(self, text: str) -> None:
        """Show a suggestion beneath the field; "" for none."""
        self.offered = text

    def _handle_msg(self, data: Any) -> None:
        if data["kind"] == "left":
            self._left()
        elif data["typed"] > self.fill["seen"]:
            refused = self._text if data["filled"] < self.fill["number"] else ""
            self._text = data["text"]
            self.fill = {"text": self._text, "number": data["filled"], "seen": data["typed"]}
            self._typed(data["text"], data["kind"] == "taken", refused)
