"""What a text area promises."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit import TextArea
from imlkit.errors import DataError


def test_what_is_typed_in_one_view_reaches_the_stream_and_the_other_view() -> None:
    area = TextArea("What surprised you?")
    one: Any = area.view()
    other: Any = area.view()

    one._handle_msg({"text": "That it\nlearned <b>so</b> fast"})

    assert area.value.value == "That it\nlearned <b>so</b> fast"
    assert other.text == area.value.value


def test_what_is_too_long_is_cut_whatever_the_browser_sends() -> None:
    area = TextArea("What surprised you?", longest=10)
    view: Any = area.view()
    view._handle_msg({"text": "x" * 1000})
    assert area.value.value == "x" * 10
    area.value.set("y" * 1000)
    assert area.value.value == "y" * 10


@pytest.mark.parametrize("message", [{"text": 3}, {}, "text", None])
def test_what_is_no_text_is_ignored(message: Any) -> None:
    area = TextArea("What surprised you?", value="before")
    view: Any = area.view()
    view._handle_msg(message)
    assert area.value.value == "before"


def test_the_same_text_again_is_no_news() -> None:
    area = TextArea("What surprised you?", value="same")
    seen: list[str] = []
    area.value.subscribe(seen.append)
    view: Any = area.view()
    view._handle_msg({"text": "same"})
    assert seen == ["same"]


def test_a_text_area_without_words_or_room_is_refused() -> None:
    with pytest.raises(DataError, match="write what is asked"):
        TextArea("")
    with pytest.raises(DataError, match="give 1 or more"):
        TextArea("What surprised you?", longest=0)
