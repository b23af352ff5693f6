from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from imlkit.errors import DataError
from imlkit.tables import Equals, IsNull, Table, TextContains
from imlkit.tables.predicates.predicate_expression import matching
from tests.contracts.table_contract import TableContract
from tests.spark import spark_session

# PySpark leaves what it read results through to be closed as it is forgotten.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:unclosed <socket.*:ResourceWarning")]

NAMES = (f"rows_{n}" for n in itertools.count())


@pytest.fixture(scope="module")
def connection() -> Iterator[Any]:
    import ibis

    with spark_session() as session:
        yield ibis.pyspark.connect(session)


@pytest.fixture(scope="module")
def load(connection: Any) -> Callable[[Any], Any]:
    """Makes a view of an Arrow table or of a query in SQL; returns it as an Ibis table."""

    def load(rows: Any) -> Any:
        name = next(NAMES)
        session = connection._session
        found = session.sql(rows) if isinstance(rows, str) else session.createDataFrame(rows)
        found.createOrReplaceTempView(name)
        return connection.table(name)

    return load


class TestOnSpark(TableContract):
    @pytest.fixture(scope="class")
    @classmethod
    def put(cls, load: Callable[[Any], Any]) -> Callable[[pa.Table], Any]:
        return load


def test_missing_numbers_and_nan_and_long_integers_stay_what_they_are(load: Callable[[Any], Any]) -> None:
    given: dict[str, list[Any]] = {
        "id": [1, 2, 3],
        "number": [None, math.nan, 0.5],
        "whole": [2**62 + 1, None, 2**53 + 1],
    }
    table = Table(load(pa.table(given)))
    found = {row["id"]: row for row in table.where(~IsNull("id")).to_dicts()}
    assert [found[id]["whole"] for id in given["id"]] == given["whole"]
    assert found[1]["number"] is None
    assert math.isnan(found[2]["number"])
    assert table.count(IsNull("number")) == table.count(Equals("number", math.nan)) == 1
    assert table.count(Equals("whole", 2**62 + 1)) == 1
    assert table.count(Equals("whole", 2**62)) == 0


def test_what_is_found_can_be_joined_with_the_connection_s_own_tables(load: Callable[[Any], Any]) -> None:
    table = Table(load(pa.table({"id": [1, 2], "word": ["a", "b"]})))
    other = load(pa.table({"id": [2, 3], "more": [0.5, 1.5]}))
    found = matching(table.expression, Equals("word", "b")).join(other, "id")
    assert found.to_pyarrow().to_pylist() == [{"id": 2, "word": "b", "more": 0.5}]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("struct(1 AS x, 'b' AS y)", {"x": 1, "y": "b"}),
        ("array(struct(1 AS x))", [{"x": 1}]),
        ("map('a', array(1))", [("a", [1])]),
        ("array(1.5D, NULL)", [1.5, None]),
        ("X'00ff'", b"\x00\xff"),
        ("interval 1 day", "INTERVAL '1' DAY"),
    ],
)
def test_columns_of_any_type_are_read(load: Callable[[Any], Any], given: str, read: Any) -> None:
    table = Table(load(f"SELECT 1 AS id, {given} AS value UNION ALL SELECT 2, NULL"))
    found = {row["id"]: row["value"] for row in table.where(~IsNull("id")).to_dicts()}
    assert found == {1: read, 2: None}
    assert table.columns["value"].name == "value"


def test_columns_may_have_any_name(load: Callable[[Any], Any]) -> None:
    names = ["a.b", "a`b", "`", ".", "a\\b", "a\nb", "%", "?", ":x", "{x}", "$1", "a;b", "--", "/*", "𝒳"]
    table = Table(load(pa.table({"id": [1, 2], **{name: ["x", "y"] for name in names}})))
    for name in names:
        assert [row["id"] for row in table.where(Equals(name, "y")).to_dicts()] == [2]
        assert table.count(TextContains(name, "X")) == 1


def test_columns_that_differ_in_capitals_only_are_said(connection: Any, load: Callable[[Any], Any]) -> None:
    rows = load(pa.table({"id": [1], "a": [1], "A": [2]}))
    with pytest.raises(DataError, match="“a” and “A” differ in capitals only, which Spark takes for one"):
        Table(rows)
    connection._session.conf.set("spark.sql.caseSensitive", "true")
    try:
        assert Table(rows).count(Equals("A", 2)) == 1
    finally:
        connection._session.conf.unset("spark.sql.caseSensitive")
