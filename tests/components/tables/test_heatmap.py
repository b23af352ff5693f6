"""Cells of two charts: what they are given, and what they count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from imlkit.components.tables.heatmap import Heatmap
from imlkit.errors import DataError
from imlkit.tables import Table
from imlkit.tables.answers.answers import Answers


@pytest.fixture
def table() -> Table:
    return Table(
        {
            "kind": ["cat", "cat", "dog", None, "dog", "cat"],
            "age": [1.0, 2.0, float("nan"), 9.0, 9.5, None],
            "vector": [[1.0, 2.0]] * 6,
        }
    )


def test_without_columns_the_first_two_that_can_be_charted_are_counted(table: Table) -> None:
    assert Heatmap(table).config.value == {"x": "kind", "y": "age", "bins": 12, "share": "none"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"x": "vector"}, "placed by 'vector'"),
        ({"y": "gone"}, "placed by 'gone'"),
        ({"x": "kind", "y": "kind"}, "by itself"),
        ({"bins": 1}, "1 bins"),
        ({"bins": True}, "True bins"),
        ({"bins": 10_000}, "10000 bins"),
        ({"share": "half"}, "of 'half'"),
    ],
)
def test_what_cannot_be_counted_is_refused_in_words(table: Table, given: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        Heatmap(table, **given)


def test_a_table_with_one_column_is_no_error() -> None:
    assert Heatmap(Table({"kind": ["a", "b"]})).config.value["y"] is None


def test_missing_values_have_cells_of_their_own(table: Table) -> None:
    answers = Answers.of(table)
    x = answers.answer({"ask": "bars", "column": "kind", "most": 12})
    y = answers.answer({"ask": "bars", "column": "age", "most": 2})
    found = answers.answer({"ask": "pairs", "x": ["kind", 12], "y": ["age", 2], "filters": None})
    counts = found["counts"].reshape(len(x["totals"]), len(y["totals"]))
    assert (x["values"], x["specials"]) == (["cat", "dog"], ["null"])
    assert y["specials"] == ["null", "nan"]
    np.testing.assert_array_equal(counts, [[2, 0, 1, 0], [0, 1, 0, 1], [0, 1, 0, 0]])
