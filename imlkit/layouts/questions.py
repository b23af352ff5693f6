"""The dialog in which a page asks its person."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from ..plain_text import PlainText
from ..question import Question
from ..session import Session

__all__ = ["question_dialog"]


def question_dialog(session: Session) -> Viewable:
    """Return a dialog that opens at each question of the session and acts on the answer."""
    dialog = pmui.Dialog(
        title_variant="h6", show_close_button=True, close_on_click=True, width_option="xs", margin=0
    )
    held = weakref.ref(dialog)

    def answer(action: Callable[[], Any]) -> None:
        open_dialog = held()
        if open_dialog is not None:
            open_dialog.open = False
        action()

    def ask(question: Question) -> None:
        alive = held()
        if alive is None:
            return
        buttons = [
            _button(words, action, answer, n) for n, (words, action) in enumerate(question.answers.items())
        ]
        alive.title = question.title
        alive[:] = [
            PlainText(question.text, margin=(0, 0, 8, 0)),
            pmui.FlexBox(*buttons, gap="8px", margin=(8, 0), justify_content="flex-end"),
        ]
        alive.open = True

    session.questions.subscribe(lambda question: session.on_page(lambda: ask(question)))
    return dialog


def _button(
    words: str, action: Callable[[], Any], answer: Callable[[Callable[[], Any]], None], position: int
) -> Viewable:
    return pmui.Button(
        label=words,
        variant="outlined" if position == 0 else "contained",
        on_click=lambda _: answer(action),
        margin=0,
        sx={"textTransform": "none"},
    )
