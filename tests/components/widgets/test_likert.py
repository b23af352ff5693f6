"""What a Likert scale promises."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit import Likert
from imlkit.errors import DataError


def test_nothing_is_chosen_at_first() -> None:
    question = Likert("It was easy.")
    view: Any = question.view()
    assert question.value.value is None
    assert question.words == ""
    assert (view.value, view.required, len(view.levels)) == (0, False, 5)


def test_a_choice_is_the_level_counted_from_one_and_shows_in_every_view() -> None:
    question = Likert("It was easy.", required=True)
    one: Any = question.view()
    other: Any = question.view()

    one._handle_msg({"chosen": 4})

    assert question.value.value == 4
    assert question.words == "Agree"
    assert other.value == 4


def test_an_answer_is_taken_back() -> None:
    question = Likert("How often?", ["Never", "Often"], value=2)
    view: Any = question.view()
    view._handle_msg({"chosen": 0})
    assert question.value.value is None
    assert view.value == 0


def test_the_same_choice_again_is_no_news() -> None:
    question = Likert("It was easy.", value=3)
    seen: list[int | None] = []
    question.value.subscribe(seen.append)
    view: Any = question.view()
    view._handle_msg({"chosen": 3})
    assert seen == [3]


@pytest.mark.parametrize("message", [{"chosen": 6}, {"chosen": -1}, {"chosen": "2"}, {}, "2", None])
def test_what_is_no_choice_is_ignored(message: Any) -> None:
    question = Likert("It was easy.")
    view: Any = question.view()
    view._handle_msg(message)
    assert question.value.value is None


@pytest.mark.parametrize("value", [0, 6, True, "2", 2.0])
def test_a_value_that_is_no_level_is_refused(value: Any) -> None:
    question = Likert("It was easy.")
    with pytest.raises(DataError, match="give 1 to 5, or None"):
        question.value.set(value)


def test_scales_that_cannot_be_answered_are_refused() -> None:
    with pytest.raises(DataError, match="write what is to be judged"):
        Likert(" ")
    with pytest.raises(DataError, match="give 2 to 11"):
        Likert("How often?", ["Always"])
    with pytest.raises(DataError, match="cannot be told apart"):
        Likert("How often?", ["Often", "Often"])
    with pytest.raises(DataError, match="give a list of texts"):
        Likert("How often?", "Often")
