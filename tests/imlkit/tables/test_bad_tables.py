from __future__ import annotations

import contextlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imlkit.errors import DataError
from imlkit.tables import Equals, InRange, LinkedState, Order, Table, TextContains
from imlkit.tables.counting.bars import bars_of

NAMES = ['a"b', "x'; drop", "été", " ", "constructor", "__proto__", "%s", "{}", "a.b", "\n", "select"]


@pytest.mark.parametrize("ids", [["a", "b", "a"], [1, 2, 1], [5, 2**40, 5], [2**62, -(2**62), 2**62]])
def test_ids_that_repeat_are_said_with_an_example(ids: list[Any]) -> None:
    with pytest.raises(DataError, match=rf"The ids in “id” repeat, {ids[0]!r} for one"):
        Table({"id": ids})


@pytest.mark.parametrize(
    "ids", [["b", "a", "c"], [3, 1, 2], [10**12, 1, -5], [0, 2**52, -(2**52)], [1], [], ["Müller", "muller"]]
)
def test_ids_that_do_not_repeat_are_taken_in_any_order(ids: list[Any]) -> None:
    source = {"id": pa.array(ids, pa.string() if ids and isinstance(ids[0], str) else pa.int64())}
    table = Table(source)
    assert [row["id"] for row in table.with_ids(ids[:1]).to_dicts()] == ids[:1]
    assert table.count() == len(ids)


def test_rows_without_an_id_and_ids_that_are_none_are_said() -> None:
    with pytest.raises(DataError, match="1 rows have no id in “id”"):
        Table({"id": ["a", None]})
    with pytest.raises(DataError, match="are of type float64: ids are texts or whole numbers"):
        Table({"id": [1.5, 2.5]})
    with pytest.raises(DataError, match="There is no column “name” of ids"):
        Table({"id": [1]}, id="name")


@pytest.mark.parametrize("ids", [[2**53 + 1, 2], [-(2**60), 1], np.array([2**64 - 1, 3], np.uint64)])
def test_ids_that_browsers_cannot_hold_are_texts(ids: Any) -> None:
    table = Table({"id": ids, "n": [1, 2]})
    assert "browsers cannot hold" in table.columns["id"].note
    assert [row["n"] for row in table.with_ids([str(ids[0])]).to_dicts()] == [1]
    assert Table({"id": [2**53, 2]}).where(Equals("id", 2**53)).to_dicts()[0]["id"] == 2**53


def test_uuids_are_ids_as_texts() -> None:
    ids = [uuid.uuid4() for _ in range(3)]
    table = Table(pa.table({"id": pa.array([id.bytes for id in ids], pa.uuid())}))
    assert len(table.with_ids([str(ids[1])])) == 1


def test_columns_of_any_name_are_found_sorted_and_counted(tmp_path: Path) -> None:
    arrow = pa.table({name: [str(n % 3) for n in range(9)] for name in NAMES})
    pq.write_table(arrow, tmp_path / "names.parquet")
    arrow.to_pandas().to_csv(tmp_path / "names.csv", index=False)
    for source in (arrow, arrow.to_pandas(), tmp_path / "names.parquet", tmp_path / "names.csv"):
        table = Table(source)
        # A name of nothing but blanks is none to DuckDB's reader of CSV.
        names = [name for name in NAMES if name.strip() or not str(source).endswith("csv")]
        assert [name for name in table.columns if name in NAMES] == names
        for name in names:
            value = 1 if str(source).endswith("csv") else "1"
            state = LinkedState()
            state.filter(Equals(name, value))
            state.sort.set([Order(name)])
            assert [row["id"] for row in table.filtered(state).to_dicts()] == [1, 4, 7]
            assert sum(bars_of(table.expression, name).counts(table.expression)) == 9


def test_names_that_are_empty_equal_or_differ_in_capitals_only_get_others() -> None:
    arrow = pa.Table.from_arrays(
        [pa.array([n]) for n in range(7)], names=["a", "A", "a", "", "a_2", "", "x\0y"]
    )
    table = Table(arrow)
    assert [name for name in table.columns if name != "id"] == [
        "a",
        "A_3",
        "a_4",
        "unnamed",
        "a_2",
        "unnamed_2",
        "x�y",
    ]
    assert "Called “A” in the source" in table.columns["A_3"].note
    assert "no name in the source" in table.columns["unnamed"].note
    assert table.columns["a"].note == ""
    [row] = table.where(Equals("A_3", 1)).to_dicts()
    assert list(row.values())[:7] == list(range(7))
    assert list(Table(pd.DataFrame([[1, 2]], columns=["é", "é"])).columns) == ["é", "é_2", "id"]


def test_names_that_differ_in_capitals_in_files_are_told_apart(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1], "A": [2]}), tmp_path / "one.parquet")
    (tmp_path / "one.csv").write_text("a,A,a\n1,2,3\n")
    for ending, names in (("parquet", ["a", "A_1"]), ("csv", ["a", "A_1", "a_2"])):
        table = Table(tmp_path / f"one.{ending}")
        assert [name for name in table.columns if name != "id"] == names
        assert "capitals" in table.columns["A_1"].note
        assert table.where(Equals("A_1", 2)).to_dicts()[0]["a"] == 1


def test_a_column_called_id_in_other_capitals_does_not_hide_the_rows_numbers() -> None:
    table = Table({"ID": ["x", "x"]})
    assert table.id == "row"
    assert [row["row"] for row in table.where(Equals("ID", "x")).to_dicts()] == [0, 1]


def test_mixed_types_become_texts_and_are_said() -> None:
    frame = pd.DataFrame({"mixed": [1, "x", None, 2.5], "n": [1, 2, 3, 4]})
    for source in (
        frame,
        {"mixed": [1, "x", None, 2.5]},
        [{"mixed": value} for value in (1, "x", None, 2.5)],
    ):
        table = Table(source)
        column = table.columns["mixed"]
        assert column.kind == "nominal"
        assert "several types (float, int, str)" in column.note
        assert [row["mixed"] for row in table.where(TextContains("mixed", "")).to_dicts()] == [
            "1",
            "x",
            "2.5",
        ]
    assert Table(frame).columns["n"].kind == "integer"


@pytest.mark.parametrize(
    "values",
    [
        [{}, 1],
        [object(), object()],
        [2**70, 1],
        ["\ud800", "a"],
        [1 + 2j, 3j],
        [[1], 1],
        [True, 1],
        [{"a": 1}, {"a": "x"}],
        [Path("a"), None],
    ],
)
def test_whatever_a_column_holds_can_be_shown(values: list[Any]) -> None:
    for source in ({"x": values}, pd.DataFrame({"x": pd.Series(values, dtype=object)})):
        table = Table(source)
        assert len(table.where(TextContains("x", "")).to_dicts()) == sum(v is not None for v in values)


def test_polars_objects_are_texts() -> None:
    table = Table(pl.DataFrame({"x": pl.Series([1j, 2j], dtype=pl.Object)}))
    assert table.columns["x"].kind == "nominal"
    assert Table(pl.LazyFrame({"x": [1, 2]})).count() == 2


def test_a_million_distinct_categories_are_counted_and_cut() -> None:
    names = pa.array(np.arange(1_000_000)).cast(pa.string())
    table = Table(pa.table({"name": names}))
    bars = bars_of(table.expression, "name", 5)
    assert len(bars) == 6
    assert bars.counts(table.expression).tolist() == [1] * 5 + [999_995]
    assert [row["id"] for row in table.where(Equals("name", "777777")).to_dicts()] == [777_777]


def test_ten_thousand_columns_are_opened() -> None:
    wide = Table({f"column {n}": [str(n), "x"] for n in range(10_000)})
    assert len(wide.columns) == 10_001
    assert wide.columns["column 9999"].kind == "nominal"


def test_no_rows_are_a_table(tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("a,b\n")
    pq.write_table(pa.table({"a": pa.array([], pa.float32())}), tmp_path / "none.parquet")
    sources: list[Any] = [
        tmp_path / "none.csv",
        tmp_path / "none.parquet",
        pd.DataFrame({"a": []}),
        {"a": []},
    ]
    for source in sources:
        table = Table(source)
        assert table.count() == 0
        assert (
            table.where(InRange("a", 0) if table.columns["a"].numeric else Equals("a", "x")).to_dicts() == []
        )


def test_an_empty_file_and_one_that_is_no_table_are_said(tmp_path: Path) -> None:
    for name, content, words in (
        ("empty.csv", "", "“empty.csv” is empty"),
        ("broken.json", '{"a": 1', "“broken.json” cannot be read as a table"),
        ("broken.jsonl", '{"a": 1}\n{"a"', "“broken.jsonl” cannot be read as a table"),
        ("ragged.csv", "a,b\n1,2\n3\n4,5,6\n", "line 3 has 1 field, where the first has 2"),
    ):
        (tmp_path / name).write_text(content)
        with pytest.raises(DataError, match=words) as raised:
            Table(tmp_path / name)
        assert "LINE 1" not in str(raised.value)


def test_a_parquet_file_that_is_removed_or_changed_under_an_open_table_is_said(tmp_path: Path) -> None:
    file = tmp_path / "one.parquet"
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), file)
    table = Table(file)
    found = table.where(Equals("a", 1))
    assert len(found) == 1
    file.unlink()
    for ask in (table.count, found.to_dicts, found.to_pandas, lambda: len(found)):
        with pytest.raises(DataError, match="can no longer be read, something is gone"):
            ask()
    with pytest.raises(DataError, match="There is no file"):
        table.refresh()
    pq.write_table(pa.table({"b": ["x", "y"]}), file)
    with pytest.raises(DataError, match=r"have changed their columns since .* table\.refresh\(\)"):
        found.to_dicts()
    file.write_text("no longer one")
    with pytest.raises(DataError, match="could not answer"):
        found.to_dicts()
    pq.write_table(pa.table({"a": ["text"], "c": [1.5]}), file)
    table.refresh()
    assert table.version.value == 1
    assert {name: column.kind for name, column in table.columns.items()} == {
        "a": "nominal",
        "c": "continuous",
        "id": "integer",
    }
    with pytest.raises(DataError, match="cannot be compared with 1"):
        table.count(Equals("a", 1))


def test_a_csv_file_that_changes_is_as_it_was_until_it_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("a,b\n1,x\n2,y\n")
    table = Table(file, kinds={"b": "text"})
    file.write_text("a,c\nlong ago,1\n")
    assert table.count(Equals("a", 2)) == 1
    table.refresh()
    assert [name for name in table.columns if name != "id"] == ["a", "c"]
    assert table.where(Equals("c", 1)).to_dicts()[0]["a"] == "long ago"
    with pytest.raises(DataError, match="There is no column “b”"):
        table.count(Equals("b", "x"))


def test_a_column_of_mostly_numbers_says_why_it_is_text(tmp_path: Path) -> None:
    lines = [*map(str, range(30_000)), "unknown"]
    (tmp_path / "mixed.csv").write_text("n,m\n" + "".join(f"{line},1\n" for line in lines))
    table = Table(tmp_path / "mixed.csv")
    assert table.columns["n"].kind == "nominal"
    assert "“unknown” for one" in table.columns["n"].note
    assert table.columns["m"].note == ""
    assert table.count(Equals("n", "unknown")) == 1


def test_a_file_that_must_not_be_read_is_said() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "secret.csv"
        file.write_text("a\n1\n")
        assert Table(file).count() == 1
        file.chmod(0)
        with as_somebody(), pytest.raises(DataError, match=r"“secret\.csv” cannot be read"):
            Table(file)


@contextlib.contextmanager
def as_somebody() -> Iterator[None]:
    """Be one to whom something is forbidden: to root nothing is."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(own)
