"""A button that is held: never on without somebody who holds it."""

from __future__ import annotations

from typing import Any

import pytest
from reactivex.testing import TestScheduler

from imlkit.components.inputs.hold_button import PATIENCE, HoldButton
from imlkit.components.inputs.hold_pad import HoldPad
from imlkit.errors import DataError
from imlkit.session import Session


@pytest.fixture
def time() -> TestScheduler:
    return TestScheduler()


def told(button: HoldButton) -> list[bool]:
    """Return a list that fills with what ``held`` tells."""
    seen: list[bool] = []
    button.held.subscribe(seen.append)
    return seen


def opened(button: HoldButton) -> HoldPad:
    view = button.view()
    assert isinstance(view, HoldPad)
    return view


def hear(pad: HoldPad, kind: Any, press: Any = 1) -> None:
    pad._handle_msg({"kind": kind, "press": press})


def test_it_is_held_from_press_to_release(time: TestScheduler) -> None:
    button = HoldButton(scheduler=time)
    seen = told(button)
    pad = opened(button)
    hear(pad, "press")
    assert (button.held.value, pad.held) == (True, True)
    hear(pad, "release")
    assert seen == [False, True, False]
    assert pad.held is False


def test_a_program_holds_it_without_any_view(time: TestScheduler) -> None:
    button = HoldButton(scheduler=time)
    button.press()
    time.advance_by(60.0)
    assert button.held.value is True
    button.release()
    assert button.held.value is False


def test_signs_of_the_browser_keep_it_held_and_silence_ends_it(time: TestScheduler) -> None:
    button = HoldButton(scheduler=time)
    pad = opened(button)
    hear(pad, "press")
    for _ in range(5):
        time.advance_by(0.75 * PATIENCE)
        hear(pad, "still")
    assert button.held.value is True
    time.advance_by(1.01 * PATIENCE)
    assert button.held.value is False


def test_a_hold_goes_on_when_the_connection_was_only_slow(time: TestScheduler) -> None:
    button = HoldButton(scheduler=time)
    seen = told(button)
    pad = opened(button)
    hear(pad, "press")
    time.advance_by(1.5 * PATIENCE)
    hear(pad, "still")
    hear(pad, "release")
    assert seen == [False, True, False, True, False]


def test_a_sign_that_comes_after_the_release_does_not_hold_it_again(time: TestScheduler) -> None:
    button = HoldButton(scheduler=time)
    pad = opened(button)
    hear(pad, "press")
    time.advance_by(1.5 * PATIENCE)
    hear(pad, "release")
    hear(pad, "still")
    assert button.held.value is False


def test_it_is_let_go_of_when_the_view_goes_away(time: TestScheduler) -> None:
    button = HoldButton(scheduler=time)
    first, second = opened(button), opened(button)
    hear(first, "press")
    second._handle_msg({"kind": "left"})
    assert button.held.value is True, "another view is none of its business"
    first._handle_msg({"kind": "left"})
    assert button.held.value is False


def test_two_views_hold_it_until_both_let_go(time: TestScheduler) -> None:
    button = HoldButton(scheduler=time)
    seen = told(button)
    first, second = opened(button), opened(button)
    hear(first, "press")
    hear(second, "press")
    hear(first, "release")
    assert button.held.value is True
    hear(second, "release")
    assert seen == [False, True, False]


@pytest.mark.parametrize("countdown", [0, 2])
def test_disabling_it_lets_go_and_no_sign_or_press_holds_it_again(
    time: TestScheduler, countdown: int
) -> None:
    button = HoldButton(countdown=countdown, seconds=30, scheduler=time)
    pad = opened(button)
    hear(pad, "press")
    for _ in range(3):
        time.advance_by(1.0)
        hear(pad, "still")
    assert button.held.value is True
    button.disabled.set(True)
    assert button.held.value is False
    hear(pad, "still")
    hear(pad, "press", 2)
    assert (button.held.value, button.by_itself.value) == (False, False)
    button.disabled.set(False)
    hear(pad, "still")
    assert button.held.value is False, "a hold from before does not come back"
    hear(pad, "press", 3)
    assert button.held.value or button.by_itself.value


def test_the_end_of_the_session_lets_go_and_tells_so(time: TestScheduler) -> None:
    page = Session()
    with page.entered():
        button = HoldButton(scheduler=time)
        seen = told(button)
    button.press()
    page.dispose()
    assert seen == [False, True, False]


def test_one_press_counts_down_then_holds_by_itself(time: TestScheduler) -> None:
    button = HoldButton(countdown=3, seconds=1.5, scheduler=time)
    seen = told(button)
    counts: list[int] = []
    button.counting.subscribe(counts.append)
    button.press()
    button.release()
    time.advance_by(2.9)
    assert (button.held.value, button.by_itself.value) == (False, True)
    time.advance_by(0.2)
    assert (button.held.value, button.by_itself.value) == (True, True)
    time.advance_by(1.5)
    assert (button.held.value, button.by_itself.value) == (False, False)
    assert counts == [0, 3, 2, 1, 0, 0]
    assert seen == [False, True, False]


@pytest.mark.parametrize("after", [1.5, 3.5])
def test_pressing_again_cancels_the_countdown_or_the_hold(time: TestScheduler, after: float) -> None:
    button = HoldButton(countdown=3, seconds=10, scheduler=time)
    button.press()
    time.advance_by(after)
    button.press()
    assert (button.held.value, button.counting.value, button.by_itself.value) == (False, 0, False)
    time.advance_by(30.0)
    assert button.held.value is False
    button.press()
    assert button.counting.value == 3, "the next press begins anew"


@pytest.mark.parametrize("how", ["left", "silence"])
def test_a_countdown_ends_with_the_view_that_began_it(time: TestScheduler, how: str) -> None:
    button = HoldButton(countdown=5, scheduler=time)
    pad = opened(button)
    hear(pad, "press")
    if how == "left":
        pad._handle_msg({"kind": "left"})
    else:
        time.advance_by(1.01 * PATIENCE)
    assert (button.counting.value, button.by_itself.value) == (0, False)
    time.advance_by(30.0)
    assert button.held.value is False


def test_the_countdown_can_be_changed_and_is_checked(time: TestScheduler) -> None:
    button = HoldButton(scheduler=time)
    button.countdown.set(2)
    button.press()
    assert button.counting.value == 2
    for wrong in (-1, 61, 1.5, True, "3", None):
        with pytest.raises(DataError, match="is no countdown"):
            button.countdown.set(wrong)  # type: ignore[arg-type]
    assert button.countdown.value == 2


def test_arguments_that_make_no_sense_are_refused() -> None:
    with pytest.raises(DataError, match="write on it what it does"):
        HoldButton(" ")
    for wrong in (0, -1, 601, True, "3", float("nan")):
        with pytest.raises(DataError, match="is no time to hold"):
            HoldButton(seconds=wrong)  # type: ignore[arg-type]


def test_a_subscriber_may_press_and_release(time: TestScheduler) -> None:
    button = HoldButton(scheduler=time)
    seen = told(button)
    button.held.subscribe(lambda held: button.release() if held else None)
    button.press()
    assert seen == [False, True, False]


def test_messages_that_no_button_sends_are_passed_over(time: TestScheduler) -> None:
    button = HoldButton(scheduler=time)
    pad = opened(button)
    for message in (None, {}, {"kind": "press"}, {"kind": "press", "press": "1"}, {"kind": "on", "press": 1}):
        pad._handle_msg(message)
    hear(pad, "press", 0)
    assert button.held.value is False
