from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imlkit.errors import DataError, MissingDependencyError
from imlkit.tables import Equals, InRange, Table

ROWS = {"id": ["a", "b", "c"], "number": [1.5, 2.5, None], "word": ["x", "y", "x"]}


def sources(folder: Path) -> dict[str, Any]:
    arrow = pa.table(ROWS)
    pq.write_table(arrow, folder / "one.parquet")
    arrow.to_pandas().to_csv(folder / "one.csv", index=False)
    parts = folder / "parts"
    (parts / "deeper").mkdir(parents=True)
    pq.write_table(arrow.slice(0, 1), parts / "1.parquet")
    pq.write_table(arrow.slice(1), parts / "deeper" / "2.parquet")
    return {
        "arrow": arrow,
        "pandas": pd.DataFrame(ROWS),
        "polars": pl.DataFrame(ROWS),
        "columns": ROWS,
        "rows": arrow.to_pylist(),
        "ibis": ibis.memtable(arrow),
        "parquet": folder / "one.parquet",
        "csv": str(folder / "one.csv"),
        "folder": parts,
        "several": [parts / "1.parquet", str(parts / "deeper" / "2.parquet")],
    }


@pytest.mark.parametrize(
    "kind", ["arrow", "pandas", "polars", "columns", "rows", "ibis", "parquet", "csv", "folder", "several"]
)
def test_a_table_is_made_of_whatever_holds_one(tmp_path: Path, kind: str) -> None:
    table = Table(sources(tmp_path)[kind])
    assert table.id == "id"
    assert {name: column.kind for name, column in table.columns.items()} == {
        "id": "nominal",
        "number": "continuous",
        "word": "nominal",
    }
    assert table.count() == 3
    assert [row["id"] for row in table.where(Equals("word", "x")).to_dicts()] == ["a", "c"]
    assert table.count(InRange("number", 2)) == 1


def test_what_was_found_is_data_in_the_next_line() -> None:
    found = Table(ROWS).where(Equals("word", "x"))
    assert len(found) == 2
    assert found.expression.count().to_pyarrow().as_py() == 2
    assert found.to_arrow().column("id").to_pylist() == ["a", "c"]
    assert found.to_pandas()["id"].tolist() == ["a", "c"]
    assert found.to_polars()["id"].to_list() == ["a", "c"]
    assert found.to_dicts()[0] == {"id": "a", "number": 1.5, "word": "x"}


def test_without_polars_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingDependencyError, match="pip install polars"):
        Table(ROWS).where(Equals("word", "x")).to_polars()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nowhere.csv", "There is no file '.*nowhere.csv'"),
        (3, "No table can be made of a int"),
        ([{"a": 1}, 3], "No table can be made of a list"),
        ({"a": [1, 2], "b": [1]}, "No table can be made of this dict"),
        ({}, "it has no columns"),
        ([], "it has no columns"),
        (pd.DataFrame(index=range(3)), "it has no columns"),
        (pd.Series([1, 2]), "No table can be made of a Series"),
        ({"a": 3}, "3 is no column"),
        ({"a": "text"}, "'text' is no column"),
    ],
)
def test_what_holds_no_table_is_said(source: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        Table(source)


def test_files_that_hold_no_table_are_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no more")
    pq.write_table(pa.table(ROWS), tmp_path / "one.parquet")
    (tmp_path / "one.csv").write_text("id\na\n")
    for source, words in (
        (tmp_path / "empty", "no table and no image"),
        (tmp_path / "notes.txt", "is no table"),
        (tmp_path / "broken.parquet", "“broken.parquet” cannot be read"),
        ([tmp_path / "one.csv", tmp_path / "one.parquet"], "of several kinds"),
    ):
        with pytest.raises(DataError, match=words):
            Table(source)


def test_rows_without_ids_are_numbered_in_their_order(tmp_path: Path) -> None:
    words = [f"word {n}" for n in range(5000)]
    pq.write_table(pa.table({"word": words}), tmp_path / "words.parquet")
    for source in ({"word": words}, tmp_path / "words.parquet"):
        table = Table(source)
        assert table.id == "id"
        [row] = table.where(Equals("word", "word 4321")).to_dicts()
        assert row["id"] == 4321


def test_columns_are_recognised_and_can_be_corrected() -> None:
    sentences = [f"This is sentence {n}, long enough to be read rather than counted." for n in range(4)]
    source = {
        "yes": [True, False, None, True],
        "n": [1, 2, 3, 4],
        "x": [0.5, 1.5, 2.5, None],
        "word": ["a", "b", "a", None],
        "said": sentences,
        "when": np.array(["2020-01-01"] * 4, "datetime64[us]"),
        "vector": np.ones((4, 3)),
        "picture": ["a.png", "b/c.JPG", "d.webp", None],
        "sound": ["a.wav", "b.mp3", "c.flac", "d.ogg"],
        "lat": [48.1, 47.5, 0.0, None],
        "home_longitude": [2.0, 3.0, 179.0, -180.0],
        "flat": [1000.0, 2000.0, 1.0, 2.0],
        "nothing": pa.array([None] * 4, pa.string()),
        "list": [["a"], ["b"], [], ["c"]],
    }
    kinds = {name: column.kind for name, column in Table(source).columns.items()}
    kinds.pop("id")
    assert list(kinds.values()) == [
        "boolean",
        "integer",
        "continuous",
        "nominal",
        "text",
        "datetime",
        "embedding",
        "image",
        "audio",
        "latitude",
        "longitude",
        "continuous",
        "nominal",
        "other",
    ]
    assert Table(source, kinds={"n": "nominal"}).columns["n"].kind == "nominal"
    wrong: Any = {"n": "colour"}
    with pytest.raises(DataError, match="cannot be taken for 'colour'"):
        Table(source, kinds=wrong)
    with pytest.raises(DataError, match="no column “m”"):
        Table(source, kinds={"m": "nominal"})


def test_an_empty_table_is_one() -> None:
    table = Table(pa.table({"id": pa.array([], pa.string()), "x": pa.array([], pa.float64())}))
    assert table.count() == 0
    assert table.columns["x"].kind == "continuous"
