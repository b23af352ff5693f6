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


def test_clearing_a_model_that_others_use_says_so_and_what_is_left_out_is_not_shown() -> None:
    session, store = Session(), MemoryStore()
    with session.entered():
        asked: list[Question] = []
        session.questions.subscribe(asked.append)
        alone, shared = KNNClassifier(title="Alone"), KNNClassifier(title="Shared").sync(store, "mine")
        dataset, others = Dataset("points", store), Dataset("others", store)
        settings = Settings(session)
        for model in (alone, shared):
            entry: Any = settings._model(model)
            entry[-1][-1].clicks += 1
        assert "for everyone who uses it" not in asked[0].text
        assert "for everyone who uses it. Versions with a note stay" in asked[1].text
        settings.leave_out(shared, others)
        assert settings.models == [alone]
        assert settings.datasets == [dataset]
    session.dispose()
    store.close()


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
        assert len(place) == 0
        session.ask(second)
        session.withdraw(first)
        (dialog,) = place
        assert dialog.open
    session.dispose()
