from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import pytest

from imlkit.components.tables.samples.row_sample import RowSample
from imlkit.components.tables.samples.text_sample import TextSample
from tests.contracts.sample_type_contract import SampleTypeContract


class TestTextSample(SampleTypeContract):
    @pytest.fixture
    def sample_type(self) -> TextSample:
        return TextSample()

    @pytest.fixture
    def values(self) -> list[Any]:
        texts = ["words", "<script>alert(1)</script>", "x" * 2_000_000, "日本語\n🙂"]
        others = [3, math.nan, True, datetime(2026, 1, 2), date(2026, 1, 2), b"abc", [1, 2, 3], {"a": 1}]
        return texts + others

    @pytest.fixture
    def impossible(self) -> list[Any]:
        return []


class TestRowSample(SampleTypeContract):
    @pytest.fixture
    def sample_type(self) -> RowSample:
        return RowSample()

    @pytest.fixture
    def values(self) -> list[Any]:
        return [{"id": 1, "a": None, "b": "<b>", "c": math.inf, "d": list(range(1_000))}]

    @pytest.fixture
    def impossible(self) -> list[Any]:
        return ["text and no row", 3]


def test_a_text_is_shortened_in_small_only() -> None:
    text = "word " * 1_000
    assert TextSample().detail(text).text == text
    assert TextSample().preview(text, 96).text == text[:399] + "…"


def test_a_row_is_its_names_and_values() -> None:
    row = {"id": 7, "truth": True, "none": None, "number": 0.123456789, "list": list(range(9))}
    assert RowSample().preview(row, 96).text.splitlines() == [
        "id: 7",
        "truth: yes",
        "none: no value",
        "number: 0.1235",
        "list: [0, 1, 2, 3, 4, 5, …]",
    ]
    assert "number: 0.123456789\nlist: [0, 1, 2, 3, 4, 5, 6, 7, 8]" in RowSample().detail(row).text
