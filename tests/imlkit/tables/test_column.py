from __future__ import annotations

import datetime
import decimal
import uuid
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from imlkit.errors import DataError
from imlkit.tables import Equals, InRange, Table
from imlkit.tables.column import Kind
from imlkit.tables.counting.bars import bars_of

WHEN = datetime.datetime(2020, 1, 1, 12, tzinfo=datetime.UTC)

COLUMNS: list[tuple[str, Any, str]] = [
    ("truth", [True, None, False], "boolean"),
    ("truth of pandas", pd.array([True, None, False], "boolean"), "boolean"),
    ("code", [0, 1, 1], "integer"),
    ("small", np.array([1, 2, 3], np.int8), "integer"),
    ("unsigned", np.array([1, 2, 2**64 - 1], np.uint64), "integer"),
    ("half", np.array([1, 2, 3], np.float16), "continuous"),
    ("decimal", [decimal.Decimal("1.50"), None, decimal.Decimal("2")], "continuous"),
    ("wide decimal", pa.array([1, 2, 3], pa.decimal256(50, 2)), "continuous"),
    ("whole decimal", pa.array([1, 2, 3], pa.decimal128(20, 0)), "integer"),
    ("date", [datetime.date(2020, 1, 1), None, datetime.date(2021, 1, 1)], "datetime"),
    ("zoned", pa.array([WHEN, None, WHEN], pa.timestamp("us", "Asia/Kolkata")), "datetime"),
    ("nanoseconds", pa.array([1, 2, None], pa.timestamp("ns")), "datetime"),
    ("seconds", pa.array([1, 2, None], pa.timestamp("s")), "datetime"),
    ("time of day", [datetime.time(12, 30), None, datetime.time(0)], "other"),
    ("precise time", pa.array([1, 2, None], pa.time64("ns")), "other"),
    ("duration", [datetime.timedelta(days=1), None, datetime.timedelta(seconds=1.5)], "continuous"),
    ("interval", pa.array([(1, 2, 3), None, (0, 0, 1)], pa.month_day_nano_interval()), "continuous"),
    ("struct", [{"a": 1}, None, {"a": 2}], "other"),
    (
        "struct of intervals",
        pa.array([{"a": (1, 2, 3)}, None, None], pa.struct([("a", pa.month_day_nano_interval())])),
        "nominal",
    ),
    ("words", [["a", "b"], None, []], "other"),
    ("map", pa.array([[("a", 1)], None, []], pa.map_(pa.string(), pa.int64())), "other"),
    ("category", pd.Categorical(["a" * 60, None, "b" * 60]), "nominal"),
    ("coded", pa.array(["a", None, "b"]).dictionary_encode(), "nominal"),
    ("coded numbers", pa.array([7, None, 8]).dictionary_encode(), "integer"),
    ("run-end", pa.RunEndEncodedArray.from_arrays([2, 3], ["a", "b"]), "nominal"),
    ("bytes", [b"a", None, b"\xff"], "other"),
    ("nothing", [None, None, None], "nominal"),
    ("uuid", pa.array([uuid.uuid4().bytes, None, uuid.uuid4().bytes], pa.uuid()), "nominal"),
    ("lat", [48.1, float("nan"), -90.0], "latitude"),
    ("home.longitude", [2.0, None, -180.0], "longitude"),
    ("plat", [48.1, 2.0, 3.0], "continuous"),
    ("lat of another thing", [48.1, 2.0, 3.0], "continuous"),
    ("picture", ["a.png", "https://x.org/b.JPG?size=3", "c/d.webp"], "image"),
    ("sound", ["a.wav", None, "b.flac"], "audio"),
    ("vector", np.ones((3, 4), np.float32), "embedding"),
    ("fixed vector", pa.array([[1.0, 2.0]] * 3, pa.list_(pa.float32(), 2)), "embedding"),
    ("tensor", pa.FixedShapeTensorArray.from_numpy_ndarray(np.ones((3, 2, 2))), "embedding"),
    ("period", pd.period_range("2020-01", periods=3, freq="M").to_series(), "nominal"),
]


@pytest.mark.parametrize(("name", "values", "kind"), COLUMNS, ids=[name for name, *_ in COLUMNS])
def test_what_a_column_holds_is_recognised_and_can_be_read(name: str, values: Any, kind: str) -> None:
    source = (
        pd.DataFrame({name: values}) if isinstance(values, (pd.Categorical, pd.Series)) else {name: values}
    )
    if isinstance(values, pd.api.extensions.ExtensionArray):
        source = pd.DataFrame({name: values})
    table = Table(source)
    assert table.columns[name].kind == kind
    assert len(table.where(InRange("id", 0)).to_dicts()) == 3
    if table.columns[name].charted:
        assert bars_of(table.expression, name).counts(table.expression).sum() == 3


def test_durations_are_seconds() -> None:
    values = [datetime.timedelta(days=1), None, datetime.timedelta(milliseconds=1500)]
    for source in ({"t": values}, pd.DataFrame({"t": values}), pl.DataFrame({"t": values})):
        table = Table(source)
        assert table.columns["t"].note == "Durations, in seconds."
        assert [row["t"] for row in table.where(InRange("t", 0)).to_dicts()] == [86_400, 1.5]


def test_a_column_without_values_says_so() -> None:
    assert Table({"x": [None]}).columns["x"].note == "No row has a value."


def test_a_column_is_taken_for_something_else_and_the_version_rises() -> None:
    table = Table({"code": [1, 2], "word": ["a", "b"]})
    seen: list[tuple[int, Kind]] = []
    table.version.subscribe(lambda version: seen.append((version, table.columns["code"].kind)))
    table.take_for("code", "nominal")
    assert seen == [(0, "integer"), (1, "nominal")]
    table.refresh()
    assert seen[-1] == (2, "nominal")


@pytest.mark.parametrize(
    ("column", "kind", "words"),
    [
        ("word", "continuous", "“word” holds values of type string, which cannot be taken for 'continuous'"),
        ("code", "embedding", "cannot be taken for 'embedding'"),
        ("code", "datetime", "cannot be taken for 'datetime'"),
        ("code", "colour", "cannot be taken for 'colour': give one of boolean"),
        ("gone", "nominal", "There is no column “gone”"),
    ],
)
def test_what_a_column_cannot_be_taken_for_is_said(column: str, kind: Any, words: str) -> None:
    table = Table({"code": [1, 2], "word": ["a", "b"]})
    with pytest.raises(DataError, match=words):
        table.take_for(column, kind)
    with pytest.raises(DataError, match=words):
        Table({"code": [1, 2], "word": ["a", "b"]}, kinds={column: kind})
    assert table.version.value == 0


def test_rows_of_dictionaries_may_have_different_keys() -> None:
    table = Table([{"a": 1}, {"b": "x"}, {}])
    assert table.where(Equals("b", "x")).to_dicts() == [{"a": None, "b": "x", "id": 1}]
