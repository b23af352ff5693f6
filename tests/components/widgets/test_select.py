"""What a select promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from imlkit import Select
from imlkit.errors import DataError


def test_nothing_is_chosen_at_first() -> None:
    select = Select(["cat", "dog"])
    view: Any = select.view()
    assert select.value.value is None
    assert view.value is None


def test_a_dict_gives_the_value_of_the_chosen_label() -> None:
    select = Select({"small": 16, "large": 256})
    view: Any = select.view()

    view.value = "large"

    assert select.value.value == 256


def test_values_may_be_arrays() -> None:
    arrays = {"zeros": np.zeros(2), "ones": np.ones(2)}
    select = Select(arrays, value=arrays["ones"])
    view: Any = select.view()
    assert view.value == "ones"


def test_a_choice_in_one_view_shows_in_the_other() -> None:
    select = Select(["cat", "dog"])
    one: Any = select.view()
    other: Any = select.view()

    one.value = "dog"

    assert other.value == "dog"


def test_new_options_keep_a_choice_that_is_still_among_them() -> None:
    select = Select(["cat", "dog"], value="dog")
    view: Any = select.view()

    select.options.set(["bird", "dog"])

    assert select.value.value == "dog"
    assert (view.options, view.value) == (["bird", "dog"], "dog")


def test_new_options_undo_a_choice_that_is_gone() -> None:
    select = Select(["cat", "dog"], value="dog")
    view: Any = select.view()

    select.options.set(["cat"])

    assert select.value.value is None
    assert (view.options, view.value) == (["cat"], None)


def test_a_value_that_is_no_option_is_refused_by_name() -> None:
    select = Select(["cat", "dog"], value="cat", title="Class")
    with pytest.raises(DataError, match=r"'bird' is not an option .* 'Class': choose one of 'cat', 'dog'"):
        select.value.set("bird")
    assert select.value.value == "cat"


def test_true_is_not_taken_for_one() -> None:
    select = Select({"one": 1, "yes": True}, value=True)
    view: Any = select.view()
    assert view.value == "yes"


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
    view: Any = select.view()
    assert all(0 < len(text) < 100 for text in view.options)
    assert len(set(view.options)) == 5

    for index, label in enumerate([long, longer, "", ":material/home:", "two\nlines"]):
        view.value = view.options[index]
        assert select.value.value == label


def test_options_may_be_set_while_there_were_none() -> None:
    select = Select()
    view: Any = select.view()
    select.options.set(["cat"])
    select.value.set("cat")
    assert view.value == "cat"
