"""The field on the page of a select."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

__all__ = ["SelectField"]

HERE = Path(__file__)


class SelectField(JSComponent):
    """A field with the browser's own menu.

    ``menu`` is the options, texts that differ from one another, and the index of the chosen
    one, -1 for none: both in one, so that the page never shows one with the other's past.

    Args:
        chosen: called with the text that the person chose.
    """

    label = param.String("")
    menu = param.Dict({"options": [], "chosen": -1})

    _esm = HERE.with_suffix(".js").read_text("utf-8")
    _stylesheets = [HERE.with_name("field.css").read_text("utf-8")]  # noqa: RUF012

    def __init__(self, chosen: Callable[[str], None], **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]
        self._chosen = chosen

    def present(self, menu: tuple[list[str], int]) -> None:
        """Show options and which of them is chosen."""
        self.menu = {"options": menu[0], "chosen": menu[1]}

    def _handle_msg(self, data: Any) -> None:
        self._chosen(data["chosen"])
