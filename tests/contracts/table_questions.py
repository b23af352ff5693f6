"""What a page asks of a table: one list, for Python's answers and for those of an exported page."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from imlkit.tables import (
    All,
    AnyOf,
    Equals,
    Group,
    InRange,
    IsNull,
    Not,
    OneOf,
    Order,
    Predicate,
    TextContains,
)
from imlkit.tables.column import Kind
from imlkit.tables.predicates.predicate_json import predicate_to_json

from .table_contract import CONDITIONS, NAMES, ROWS

__all__ = ["KINDS", "QUESTIONS", "REFUSED", "TABLE"]

COPIES = 30
MANY = len(ROWS) * COPIES
_random = np.random.default_rng(7)

TABLE = pa.table(
    {
        name: pa.concat_arrays([column.combine_chunks()] * COPIES)
        for name, column in zip(ROWS.column_names, ROWS.columns, strict=True)
        if name != "id"
    }
    | {
        "id": [f"row {n}" for n in range(MANY)],
        "measure": _random.normal(3, 4, MANY).tolist(),
        "other measure": [None if n % 50 == 7 else float(n % 37) / 3 for n in range(MANY)],
        "single": pa.array(np.linspace(0, 1, MANY).astype(np.float32)),
        "long": pa.array([2**62 + n % 5 * 2**40 + n % 2 if n % 9 else None for n in range(MANY)], pa.int64()),
        "constant": [7.5] * MANY,
        "nothing": pa.array([None] * MANY, pa.float64()),
        "not a number": [math.nan] * MANY,
        "near": [1.0 if n % 2 else math.nextafter(1, 2) for n in range(MANY)],
        "tenths": [n % 11 * 0.1 for n in range(MANY)],
        "many": [f"value {n * 7919 % 331}" for n in range(MANY)],
        "letters": [
            ["Ärger", "ärger", "Straße", "日本", "😀 face", "ﬁ", "İstanbul", "ΣΑΣ"][n % 8]
            for n in range(MANY)
        ],
        "day": pa.array([date(2024, 2, 25) + timedelta(n % 13) if n % 17 else None for n in range(MANY)]),
        "moment": pa.array(
            [
                datetime(1969, 12, 31, 23, 59, 59, 999_000) + timedelta(milliseconds=n * n)
                for n in range(MANY)
            ],
            pa.timestamp("us"),
        ),
        "zoned": pa.array(
            [datetime(2024, 3, 30, 20, tzinfo=UTC) + timedelta(hours=n % 40) for n in range(MANY)],
            pa.timestamp("us", "Europe/Berlin"),
        ),
        "price": pa.array([Decimal(n % 70) / 8 if n % 7 else None for n in range(MANY)], pa.decimal128(9, 3)),
        "code": [n % 5 * 1.5 if n % 11 else (math.nan if n % 2 else None) for n in range(MANY)],
        "embedding": pa.array([[n / 4, 1.0] for n in range(MANY)], pa.list_(pa.float64())),
        "script": ["<script>alert(1)</script>"] * MANY,
    }
)

KINDS: dict[str, Kind] = {"code": "nominal"}

COLUMNS = [name for name in TABLE.column_names if name != "embedding"]
CHARTS = [[name, 6] for name in COLUMNS]
FEW: list[Predicate] = [
    All(),
    OneOf("word", ("cat", "dog", "a_b", "été")),
    InRange("measure", 0, 5),
    All((InRange("measure", 0), Equals("truth", True), InRange("tenths", 0.3, 0.9, closed=True))),
    All((AnyOf((Equals("word", "cat"), InRange("measure", 7))), Not(IsNull("number")))),
    Not(OneOf("number", (0.5, math.nan))),
    InRange("day", date(2024, 2, 27), date(2024, 3, 2)),
    InRange("moment", datetime(1970, 1, 1), None),
    InRange("zoned", datetime(2024, 3, 31, tzinfo=UTC), datetime(2024, 3, 31, 12, tzinfo=UTC)),
    InRange("price", 0.125, 5),
    OneOf("code", (3.0, math.nan)),
    OneOf("long", (2**62 + 1, 2**62 + 2**40, 2**62 + 2**41 + 1)),
    OneOf("id", ("row 3", "row 300", "no row")),
    AnyOf(),
]
TEXTS = [
    TextContains("letters", "ÄRGER"),
    TextContains("letters", "STRASSE"),
    TextContains("letters", "日", case=True),
    TextContains("letters", "face", whole_word=True),
    TextContains("letters", "本", whole_word=True),
    TextContains("letters", "^.{2}$", regex=True),
    TextContains("letters", r"\bface\b", regex=True),
    TextContains("word", r"[[:punct:]]", regex=True),
    TextContains("word", r"\Qa.b\E", regex=True),
    TextContains("word", r"(?i)CAT\z", regex=True, case=True),
]
SORTS = [
    [Order("number")],
    [Order("number", descending=True), Order("word")],
    [Order("word", descending=True)],
    [Order("moment", descending=True)],
    [Order("long"), Order("measure")],
    [Order("single", descending=True)],
    [Order("day"), Order("truth"), Order("id", descending=True)],
    [Order("letters"), Order("many")],
    [Order("whole")],
]
GROUPS = [
    [Group("word")],
    [Group("truth"), Group("word")],
    [Group("number", 4)],
    [Group("number")],
    [Group("tenths", 3), Group("truth")],
    [Group("day")],
    [Group("when")],
    [Group("many")],
    [Group("long"), Group("__proto__")],
    [Group("moment", 4)],
    [Group("zoned", 5)],
    [Group("zoned")],
    [Group("code")],
    [Group("code", 2), Group("price", 3)],
    [Group("day", 4)],
]
LASSO = [[-3.0, 0.0], [9.0, -1.0], [4.0, 12.0], [5.0, 3.0], [-2.0, 9.0]]


PARTS = [
    predicate_to_json(each) for each in (Equals("word", "cat"), IsNull("word"), InRange("measure", 0, 5))
]


def _asked(ask: str, predicate: Predicate | None = None, **parts: Any) -> dict[str, Any]:
    filters = {} if predicate is None else {"filters": predicate_to_json(predicate)}
    return {"ask": ask, **filters, **parts}


def _orders(sort: list[Order]) -> list[dict[str, Any]]:
    return [{"column": order.column, "descending": order.descending} for order in sort]


def _groups(groups: list[Group]) -> list[dict[str, Any]]:
    return [{"column": group.column, "bins": group.bins} for group in groups]


QUESTIONS: list[dict[str, Any]] = [
    *(
        _asked("count", predicate)
        for condition in [*CONDITIONS, *FEW, *TEXTS]
        for predicate in (condition, ~condition)
    ),
    *(_asked("bars", column=name, most=most) for name in COLUMNS for most in (1, 3, 7, 20, 97, 500)),
    *(_asked("counts", predicate, charts=CHARTS, mean=None) for predicate in FEW),
    *(_asked("counts", predicate, charts=CHARTS[:5], mean="other measure") for predicate in FEW[:4]),
    *(_asked("counts", predicate, charts=CHARTS, parts=PARTS) for predicate in FEW[:4]),
    *(
        _asked("cube", predicate, active=["measure", 20], positions=40, charts=CHARTS, parts=PARTS)
        for predicate in FEW[:4]
    ),
    _asked("counts", charts=CHARTS, parts=[]),
    *(_asked("pairs", predicate, x=["measure", 8], y=["word", 5], parts=PARTS) for predicate in FEW[:4]),
    *(
        _asked("groups", predicate, groups=_groups([Group("truth"), Group("word")]), most=most, parts=PARTS)
        for predicate in FEW[:4]
        for most in (2, 1_000)
    ),
    *(
        _asked("points", predicate, x="measure", y="tenths", most=most, grid=[7, 5], parts=PARTS)
        for predicate in FEW[:4]
        for most in (3, 1_000)
    ),
    *(
        _asked("cube", predicate, active=[name, most], positions=positions, charts=CHARTS)
        for name, most, positions in (
            ("measure", 20, 200),
            ("tenths", 10, 50),
            ("number", 5, 300),
            ("moment", 9, 7),
        )
        for predicate in FEW[:6]
    ),
    *(
        _asked("pairs", predicate, x=[x, 8], y=[y, 5])
        for x, y in (("word", "truth"), ("measure", "number"), ("many", "tenths"), ("day", "long"))
        for predicate in FEW[:4]
    ),
    *(
        _asked("rows", predicate, sort=_orders(sort), start=start, stop=start + 40, columns=None)
        for sort in SORTS
        for predicate, start in ((All(), 0), (FEW[2], 20), (FEW[5], 350))
    ),
    _asked("rows", start=355, stop=500, columns=["word", "__proto__", "constructor"]),
    _asked("ids", FEW[3], most=1_000),
    _asked("ids", FEW[2], sort=_orders(SORTS[1]), most=5),
    _asked("by_id", ids=["row 5", "no row", "row 359", "row 0"], columns=None),
    _asked("by_id", ids=["row 5"], columns=["__proto__"]),
    *(
        _asked("groups", predicate, groups=_groups(groups), most=most)
        for groups in GROUPS
        for predicate, most in ((All(), 1_000), (FEW[3], 3))
    ),
    *(
        _asked("points", predicate, x=x, y=y, color=color, box=box, most=most, grid=[7, 5])
        for x, y in (("measure", "other measure"), ("number", "tenths"), ("whole", "long"))
        for color, box, most, predicate in (
            (["word", 3], None, 1_000, All()),
            (None, None, 3, All()),
            (["truth", 9], [-1.0, 4.0, 0.0, 1.0], 1_000, FEW[2]),
            (None, [-1.0, 4.0, 0.0, 10.0], 2, FEW[3]),
        )
    ),
    *(
        _asked("inside", predicate, x="measure", y="other measure", polygon=LASSO, most=most)
        for predicate, most in ((All(), 1_000), (FEW[3], 2))
    ),
]
"""Questions with an answer."""

REFUSED: list[Any] = [
    None,
    [],
    {"ask": "nothing of the kind"},
    {"ask": "count", "filters": {"column": "nowhere", "equals": 1}},
    {"ask": "count", "filters": {"column": "number", "equals": "0.5"}},
    {"ask": "count", "filters": {"column": "truth", "equals": 1}},
    {"ask": "count", "filters": {"column": "number", "range": [2, 1], "closed": False}},
    {
        "ask": "count",
        "filters": {"column": "number", "text": "1", "case": False, "word": False, "regex": False},
    },
    {
        "ask": "count",
        "filters": {"column": "word", "text": "(a", "case": False, "word": False, "regex": True},
    },
    {
        "ask": "count",
        "filters": {"column": "word", "text": "(?=a)", "case": False, "word": False, "regex": True},
    },
    {"ask": "count", "filters": {"column": "when", "equals": {"time": "2020-02-31"}}},
    {"ask": "count", "filters": {"some": []}},
    {"ask": "count", "filters": {"column": "word", "equals": None}},
    {"ask": "bars", "column": "nowhere", "most": 5},
    {"ask": "bars", "column": "word", "most": 0},
    {"ask": "bars", "column": "word", "most": 1e9},
    {"ask": "cube", "active": ["word", 5], "positions": 20, "charts": [["number", 5]]},
    {"ask": "counts", "charts": [["word"]], "mean": None},
    {"ask": "counts", "charts": [["word", 5]], "parts": "word"},
    {"ask": "counts", "charts": [["word", 5]], "parts": [{"column": "nowhere", "null": True}]},
    {"ask": "points", "x": "measure", "y": "tenths", "most": 9, "parts": [{"some": []}]},
    {"ask": "counts", "charts": [["word", 5]], "mean": "word"},
    {"ask": "rows", "start": 5, "stop": 4},
    {"ask": "rows", "start": 0, "stop": 1_000_000},
    {"ask": "rows", "start": 0, "stop": 5, "columns": ["nowhere"]},
    {"ask": "rows", "start": 0, "stop": 5, "sort": [{"column": "nowhere"}]},
    {"ask": "by_id", "ids": [1]},
    {"ask": "groups", "groups": [], "most": 5},
    {"ask": "groups", "groups": [{"column": "nowhere"}], "most": 5},
    {"ask": "points", "x": "word", "y": "measure", "most": 10},
    {"ask": "points", "x": "measure", "y": "tenths", "most": 10, "box": [0, 1, 2]},
    {"ask": "inside", "x": "measure", "y": "tenths", "most": 10, "polygon": [[0, 0], [1, 1]]},
]
"""Questions that are refused in words."""

assert set(NAMES) <= set(COLUMNS)
