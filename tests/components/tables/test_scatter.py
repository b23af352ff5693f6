"""Points of two columns: what they are given, and what their questions are answered with."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from imlkit.components.tables.scatter import Scatter
from imlkit.errors import DataError
from imlkit.tables import LinkedState, Table
from imlkit.tables.answers.answers import Answers

ROWS = 2_000


@pytest.fixture(scope="module")
def numbers() -> dict[str, npt.NDArray[Any]]:
    random = np.random.default_rng(4)
    x = random.normal(size=ROWS)
    y = 0.5 * x + random.normal(size=ROWS)
    x[:5] = np.nan
    y[5:9] = np.inf
    return {"x": x, "y": y, "age": random.integers(0, 90, ROWS), "kind": random.choice(["cat", "dog"], ROWS)}


@pytest.fixture(scope="module")
def table(numbers: dict[str, Any]) -> Table:
    return Table(pa.table({"id": np.arange(ROWS), **numbers}))


def asked(table: Table, **question: Any) -> dict[str, Any]:
    return Answers.of(table).answer(question)


def test_without_columns_the_first_two_of_numbers_are_drawn(table: Table) -> None:
    assert Scatter(table).config.value == {"x": "x", "y": "y", "color": None}
    assert Scatter(table, x="y").config.value["y"] == "x"


def test_points_show_the_groups_unless_a_column_or_nothing_is_chosen(table: Table) -> None:
    assert Scatter(table, color=False).config.value["color"] is False
    scatter = Scatter(table, color="kind")
    scatter.configure(color=None)
    assert scatter.config.value["color"] is None
    with pytest.raises(DataError, match="coloured by 0"):
        scatter.configure(color=0)
    assert scatter.config.value["color"] is None


def test_a_table_with_fewer_than_two_columns_of_numbers_is_no_error() -> None:
    scatter = Scatter(Table({"name": ["a", "b"]}))
    assert scatter.config.value["y"] is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"x": "kind"}, "placed by 'kind'"),
        ({"x": "gone"}, "placed by 'gone'"),
        ({"x": "x", "y": "x"}, "by itself"),
        ({"color": "gone"}, "coloured by 'gone'"),
        ({"color": ["x"]}, "coloured by"),
    ],
)
def test_columns_that_cannot_be_drawn_are_refused_in_words(table: Table, given: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        Scatter(table, **given)


def test_a_page_cannot_set_a_column_that_is_not_there(table: Table) -> None:
    scatter = Scatter(table)
    with pytest.raises(DataError):
        scatter.configure(x="'; DROP TABLE rows")
    assert scatter.config.value["x"] == "x"


def test_every_row_with_two_numbers_is_a_point_and_the_others_are_counted(
    table: Table, numbers: dict[str, Any]
) -> None:
    found = asked(table, ask="points", x="x", y="y", filters=None, most=ROWS, grid=[10, 10])
    placed = np.isfinite(numbers["x"]) & np.isfinite(numbers["y"])
    assert found["ids"] == np.flatnonzero(placed).tolist()
    assert found["left_out"] == 9
    np.testing.assert_array_equal(found["x"], numbers["x"][placed])
    assert found["box"][0] == numbers["x"][placed].min()


def test_a_density_counts_every_row_of_its_box(table: Table, numbers: dict[str, Any]) -> None:
    box = [-1.0, 1.0, -2.0, 2.0]
    found = asked(table, ask="points", x="x", y="y", filters=None, most=10, grid=[8, 6], box=box)
    counted, _, _ = np.histogram2d(
        numbers["y"][9:], numbers["x"][9:], bins=[np.linspace(-2, 2, 7), np.linspace(-1, 1, 9)]
    )
    np.testing.assert_array_equal(found["density"].reshape(6, 8), counted)
    assert found["total"] == counted.sum()


def test_a_constant_column_has_a_density_too() -> None:
    table = Table({"x": [3.0] * 20, "y": list(range(20))})
    found = asked(table, ask="points", x="x", y="y", filters=None, most=5, grid=[4, 5])
    assert found["density"].sum() == 20


def test_a_column_of_two_neighbouring_numbers_has_fewer_cells() -> None:
    table = Table({"x": [1.0, np.nextafter(1.0, 2)] * 10, "y": list(range(20))})
    found = asked(table, ask="points", x="x", y="y", filters=None, most=5, grid=[400, 5])
    assert found["density"].sum() == 20
    assert len(found["density"]) == np.prod(found["grid"])


def test_no_numbers_at_all_are_no_points() -> None:
    table = Table(pa.table({"x": pa.array([None, None], "float64"), "y": [1.0, 2.0]}))
    found = asked(table, ask="points", x="x", y="y", filters=None, most=5, grid=[4, 5])
    assert (found["total"], found["left_out"], found["ids"]) == (0, 2, [])


def test_a_lasso_holds_exactly_what_lies_in_it(table: Table, numbers: dict[str, Any]) -> None:
    polygon = [[-1.0, -1.0], [1.0, -0.5], [0.2, 0.1], [1.0, 1.0], [-0.8, 0.9]]
    found = asked(table, ask="inside", x="x", y="y", polygon=polygon, filters=None, most=ROWS)
    assert found["ids"] == [n for n in range(ROWS) if _within(polygon, numbers["x"][n], numbers["y"][n])]
    assert found["total"] == len(found["ids"]) > 100


def test_a_lasso_follows_the_filters(table: Table, numbers: dict[str, Any]) -> None:
    polygon = [[-9, -9], [9, -9], [9, 9], [-9, 9]]
    filters = {"all": [{"column": "kind", "equals": "cat"}]}
    found = asked(table, ask="inside", x="x", y="y", polygon=polygon, filters=filters, most=3)
    placed = np.isfinite(numbers["x"]) & np.isfinite(numbers["y"]) & (numbers["kind"] == "cat")
    assert found == {"ids": np.flatnonzero(placed)[:3].tolist(), "total": int(placed.sum())}


def test_a_very_long_list_of_ids_is_a_condition_like_any_other() -> None:
    rows = 150_000
    table = Table(
        pa.table({"id": np.arange(rows), "x": np.arange(rows) % 7 * 1.0, "y": np.arange(rows) * 1.0})
    )
    some = list(range(0, rows, 2))
    filters = {"all": [{"column": "id", "in": some}]}
    found = asked(table, ask="points", x="x", y="y", filters=filters, most=100_000, grid=[9, 9])
    assert sorted(found["ids"]) == some
    (counts,) = asked(table, ask="counts", charts=[["x", 7]], filters=filters, mean=None)["counts"]
    assert counts == np.bincount(np.arange(0, rows, 2) % 7).tolist()
    other = asked(table, ask="count", filters={"all": [{"not": filters["all"][0]}]})
    assert other["count"] == rows - len(some)


def test_long_lists_of_texts_with_null_bytes_and_missing_values_are_met_as_short_ones_are() -> None:
    names = ["a\0b", None, *(f"n{n}" for n in range(2_000))]
    table = Table({"name": names, "x": list(range(len(names)))})
    wanted = ["a\0b", *(f"n{n}" for n in range(0, 2_000, 2))]
    found = asked(table, ask="ids", filters={"column": "name", "in": wanted}, most=5_000)
    assert found["ids"] == [n for n, name in enumerate(names) if name in wanted]


def test_two_points_of_one_state_show_the_same(table: Table) -> None:
    state = LinkedState()
    one, other = Scatter(table, state), Scatter(table, state, "age", "x")
    one.state.selection.set([1, 2])
    assert other.state.selection.value == (1, 2)
    assert other.unlink() is not state
    assert json.loads(other.state.to_json()) == {"selection": [1, 2]}


def _within(polygon: list[list[float]], x: float, y: float) -> bool:
    inside = False
    for (ax, ay), (bx, by) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside
