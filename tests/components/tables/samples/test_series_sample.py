from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from imlkit.components.tables.samples.series_sample import SeriesSample
from tests.contracts.sample_type_contract import SampleTypeContract


class TestSeriesSample(SampleTypeContract):
    @pytest.fixture
    def sample_type(self) -> SeriesSample:
        return SeriesSample()

    @pytest.fixture
    def values(self) -> list[Any]:
        many = np.sin(np.arange(50_000) / 100)
        many[17] = math.nan
        return [
            [1, 2, 3], [5], [2.0, 2.0], [None, 1.0], [math.nan, math.inf], [-1e308, 1e308], many.tolist(),
            [[1, 2], [3, 4]], np.zeros((30, 9)), np.arange(6, dtype=np.float32),
        ]  # fmt: skip

    @pytest.fixture
    def impossible(self) -> list[Any]:
        return [[], [[]], "text", ["a"], [[1], [2, 3]], [[[1.0]]], {"a": 1}, 3]


def test_what_is_said_is_length_and_extent() -> None:
    assert SeriesSample().preview([0, 16, 3], 64).text == "3 values, min 0, max 16"
    assert SeriesSample().preview([[0, 1], [math.nan, 2]], 64).text == (
        "2 values, 2 channels, min 0, max 2, 1 not finite"
    )
    assert "9 channels, 6 of them shown" in SeriesSample().preview(np.zeros((3, 9)), 64).text


def test_a_line_rises_where_the_values_do() -> None:
    data = SeriesSample().preview([0, 1, 2, 3], 64).data
    assert data is not None
    down = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", data.decode())]
    assert down == sorted(down, reverse=True)
    assert (down[0], down[-1]) == (30, 2)


def test_values_that_are_missing_are_gaps() -> None:
    data = SeriesSample().preview([0, 1, math.nan, 1, 0], 64).data
    assert data is not None
    assert data.count(b"M") == 2


def test_of_many_values_the_peak_is_seen() -> None:
    values = np.zeros(100_000)
    values[54_321] = 1.0
    data = SeriesSample().preview(values, 100).data
    assert data is not None
    down = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", data.decode())]
    assert min(down) == 2
    assert len(down) <= 300
