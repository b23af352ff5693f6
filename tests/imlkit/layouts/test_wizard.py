from __future__ import annotations

import threading
from typing import Any

import pytest

from imlkit.layouts.dashboard import Dashboard
from imlkit.layouts.wizard import Wizard
from imlkit.plain_text import PlainAlert
from imlkit.session import Session
from imlkit.stores.memory import MemoryStore
from imlkit.streams import Stream


def three_steps() -> Wizard:
    wizard = Wizard("A guide")
    for name in ("One", "Two", "Three"):
        wizard.step(name).use(f"Heading of {name}")
    wizard.current.set("one")
    return wizard


def test_it_goes_on_and_back_and_ends_in_a_summary() -> None:
    wizard = three_steps()
    assert (wizard.state.value.name, wizard.state.value.number) == ("One", 1)
    assert not wizard.back()
    assert wizard.next()
    assert wizard.next()
    assert wizard.state.value.last
    assert wizard.next()
    assert wizard.state.value.finished
    assert wizard.finished.value == 1
    assert not wizard.next()
    assert wizard.back()
    assert wizard.current.value == "three"


def test_a_step_opens_when_a_stream_says_so_and_says_why_it_is_closed() -> None:
    ready: Stream[Any] = Stream()
    wizard = three_steps()
    wizard.step("Two").opens_when(ready, "Draw three cats first.")
    assert wizard.state.value.next_closed == "Draw three cats first."
    assert not wizard.next()
    assert wizard.current.value == "one"
    ready.set("Two more.")
    assert wizard.state.value.next_closed == "Two more."
    ready.set(True)
    assert wizard.state.value.next_closed == ""
    assert wizard.next()
    ready.set(False)
    assert wizard.state.value.closed == "Draw three cats first."
    assert not wizard.next()
    assert wizard.back()


def test_the_last_step_cannot_be_finished_while_the_summary_is_closed() -> None:
    answered: Stream[Any] = Stream(False)
    wizard = three_steps()
    wizard.summary("Thanks.").opens_when(answered, "Answer the questions first.")
    wizard.current.set("three")
    assert wizard.state.value.next_closed == "Answer the questions first."
    assert not wizard.next()
    wizard.current.set("summary")
    assert wizard.state.value.closed == "Answer the questions first."
    assert not wizard.finished.has_value
    assert wizard.back()
    answered.set(True)
    assert wizard.state.value.next_closed == ""
    assert wizard.next()
    assert wizard.finished.value == 1


def test_setting_current_to_a_closed_step_shows_it_closed() -> None:
    wizard = three_steps()
    wizard.step("Three").opens_when(Stream(False), "Train first.")
    wizard.current.set("three")
    assert wizard.state.value.closed == "Train first."
    assert [step.name for step in wizard.way] == ["One", "Two", "Three"]


def test_what_a_step_tells_may_change_where_a_branch_leads() -> None:
    kind: Stream[str] = Stream("")
    wizard = three_steps()
    wizard.step("One").tells(kind).leads_to(lambda: "Three" if kind.value == "quick" else None)
    assert wizard.state.value.names == ("One", "Two", "Three")
    kind.set("quick")
    assert wizard.state.value.names == ("One", "Three")
    wizard.next()
    assert wizard.current.value == "three"


def test_an_unknown_step_shows_the_first() -> None:
    wizard = three_steps()
    wizard.current.set("nowhere")
    assert wizard.state.value.name == "One"


def test_names_of_one_address_and_the_summarys_are_refused() -> None:
    wizard = three_steps()
    with pytest.raises(ValueError, match="'One' and 'one!' would have the same address"):
        wizard.step("one!")
    with pytest.raises(ValueError, match="summary's address"):
        wizard.step("Summary")


def test_it_is_resumed_where_a_store_says_one_was() -> None:
    store = MemoryStore()
    kept = Wizard("A guide")
    for name in ("One", "Two"):
        kept.step(name)
    written = threading.Event()
    store.collection("wizards").changes.subscribe(lambda _: written.set())
    kept.sync(store, "mine").current.set("two")
    assert written.wait(5)
    with Session().entered():
        again = Wizard("A guide")
        for name in ("One", "Two"):
            again.step(name)
        again.sync(store, "mine")
        assert again.current.value == "two"


def test_the_view_hides_what_is_closed_and_shows_it_when_it_opens() -> None:
    ready: Stream[bool] = Stream(False)
    wizard = three_steps()
    wizard.step("Two").opens_when(ready, "Not <yet>.")
    view: Any = wizard.content()
    assert view.next.disabled
    assert view.reason.object == "Not <yet>."
    wizard.current.set("two")
    assert view.closed.visible
    assert isinstance(view.closed, PlainAlert)
    assert view.closed.object.endswith("Not <yet>.")
    assert [step.visible for step in view.body] == [False]
    ready.set(True)
    assert not view.closed.visible
    assert [step.visible for step in view.body] == [False, True]
    assert not view.next.disabled


def test_choosing_a_step_in_the_stepper_goes_there() -> None:
    wizard = three_steps()
    view: Any = wizard.content()
    view.stepper.active = 2
    assert wizard.current.value == "three"
    assert view.heading.words == "Three"
    assert view.heading.place == "Step 3 of 3"
    wizard.next()
    assert view.heading.place == "All 3 steps done"
    view.stepper.active = 0
    assert wizard.current.value == "one"


def test_the_summary_says_what_each_step_told() -> None:
    wizard = three_steps()
    told: Stream[str] = Stream("Three <b>cats</b>.")
    wizard.step("Two").tells(told)
    view: Any = wizard.content()
    wizard.current.set("summary")
    summary = next(part for part in view.body if part.visible)
    texts = [row[1].object for row in summary[1:]]
    assert texts == ["Done", "Three <b>cats</b>.", "Done"]
    assert not view.next.visible


def test_a_dashboard_and_a_wizard_open_one_another() -> None:
    app, wizard = Dashboard("App"), three_steps()
    app.page("Guide").use(wizard)
    assert app.view() is not None
    wizard.step("Look").use(app)
    app.open(wizard)
    assert app.opened.value is wizard
    app.close()
    assert app.opened.value is None
