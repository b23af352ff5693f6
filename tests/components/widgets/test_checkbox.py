"""What a checkbox promises."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit import Checkbox, Wizard
from imlkit.errors import DataError


def test_a_tick_in_one_view_reaches_the_stream_and_the_other_view() -> None:
    box = Checkbox("I agree")
    one: Any = box.view()
    other: Any = box.view()

    one.value = True

    assert box.value.value is True
    assert other.value is True


def test_a_set_from_code_is_delivered_once() -> None:
    box = Checkbox("I agree", value=True)
    view: Any = box.view()
    seen: list[bool] = []
    box.value.subscribe(seen.append)

    box.value.set(False)

    assert seen == [True, False]
    assert view.value is False


def test_it_opens_a_step_of_a_wizard() -> None:
    box = Checkbox("I agree")
    guide = Wizard()
    guide.step("Ask").use(box)
    guide.step("Go on").opens_when(box.value, "Tick the box to go on.")
    guide.current.set("ask")
    assert guide.state.value.next_closed == "Tick the box to go on."
    assert not guide.next()
    box.value.set(True)
    assert guide.next()


def test_a_checkbox_without_text_is_refused() -> None:
    with pytest.raises(DataError, match="what holds when it is ticked"):
        Checkbox(" ")
