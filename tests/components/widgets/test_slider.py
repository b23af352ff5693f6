"""What a slider promises."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit import Slider
from imlkit.errors import DataError


def test_integers_stay_integers() -> None:
    slider = Slider(0, 10, 3)
    view: Any = slider.view()

    view.value = 4

    assert slider.value.value == 4
    assert type(slider.value.value) is int


def test_numbers_with_a_fraction_stay_such() -> None:
    slider = Slider(0, 1, 0, step=0.1)
    assert type(slider.value.value) is float


def test_the_minimum_is_the_first_value() -> None:
    assert Slider(2, 5).value.value == 2


def test_a_tuple_makes_a_range() -> None:
    slider = Slider(0.0, 1.0, (0.2, 0.5))
    one: Any = slider.view()
    other: Any = slider.view()

    one.value = (0.3, 0.5)

    assert slider.value.value == (0.3, 0.5)
    assert other.value == (0.3, 0.5)


def test_the_dust_of_adding_steps_is_wiped_off() -> None:
    slider = Slider(0.0, 0.3, step=0.1)
    view: Any = slider.view()
    view.value = 0.1 + 0.2
    assert slider.value.value == 0.3


def test_a_line_without_length_is_shown_and_cannot_be_moved() -> None:
    view: Any = Slider(3, 3).view()
    assert view.disabled
    assert view.value == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((5, 1), "minimum 5 is above its maximum 1: swap them"),
        ((0, 10, 11), "cannot take 11: give numbers from 0 to 10"),
        ((0, 10, 3, 0), "step is 0: give one above zero"),
        ((0, float("nan")), "finite numbers"),
        ((0, 10, "3"), "finite numbers"),
        ((0, 10, (7, 3)), r"wrong way round: give \(3, 7\)"),
    ],
)
def test_what_makes_no_slider_is_refused(arguments: tuple[Any, ...], said: str) -> None:
    with pytest.raises(DataError, match=said):
        Slider(*arguments)


def test_a_set_outside_the_line_leaves_the_value() -> None:
    slider = Slider(0, 10, 3, title="Neighbours")
    with pytest.raises(DataError, match="the slider 'Neighbours' cannot take 12"):
        slider.value.set(12)
    assert slider.value.value == 3


def test_a_whole_slider_refuses_a_fraction() -> None:
    with pytest.raises(DataError, match=r"whole numbers, not 2\.5"):
        Slider(0, 10).value.set(2.5)


def test_a_range_refuses_a_single_number() -> None:
    with pytest.raises(DataError, match="chooses a range, not 3"):
        Slider(0, 10, (1, 2)).value.set(3)
