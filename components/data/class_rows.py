"""The browser's part of a list of classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import param
from panel.custom import JSComponent

if TYPE_CHECKING:
    from .class_balance import ClassEntry

__all__ = ["ClassRows"]


class ClassRows(JSComponent):
    """A row for each class.

    Args:
        mode: ``"edit"`` to add, name, colour and remove classes; ``"choose"`` to choose one.
        asked: called with each message of the person's doing, a dictionary with a ``type``.
    """

    mode = param.String(default="edit")
    rows = param.List(default=[])
    most = param.Integer(default=1)
    chosen = param.String(default="")
    balance = param.String(default="")
    notice = param.String(default="")

    _esm: ClassVar[Path] = Path(__file__).with_name("class_rows.js")
    _stylesheets: ClassVar[list[str]] = [
        Path(__file__).with_name("data_views.css").read_text("utf-8"),
        Path(__file__).with_name("class_rows.css").read_text("utf-8"),
    ]

    def __init__(self, mode: str, asked: Callable[[Mapping[str, Any]], Any]) -> None:
        super().__init__(mode=mode, sizing_mode="stretch_width", margin=0)  # type: ignore[no-untyped-call]
        self._asked = asked

    def show_classes(self, classes: Sequence[ClassEntry], minimum: int) -> None:
        """Show these classes; bars are as long as examples are many, beside the largest."""
        self.param.update(
            most=max([minimum, *(entry.examples for entry in classes)]),
            rows=[
                {
                    "id": entry.id,
                    "name": entry.name,
                    "colour": entry.colour,
                    "examples": entry.examples,
                    "enough": entry.examples >= minimum,
                }
                for entry in classes
            ],
        )

    def choose(self, id: str) -> None:
        """Mark the chosen class."""
        self.chosen = id

    def tell_balance(self, words: str) -> None:
        """Say what to do about classes with few examples."""
        self.balance = words

    def tell(self, words: str) -> None:
        """Tell the person why something could not be done."""
        self.notice = words

    def _handle_msg(self, message: Any) -> None:
        if isinstance(message, dict):
            self._asked(message)
