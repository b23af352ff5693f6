"""What a select promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from imlkit import Select
from imlkit.errors import DataError


class Person:
    """Someone at a view of a select."""

    def __init__(self, select: Select) -> None:
        self.view: Any = select.view()

    @property
    def options(self) -> list[str]:
        return list(self.view.menu["options"])

    @property
    def sees(self) -> str | None:
        chosen = self.view.menu["chosen"]
        return None if chosen < 0 else self.options[chosen]

    def chooses(self, text: str) -> None:
        self.view._handle_msg({"chosen": text})


def test_nothing_is_chosen_at_first() -> None:
    select = Select(["cat", "dog"])
    view = Person(select)
    assert select.value.value is None
    assert view.sees is None


def test_a_dict_gives_the_value_of_the_chosen_label() -> None:
    select = Select({"small": 16, "large": 256})
    view = Person(select)

    view.chooses("large")

    assert select.value.value == 256


def test_values_may_be_arrays() -> None:
    arrays = {"zeros": np.zeros(2), "ones": np.ones(2)}
    select = Select(arrays, value=arrays["ones"])
    view = Person(select)
    assert view.sees == "ones"


def test_a_choice_in_one_view_shows_in_the_other() -> None:
    select = Select(["cat", "dog"])
    one = Person(select)
    other = Person(select)

    one.chooses("dog")

    assert other.sees == "dog"


def test_new_options_keep_a_choice_that_is_still_among_them() -> None:
    select = Select(["cat", "dog"], value="dog")
    view = Person(select)

    select.options.set(["bird", "dog"])

    assert select.value.value == "dog"
    assert (view.options, view.sees) == (["bird", "dog"], "dog")


def test_new_options_undo_a_choice_that_is_gone() -> None:
    select = Select(["cat", "dog"], value="dog")
    view = Person(select)

    select.options.set(["cat"])

    assert select.value.value is None
    assert (view.options, view.sees) == (["cat"], None)


def test_a_value_that_is_no_option_is_refused_by_name() -> None:
    select = Select(["cat", "dog"], value="cat", title="Class")
    with pytest.raises(DataError, match=r"'bird' is not an option .* 'Class': choose one of 'cat', 'dog'"):
        select.value.set("bird")
    assert select.value.value == "cat"


def test_true_is_not_taken_for_one() -> None:
    select = Select({"one": 1, "yes": True}, value=True)
    view = Person(select)
    assert view.sees == "yes"


def test_two_options_of_one_label_are_refused() -> None:
    with pytest.raises(DataError, match="two options are called '1'"):
        Select([1, "1"])


def test_a_label_given_twice_is_one_option() -> None:
    assert list(Select(["cat", "cat"]).options.value) == ["cat"]


def test_one_text_in_place_of_a_list_is_refused() -> None:
    with pytest.raises(DataError, match="give a list of texts"):
        Select("cat")


def test_long_and_strange_labels_are_told_apart() -> None:
    long, longer = "x" * 10_000, "x" * 10_001
    select = Select([long, longer, "", ":material/home:", "two\nlines"])
    view = Person(select)
    assert all(0 < len(text) < 100 for text in view.options)
    assert len(set(view.options)) == 5

    for index, label in enumerate([long, longer, "", ":material/home:", "two\nlines"]):
        view.chooses(view.options[index])
        assert select.value.value == label


def test_options_may_be_set_while_there_were_none() -> None:
    select = Select()
    view = Person(select)
    select.options.set(["cat"])
    select.value.set("cat")
    assert view.sees == "cat"


def test_a_choice_of_an_option_that_has_just_gone_is_ignored() -> None:
    select = Select(["cat", "dog"])
    view = Person(select)
    select.options.set(["cat"])
    view.chooses("dog")
    assert select.value.value is None
