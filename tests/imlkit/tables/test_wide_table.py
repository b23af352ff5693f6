"""Tables of very many columns, of which a question is about a few."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imlkit.components.tables.projected_table import ProjectedTable
from imlkit.errors import DataError
from imlkit.tables import InRange, Table
from imlkit.tables.answers.answers import Answers
from imlkit.tables.sources.embedded_rows import KEPT

COLUMNS = 1_000
ROWS = 50

RANGE = {"all": [{"column": "c999", "range": [0, None], "closed": True}]}
ASKED = [f"c{n}" for n in (*range(5, 16), 998, 999)]
QUESTIONS: list[dict[str, Any]] = [
    {"ask": "count", "filters": RANGE},
    {"ask": "bars", "column": "c998", "most": 10},
    {"ask": "bars", "column": "kind", "most": 10},
    {"ask": "counts", "charts": [["c998", 10], ["c5", 10], ["kind", 5]], "filters": RANGE, "mean": "c7"},
    {"ask": "cube", "active": ["c8", 10], "positions": 20, "charts": [["c9", 10]], "filters": RANGE},
    {"ask": "pairs", "x": ["c10", 4], "y": ["kind", 4], "filters": RANGE},
    {"ask": "rows", "filters": RANGE, "sort": [{"column": "c11"}], "start": 0, "stop": 9, "columns": ["c12"]},
    {"ask": "ids", "filters": RANGE, "sort": [{"column": "c11"}], "most": 9},
    {"ask": "by_id", "ids": [3, 1, 700], "columns": ["c13"]},
    {"ask": "groups", "groups": [{"column": "kind"}], "filters": RANGE, "most": 9},
    {"ask": "points", "x": "c14", "y": "c15", "filters": RANGE, "most": 90, "grid": [9, 9]},
    {
        "ask": "inside",
        "x": "c14",
        "y": "c15",
        "polygon": [[-9, -9], [9, -9], [0, 9]],
        "most": 9,
        "filters": RANGE,
    },
    {"ask": "samples", "column": "kind", "ids": [1, 2], "size": 64},
]


def columns() -> pa.Table:
    numbers = np.random.default_rng(1).normal(size=(COLUMNS, ROWS))
    named = {f"c{n}": column for n, column in enumerate(numbers)}
    return pa.table({**named, "kind": [f"kind {n % 3}" for n in range(ROWS)]})


def source(kind: str, folder: Path, table: pa.Table) -> Any:
    if kind == "arrow":
        return table
    if kind == "frame":
        return table.to_pandas()
    path = folder / f"wide.{kind}"
    if kind == "parquet":
        pq.write_table(table, path)
    else:
        table.to_pandas().to_csv(path, index=False)
    return path


@pytest.fixture(params=["arrow", "frame", "parquet", "csv"])
def wide(request: pytest.FixtureRequest, tmp_path: Path) -> Table:
    return Table(source(request.param, tmp_path, columns()))


def backend(table: Table) -> Any:
    return table.expression._find_backend()


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [plain(one) for one in value] if isinstance(value, list) else value


def test_a_question_looks_at_the_columns_that_it_is_about_alone(wide: Table) -> None:
    few = Table(columns().select([*ASKED, "kind"]))
    # What columns hold is recognised once.
    assert len(wide.columns) == COLUMNS + 2
    # Whoever asked for all columns would find the view of them gone.
    backend(wide).con.execute('ALTER VIEW "rows" RENAME TO "every row"')
    for question in QUESTIONS:
        assert plain(Answers.of(wide).answer(question)) == plain(Answers.of(few).answer(question)), question


def test_rows_of_all_columns_are_told_whole(wide: Table) -> None:
    asked = {"ask": "rows", "filters": RANGE, "sort": [], "start": 0, "stop": 2, "columns": None}
    row = Answers.of(wide).answer(asked)["rows"][0]
    assert len(row) == COLUMNS + 2
    assert row["c999"] >= 0


def test_a_column_that_is_not_there_is_told_of(wide: Table) -> None:
    with pytest.raises(DataError, match="nowhere"):
        wide.count(InRange("nowhere", 0, 1))


def test_ids_taken_as_texts_are_texts_among_few_columns_too() -> None:
    ids = [2**60 + n for n in range(ROWS)]
    table = Table(columns().append_column("id", pa.array(ids)))
    asked = {"ask": "by_id", "ids": [str(ids[4])], "columns": ["c3"]}
    (row,) = Answers.of(table).answer(asked)["rows"]
    assert row["id"] == str(ids[4])
    assert row["c3"] == columns().column("c3")[4].as_py()


def test_views_of_few_columns_do_not_pile_up_but_those_held_stay(wide: Table) -> None:
    held = wide.narrow(["c1", "c2"])
    for n in range(2 * KEPT):
        wide.narrow([f"c{n}"])
        gc.collect(0)
    gc.collect()
    wide.narrow(["c900"])
    asked = "SELECT view_name FROM duckdb_views() WHERE view_name LIKE 'rows %'"
    views = backend(wide).con.execute(asked).fetchall()
    assert KEPT <= len(views) <= KEPT + 3
    assert held.count().to_pyarrow().as_py() == ROWS
    assert held.to_pyarrow().column_names == ["c1", "c2"]


def test_names_that_mean_something_to_the_engine_are_only_names() -> None:
    odd = 'a "quoted" name; DROP VIEW "rows"'
    table = Table(columns().append_column(odd, pa.array(range(ROWS))))
    assert table.count(InRange(odd, 10, 20)) == 10


def test_a_map_of_a_wide_table_is_asked_for_few_columns(wide: Table) -> None:
    mapped = ProjectedTable(wide)
    mapped.place("PCA", pa.array(range(ROWS)), np.arange(2.0 * ROWS).reshape(ROWS, 2))
    asked = {"ask": "points", "x": "PCA 1", "y": "PCA 2", "filters": RANGE, "most": 90, "grid": [9, 9]}
    found = Answers.of(mapped).answer(asked)
    assert found["total"] == wide.count(InRange("c999", 0, None))
    assert dict(zip(found["ids"], found["x"], strict=True)) == {id: 2.0 * id for id in found["ids"]}
    assert "c500" not in mapped.narrow(["PCA 1"]).columns
