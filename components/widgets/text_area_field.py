"""The field on the page of a text area."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

__all__ = ["TextAreaField"]

_HERE = Path(__file__)


class TextAreaField(JSComponent):
    """The browser's own field for several lines, with words above it.

    Args:
        typed: called with the person's text, when they pause and when they leave the field.
        title: what is asked.
        placeholder: an example.
        required: whether it has to be answered.
        longest: how many characters it takes.
    """

    title = param.String("")
    placeholder = param.String("")
    required = param.Boolean(False)
    longest = param.Integer(5000)
    text = param.String("")

    _esm: ClassVar[str] = _HERE.with_name("text_area.js").read_text("utf-8")
    _stylesheets: ClassVar[list[str]] = [_HERE.with_name("questions.css").read_text("utf-8")]

    def __init__(
        self, typed: Callable[[str], None], title: str, placeholder: str, required: bool, longest: int
    ) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            title=title,
            placeholder=placeholder,
            required=required,
            longest=longest,
            sizing_mode="stretch_width",
            margin=0,
        )
        self._typed = typed

    def present(self, text: str) -> None:
        """Show a text; where the person is typing, the page keeps theirs."""
        self.text = text

    def _handle_msg(self, message: Any) -> None:
        text = message.get("text") if isinstance(message, dict) else None
        if isinstance(text, str):
            self._typed(text)
