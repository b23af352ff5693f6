"""What a button promises."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit import Button
from imlkit.errors import DataError


def test_clicks_are_counted_from_one() -> None:
    button = Button("Train")
    seen: list[int] = []
    button.clicks.subscribe(seen.append)

    button.click()
    button.click()

    assert seen == [1, 2]


def test_no_click_has_happened_at_first() -> None:
    assert not Button("Train").clicks.has_value


def test_a_disabled_or_busy_button_takes_no_click() -> None:
    button = Button("Train")
    button.disabled.set(True)
    button.click()
    button.disabled.set(False)
    button.loading.set(True)
    button.click()
    assert not button.clicks.has_value

    button.loading.set(False)
    button.click()
    assert button.clicks.value == 1


def test_two_views_of_a_button_count_together() -> None:
    button = Button("Train")
    one: Any = button.view()
    other: Any = button.view()

    one.clicks += 1
    other.clicks += 1

    assert button.clicks.value == 2


def test_every_view_follows_text_disabled_and_loading() -> None:
    button = Button("Train")
    views: list[Any] = [button.view(), button.view()]

    button.text.set("Train again")
    button.disabled.set(True)
    button.loading.set(True)

    assert [(view.label, view.disabled, view.loading) for view in views] == [("Train again", True, True)] * 2


def test_a_button_without_text_says_what_to_do() -> None:
    with pytest.raises(DataError, match="write on it what it does"):
        Button(" ")


def test_an_unknown_kind_names_the_kinds() -> None:
    with pytest.raises(DataError, match="'primary', 'secondary' or 'danger'"):
        Button("Train", kind="big")  # type: ignore[arg-type]
