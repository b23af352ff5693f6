"""The scale on the page of a Likert question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

__all__ = ["LikertScale"]

_HERE = Path(__file__)


class LikertScale(JSComponent):
    """A group of the browser's own radio buttons, side by side where there is room.

    Args:
        chosen: called with the level that the person chose, counted from 1; None when they took
            their answer back.
        statement: what is judged.
        levels: the words of the scale.
        required: whether it has to be answered.
    """

    statement = param.String("")
    levels = param.List([])
    required = param.Boolean(False)
    value = param.Integer(0, doc="Which level is chosen, counted from 1; 0 for none.")

    _esm: ClassVar[str] = _HERE.with_name("likert.js").read_text("utf-8")
    _stylesheets: ClassVar[list[str]] = [_HERE.with_name("questions.css").read_text("utf-8")]

    def __init__(
        self, chosen: Callable[[int | None], None], statement: str, levels: Sequence[str], required: bool
    ) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            statement=statement,
            levels=list(levels),
            required=required,
            sizing_mode="stretch_width",
            margin=0,
        )
        self._chosen = chosen

    def present(self, value: int | None) -> None:
        """Show which level is chosen."""
        self.value = value or 0

    def _handle_msg(self, message: Any) -> None:
        chosen = message.get("chosen") if isinstance(message, dict) else None
        if isinstance(chosen, int) and 0 <= chosen <= len(self.levels):
            # The page shows it already: what Python then sends is no news there.
            self._chosen(chosen or None)
