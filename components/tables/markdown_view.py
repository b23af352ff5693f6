"""A text in Markdown on a page of Panel's: a served app or a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import param
from panel.custom import JSComponent

from imlkit.errors import ImlkitError
from imlkit.tables.linked.linked_view import modules_of, style_of
from imlkit.web import inlined

if TYPE_CHECKING:
    from .markdown import Markdown

__all__ = ["MarkdownView"]


class MarkdownView(JSComponent):
    """One view of a text.

    Args:
        component: the component that is shown.
    """

    modules = param.List([], doc="The view's ES module, after those that it imports: names and texts.")
    style = param.String("", doc="The view's style sheet.")
    config = param.Dict({}, doc="The text, its HTML and whether it can be changed.")

    _esm: ClassVar[str] = inlined(Path(__file__).with_suffix(".js"))

    def __init__(self, component: Markdown) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            sizing_mode="stretch_width",
            margin=0,
            modules=modules_of(component),
            style=style_of(component),
            config=component.config.value,
        )
        self._component = component

    def show_config(self, config: dict[str, Any]) -> None:
        """Show this text."""
        self.config = config

    def _handle_msg(self, message: Any) -> None:
        match message:
            case {"type": "preview", "turn": int(turn), "text": str(text)}:
                self._answer(turn, lambda: self._component.preview(text))
            case {"type": "save", "turn": int(turn), "text": str(text), "was": str(was)}:
                self._answer(turn, lambda: self._save(text, was))

    def _save(self, text: str, was: str) -> None:
        # Whether a text may be changed is not the browser's to say.
        if self._component.editable:
            self._component.replace(text, was)
            self.config = self._component.config.value

    def _answer(self, turn: int, act: Any) -> None:
        try:
            said = {"turn": turn, "answer": act()}
        except ImlkitError as error:
            said = {"turn": turn, "error": str(error)}
        self._send_msg(said)
