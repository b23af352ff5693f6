"""The dialog in which a page asks its person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from ..plain_text import PlainText
from ..question import Question
from ..session import Session
from .late_dialog import LateDialog

__all__ = ["ask_in_dialog"]


def ask_in_dialog(session: Session, place: Any) -> None:
    """Open a dialog at each question of the session and act on the answer.

    Args:
        session: the page's session.
        place: the list-like layout that the dialog is put into.
    """
    dialog = LateDialog(place, width="xs")
    shown: list[Question] = []

    def answer(action: Callable[[], Any]) -> None:
        dialog.close()
        action()

    def withdraw(question: Question) -> None:
        if shown == [question]:
            dialog.take_away()

    def ask(question: Question) -> None:
        shown[:] = [question]
        last = len(question.answers) - 1
        buttons = [
            _button(words, action, answer, n, "error" if question.destructive and n == last else "primary")
            for n, (words, action) in enumerate(question.answers.items())
        ]
        dialog.open(
            question.title,
            [
                PlainText(question.text, margin=(0, 0, 8, 0)),
                pmui.FlexBox(*buttons, gap="8px", margin=(8, 0), justify_content="flex-end"),
            ],
        )

    session.questions.subscribe(lambda question: session.on_page(lambda: ask(question)))
    session.withdrawn.subscribe(withdraw)


def _button(
    words: str,
    action: Callable[[], Any],
    answer: Callable[[Callable[[], Any]], None],
    position: int,
    color: str,
) -> Viewable:
    return pmui.Button(
        label=words,
        variant="outlined" if position == 0 else "contained",
        color=color,
        on_click=lambda _: answer(action),
        margin=0,
        sx={"textTransform": "none"},
    )
