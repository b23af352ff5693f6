"""The confusion matrix of two columns, without a page."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit.components.tables.table_confusion import LinkedConfusionMatrix
from imlkit.errors import DataError
from imlkit.tables import Table


@pytest.fixture
def table() -> Table:
    return Table(
        {
            "id": [1, 2, 3],
            "label": ["cat", "dog", None],
            "prediction": ["cat", "cat", "dog"],
            "vector": [[1.0, 2.0]] * 3,
        }
    )


def test_the_matrix_is_given_its_columns(table: Table) -> None:
    matrix = LinkedConfusionMatrix(table, "label", "prediction", shares="label", classes=["dog"])
    assert matrix.config.value == {
        "label": "label",
        "prediction": "prediction",
        "shares": "label",
        "classes": ["dog"],
    }


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"label": "nothing"}, "There is no column 'nothing'"),
        ({"label": None}, "There is no column None"),
        ({"label": "vector"}, "a label is a class"),
        ({"prediction": "label"}, "both label and prediction"),
        ({"shares": "half"}, "'half' is nothing"),
        ({"classes": "cat"}, "give a list"),
        ({"classes": [{"time": "never"}]}, "no value"),
    ],
)
def test_what_no_matrix_can_show_is_refused_in_words(table: Table, parts: dict[str, Any], words: str) -> None:
    matrix = LinkedConfusionMatrix(table, "label", "prediction")
    with pytest.raises(DataError, match=words):
        matrix.configure(**parts)
    assert matrix.config.value["label"] == "label"
