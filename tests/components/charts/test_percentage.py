"""Shares never say more than is so."""

from __future__ import annotations

import pytest

from imlkit.components.charts.percentage import percentage


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0 %"),
        (0.0004, "<0.1 %"),
        (0.0012, "0.1 %"),
        (0.034, "3 %"),
        (0.5, "50 %"),
        (0.934, "93 %"),
        (0.996, "99.6 %"),
        (0.9994, "99.9 %"),
        (0.99996, ">99.9 %"),
        (1.0, "100 %"),
        (float("nan"), "not a number"),
    ],
)
def test_a_share_in_words(share: float, words: str) -> None:
    assert percentage(share) == words
