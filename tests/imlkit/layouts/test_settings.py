from __future__ import annotations

from typing import Any

import numpy as np
import panel_material_ui as pmui

from imlkit import Dataset, KNNClassifier
from imlkit.layouts.questions import ask_in_dialog
from imlkit.layouts.settings import Settings
from imlkit.question import Question
from imlkit.session import Session
from imlkit.stores.memory import MemoryStore


def test_a_model_that_knows_nothing_has_nothing_to_download_or_clear() -> None:
    dataset = Dataset("points", MemoryStore())
    dataset.create([{"x": np.full(2, n, np.float32), "y": "ab"[n % 2]} for n in range(4)])
    model = KNNClassifier(k=1)
    entry: Any = Settings(Session.current())._model(model)
    _, text, buttons = entry
    assert text.object == "Not trained yet: there is nothing to download or clear."
    assert not buttons.visible
    model.train(dataset)
    model.wait(20)
    assert text.object.startswith("Trained on")
    assert buttons.visible
    model.clear()
    assert not buttons.visible


def test_the_answer_that_loses_something_is_red() -> None:
    session = Session()
    place = pmui.Column()
    with session.entered():
        ask_in_dialog(session, place)
        for destructive in (True, False):
            session.ask(Question("Clear?", "All of it", {"Keep": print, "Clear": print}, destructive))
            dialog: Any = place[0]
            colours = [button.color for button in dialog[1]]
            assert colours == ["primary", "error" if destructive else "primary"]
    session.dispose()


def test_a_question_that_has_become_pointless_is_taken_back_and_no_other() -> None:
    session = Session()
    place = pmui.Column()
    with session.entered():
        ask_in_dialog(session, place)
        first, second = (Question(title, "?", {"Keep": print, "Stop": print}) for title in ("One", "Two"))
        session.ask(first)
        dialog: Any = place[0]
        assert dialog.open
        session.withdraw(first)
        assert not dialog.open
        session.ask(second)
        session.withdraw(first)
        assert dialog.open
    session.dispose()
