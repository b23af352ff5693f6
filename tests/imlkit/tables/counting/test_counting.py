from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imlkit.errors import DataError
from imlkit.tables import All, Equals, InRange, OneOf, Table
from imlkit.tables.counting.bars import Bars
from imlkit.tables.counting.counting import Counting
from imlkit.tables.counting.engine_counting import EngineCounting
from imlkit.tables.counting.local_counting import LocalCounting
from imlkit.tables.counting.local_rows import in_order
from imlkit.tables.counting.recent import Recent

ROWS = 300_000


@pytest.fixture(scope="module")
def rows() -> pa.Table:
    random = np.random.default_rng(1)
    return pa.table(
        {
            "id": range(ROWS),
            "x": random.normal(size=ROWS),
            "y": random.normal(size=ROWS),
            "word": random.integers(0, 9, ROWS).astype(str),
            "name": np.char.add("name ", random.integers(0, 50_000, ROWS).astype(str)),
            "when": np.datetime64("2020-01-01", "ns") + random.integers(0, 10**16, ROWS),
        }
    )


@pytest.fixture(scope="module")
def table(rows: pa.Table) -> Table:
    return Table(rows, kinds={"name": "nominal"})


FILTERS = All((InRange("x", -1, 0.5), OneOf("word", ("1", "4")), InRange("y", None, 1)))


def asked(counting: Counting) -> list[Any]:
    """What a counting answers to several questions, for comparison."""
    charts = [counting.bars(name, 30) for name in ("x", "y", "word", "name", "when")]
    several = counting.bars("name", 500)
    cube = counting.cube(charts[0], 200, [*charts[1:], several], FILTERS)
    return [
        *(counts.tolist() for counts in counting.counts([*charts, several], FILTERS)),
        *(counts.tolist() for counts in counting.counts([*charts, several], All())),
        *(sums.tolist() for sums in cube.sums),
        counting.pairs(several, charts[4], FILTERS).tolist(),
        *(np.round(means, 9).tolist() for means in counting.means(charts[2:3], "y", FILTERS)),
    ]


def test_in_memory_and_by_the_engine_the_counts_are_the_same(table: Table) -> None:
    local, engine = LocalCounting(table), EngineCounting(table)
    assert asked(local) == asked(engine)


def test_a_table_is_counted_by_the_same_at_each_call(table: Table) -> None:
    assert isinstance(Counting.of(table), LocalCounting)
    assert Counting.of(table) is Counting.of(table)
    assert Counting.of(table).bars("x", 7) is Counting.of(table).bars("x", 7)


def test_several_threads_may_ask_at_once(rows: pa.Table) -> None:
    expected = asked(LocalCounting(table := Table(rows, kinds={"name": "nominal"})))
    other = LocalCounting(table)

    def busy(_: int) -> int:
        return table.count(FILTERS)

    with ThreadPoolExecutor(6) as workers:
        counts = workers.map(busy, range(10))
        found = list(workers.map(lambda _: asked(other), range(4)))
        assert set(counts) == {table.count(FILTERS)}
    assert all(each == expected for each in found)


def test_rows_that_come_in_any_order_are_counted_in_that_of_their_ids(rows: pa.Table, tmp_path: Path) -> None:
    pq.write_table(rows, tmp_path / "rows.parquet")
    connection = ibis.duckdb.connect()
    read = connection.read_parquet(tmp_path / "rows.parquet")
    joined = read.select("id", "x", "when").join(read.select("id", "y", "word", "name"), "id")
    arrow = Table(rows, kinds={"name": "nominal"})
    expected = asked(EngineCounting(arrow))
    for source, ordered in ((read, True), (joined, False)):
        table = Table(source, id="id", kinds={"name": "nominal"})
        assert in_order(table.expression) is ordered
        counting = Counting.of(table)
        assert isinstance(counting, LocalCounting)
        assert asked(counting) == expected


def test_rows_without_ids_and_without_order_are_counted_by_the_engine() -> None:
    connection = ibis.duckdb.connect()
    connection.raw_sql("CREATE TABLE numbers AS SELECT range % 7 AS n, range % 3 AS m FROM range(1000)")
    table = Table(connection.table("numbers").distinct())
    counting = Counting.of(table)
    assert isinstance(counting, EngineCounting)
    assert counting.counts([counting.bars("n", 7)], All((Equals("m", 1),)))[0].tolist() == [1] * 7


def test_what_was_kept_is_dropped_when_the_table_has_changed() -> None:
    connection = ibis.duckdb.connect()
    connection.raw_sql("CREATE TABLE numbers AS SELECT range AS id, range::DOUBLE AS n FROM range(10)")
    table = Table(connection.table("numbers"))
    counters = [LocalCounting(table), EngineCounting(table)]
    for counting in counters:
        assert counting.counts([counting.bars("n", 2)], All())[0].tolist() == [5, 5]
    connection.raw_sql("INSERT INTO numbers SELECT range, range FROM range(10, 20)")
    table.refresh()
    for counting in counters:
        bars = counting.bars("n", 2)
        assert bars.bins is not None
        assert bars.bins.high == 19
        assert counting.counts([bars], All())[0].tolist() == [10, 10]
        assert counting.counts([bars], All((InRange("id", 5),)))[0].tolist() == [5, 10]


def test_rows_that_came_unannounced_are_counted_too() -> None:
    connection = ibis.duckdb.connect()
    connection.raw_sql("CREATE TABLE numbers AS SELECT range AS id, range::DOUBLE AS n FROM range(10)")
    counting = LocalCounting(table := Table(connection.table("numbers")))
    bars = counting.bars("n", 3)
    assert counting.counts([bars], All())[0].tolist() == [3, 3, 4]
    connection.raw_sql("INSERT INTO numbers VALUES (10, 1), (11, 100), (12, NULL)")
    assert counting.counts([bars], All((InRange("id", 9),)))[0].tolist() == [1, 0, 1]
    assert table.count() == 13


def test_a_column_that_has_gone_is_said() -> None:
    connection = ibis.duckdb.connect()
    connection.raw_sql("CREATE TABLE numbers AS SELECT range AS id, range::DOUBLE AS n FROM range(10)")
    counting = LocalCounting(table := Table(connection.table("numbers")))
    bars = counting.bars("n", 3)
    connection.raw_sql("ALTER TABLE numbers DROP COLUMN n")
    with pytest.raises(DataError):
        counting.counts([bars], All())
    assert counting.counts([counting.bars("id", 2)], All())[0].tolist() == [5, 5]
    assert table.count() == 10


def test_numbers_taken_for_names_have_a_bar_each() -> None:
    codes = [3.0, 3.0, math.nan, -0.0, 0.0, 7.0, None]
    table = Table(
        {"code": codes, "whole": [1, 1, 2, 2**62, None, 5, 5]}, kinds={"code": "nominal", "whole": "nominal"}
    )
    for counting in (LocalCounting(table), EngineCounting(table)):
        for column, most in (("code", 2), ("code", 9), ("whole", 9)):
            bars = counting.bars(column, most)
            assert bars.type == "values"
            [counts] = counting.counts([bars], All())
            assert counts.tolist() == [table.count(bars.predicate([bar])) for bar in range(len(bars))]
            assert counts.sum() == 7


def test_bars_are_strict_json() -> None:
    table = Table(
        {
            "n": [0.5, math.nan, math.inf, None],
            "none": pa.array([None] * 4, pa.float64()),
            "word": ["a", "b", "b", None],
            "code": [math.nan, 1.0, math.inf, 1.0],
            "when": [datetime(1970, 1, 1), datetime(1970, 1, 1, 0, 0, 1), None, None],
        },
        kinds={"code": "nominal"},
    )
    counting = Counting.of(table)
    said = {
        name: json.loads(json.dumps(counting.bars(name, 2).to_json(), allow_nan=False))
        for name in ("n", "none", "word", "code", "when")
    }
    assert said["n"] == {
        "column": "n",
        "type": "numbers",
        "edges": [0.0, 0.5, 1.0],
        "values": [],
        "specials": ["null", "nan", "inf"],
    }
    assert (said["none"]["edges"], said["none"]["specials"]) == ([], ["null"])
    assert said["word"] == {
        "column": "word",
        "type": "values",
        "edges": None,
        "values": ["b", "a"],
        "specials": ["null"],
        "distinct": 2,
    }
    assert said["code"]["values"][0] == 1.0
    assert said["code"]["values"][1] in ({"number": "inf"}, {"number": "nan"})
    assert (said["when"]["type"], said["when"]["edges"]) == ("times", [0.0, 500.0, 1000.0])


def test_a_column_of_lists_has_no_chart() -> None:
    table = Table({"vector": [[1.0, 2.0], [3.0, 4.0]]})
    with pytest.raises(DataError, match="charts are of numbers, times and texts"):
        Counting.of(table).bars("vector")


def test_a_brush_over_a_column_without_numbers_counts_nothing() -> None:
    table = Table({"none": pa.array([None] * 4, pa.float64()), "word": ["a", "b", "b", None]})
    for counting in (LocalCounting(table), EngineCounting(table)):
        cube = counting.cube(counting.bars("none"), 5, [counting.bars("word")], All())
        assert cube.edges.size == 0
        assert cube.sums[0].tolist() == [[0, 0, 0]]


def test_tables_without_rows_have_bars_without_rows() -> None:
    table = Table(pa.table({"id": pa.array([], pa.int64()), "x": pa.array([], pa.float64())}))
    for counting in (LocalCounting(table), EngineCounting(table)):
        bars = counting.bars("x")
        assert len(bars) == 0
        assert counting.counts([bars], All())[0].tolist() == []


def test_a_counting_whose_table_is_gone_says_so() -> None:
    table = Table({"x": [1.0]})
    counting = Counting.of(table)
    del table
    with pytest.raises(DataError, match="The table is gone"):
        counting.bars("x")


def test_no_more_is_kept_than_was_allowed() -> None:
    recent = Recent(100)
    for name in "abc":
        recent.put(name, np.zeros(40, np.uint8))
    assert recent.get("a") is None
    assert recent.get("b") is not None
    recent.put("d", np.zeros(40, np.uint8))
    assert (recent.get("b") is None, recent.get("c") is None) == (False, True)
    recent.put("large", np.zeros(1000, np.uint8))
    assert recent.get("large") is not None
    assert recent.get("d") is None
    assert Bars("a") == Bars("a", distinct=3)


def test_of_many_rows_an_engine_tells_first_about_how_many_there_are() -> None:
    random = np.random.default_rng(0)
    table = Table(pa.table({"x": random.normal(size=1_500_000), "y": random.integers(0, 4, 1_500_000)}))
    engine = EngineCounting(table)
    charts = [engine.bars("x", 10), engine.bars("y", 10)]
    filters = All((InRange("x", -1, 1),))
    found = engine.estimates(charts, filters)
    assert found is not None
    estimates, share = found
    assert share == pytest.approx(1 / 15)
    for estimate, exact in zip(estimates, engine.counts(charts, filters), strict=True):
        # Five standard deviations of what is left to chance.
        assert (abs(estimate - exact) <= 5 * np.sqrt(exact / share) + 1 / share).all()
    few = Table(pa.table({"x": random.normal(size=1_000)}))
    assert EngineCounting(few).estimates([EngineCounting(few).bars("x", 5)], All()) is None
    assert LocalCounting(table).estimates(charts, filters) is None
