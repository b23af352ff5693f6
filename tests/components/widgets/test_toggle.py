"""What a toggle promises."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit import Toggle
from imlkit.errors import DataError


def test_a_switch_in_one_view_reaches_the_stream_and_the_other_view() -> None:
    toggle = Toggle("Mirror the image")
    one: Any = toggle.view()
    other: Any = toggle.view()

    one.value = True

    assert toggle.value.value is True
    assert other.value is True


def test_a_set_from_code_is_delivered_once() -> None:
    toggle = Toggle("Mirror the image", value=True)
    view: Any = toggle.view()
    seen: list[bool] = []
    toggle.value.subscribe(seen.append)

    toggle.value.set(False)

    assert seen == [True, False]
    assert view.value is False


def test_a_toggle_without_text_is_refused() -> None:
    with pytest.raises(DataError, match="what it switches"):
        Toggle("")
