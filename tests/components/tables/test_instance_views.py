from __future__ import annotations

from typing import Any

import pytest

from imlkit.components.tables.instance_list import InstanceList
from imlkit.components.tables.instance_table import InstanceTable
from imlkit.errors import DataError
from imlkit.tables import LinkedState, Table

ROWS = {"id": ["a", "b"], "__proto__": [1, 2], "word": ["cat", "dog"]}


def test_views_of_one_state_are_linked_and_can_be_unlinked() -> None:
    state = LinkedState()
    instances, values = InstanceList(Table(ROWS), state), InstanceTable(Table(ROWS), state)
    instances.state.selection.set(["a"])
    assert values.state.selection.value == ("a",)
    values.unlink()
    instances.state.selection.set([])
    assert values.state.selection.value == ("a",)


def test_what_a_list_shows_is_given_and_changed() -> None:
    instances = InstanceList(
        ROWS, column="word", caption="__proto__", layout="list", size="small", page_size=5
    )
    assert instances.config.value == {
        "column": "word",
        "caption": "__proto__",
        "layout": "list",
        "size": "small",
        "page_size": 5,
    }
    instances.configure(column="", layout="grid")
    assert (instances.config.value["column"], instances.config.value["layout"]) == ("", "grid")


@pytest.mark.parametrize(
    "parts",
    [
        {"column": "none"},
        {"caption": 3},
        {"layout": "circle"},
        {"size": None},
        {"page_size": 0},
        {"page_size": 10**6},
        {"page_size": True},
    ],
)
def test_what_a_list_cannot_show_is_refused(parts: dict[str, Any]) -> None:
    instances = InstanceList(ROWS)
    before = instances.config.value
    with pytest.raises(DataError):
        instances.configure(**parts)
    assert instances.config.value == before


def test_the_columns_of_a_table_are_chosen_once_each_and_in_order() -> None:
    values = InstanceTable(ROWS, columns=["word", "id", "word"])
    assert values.config.value == {"columns": ["word", "id"]}
    values.configure(columns=None)
    assert values.config.value == {"columns": None}


@pytest.mark.parametrize("columns", ["word", [], ["none"], [3], {"word"}])
def test_columns_that_are_not_there_are_refused(columns: Any) -> None:
    values = InstanceTable(ROWS)
    with pytest.raises(DataError):
        values.configure(columns=columns)
    with pytest.raises(DataError):
        InstanceTable(ROWS, columns=columns)
