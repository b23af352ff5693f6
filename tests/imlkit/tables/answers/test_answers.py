"""What pages are told of a table."""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from imlkit.errors import DataError
from imlkit.tables import All, Equals, InRange, Predicate, Table, TextContains
from imlkit.tables.answers.answers import Answers
from imlkit.tables.answers.point_answers import holds
from imlkit.tables.predicates.predicate_json import predicate_from_json, predicate_to_json

PEOPLE = pa.table(
    {
        "id": [f"p{n}" for n in range(8)],
        "age": pa.array([20, 30, 30, 40, None, 20, 60, 2**60]),
        "size": [1.5, math.nan, math.inf, 1.5, 2.5, None, -1.0, 0.0],
        "town": ["Ulm", "Bonn", "Ulm", None, "Ulm", "Bonn", "<b>", ""],
        "born": pa.array([date(2000, 1, n + 1) for n in range(8)]),
        "seen": pa.array([datetime(2020, 1, 1, n) for n in range(8)], pa.timestamp("us")),
        "vector": [[float(n), 1.0] for n in range(8)],
    }
)


@pytest.fixture(scope="module")
def people() -> Table:
    return Table(PEOPLE)


def asked(table: Table, kind: str, /, **parts: Any) -> dict[str, Any]:
    if "filters" in parts and isinstance(parts["filters"], Predicate):
        parts["filters"] = predicate_to_json(parts["filters"])
    # A question crosses as JSON.
    return Answers.of(table).answer(json.loads(json.dumps({"ask": kind, **parts})))


def test_rows_are_counted(people: Table) -> None:
    assert asked(people, "count", filters=Equals("town", "Ulm")) == {"count": 3, "total": 8}
    assert asked(people, "count") == {"count": 8, "total": 8}


def test_values_of_rows_are_strict_json(people: Table) -> None:
    said = asked(people, "rows", start=0, stop=8, columns=None)
    assert said["total"] == 8
    json.dumps(said, allow_nan=False)
    first, second, third = said["rows"][:3]
    assert first == {
        "id": "p0",
        "age": 20,
        "size": 1.5,
        "town": "Ulm",
        "born": {"date": "2000-01-01"},
        "seen": {"time": "2020-01-01T00:00:00"},
        "vector": "[0.0, 1.0]",
    }
    assert (second["size"], third["size"]) == ({"number": "nan"}, {"number": "inf"})
    assert said["rows"][5]["size"] is None
    assert said["rows"][7]["age"] == {"integer": str(2**60)}


def test_rows_come_in_their_order_page_by_page(people: Table) -> None:
    sort = [{"column": "age", "descending": True}]
    pages = [
        asked(people, "rows", start=start, stop=start + 3, columns=["age"], sort=sort)
        for start in (0, 3, 6, 9)
    ]
    ids = [row["id"] for page in pages for row in page["rows"]]
    assert ids == ["p7", "p6", "p3", "p1", "p2", "p0", "p5", "p4"]
    assert asked(people, "ids", sort=sort, most=3) == {"ids": ids[:3], "total": 8}


def test_rows_are_found_by_their_ids_in_the_order_of_asking(people: Table) -> None:
    said = asked(people, "by_id", ids=["p5", "gone", "p1"], columns=["town"])
    assert said["rows"] == [{"id": "p5", "town": "Bonn"}, {"id": "p1", "town": "Bonn"}]


def test_groups_tell_their_values_their_sizes_and_how_they_are_found(people: Table) -> None:
    said = asked(people, "groups", groups=[{"column": "town", "bins": None}], most=100)
    assert [(group["key"], group["count"]) for group in said["groups"]] == [
        (["Ulm"], 3),
        (["Bonn"], 2),
        ([""], 1),
        (["<b>"], 1),
        ([None], 1),
    ]
    assert said["others"] == 0
    for group in said["groups"]:
        assert people.count(predicate_from_json(group["filters"])) == group["count"]


def test_groups_of_bins_and_of_several_columns(people: Table) -> None:
    groups = [{"column": "size", "bins": 2}, {"column": "town", "bins": None}]
    said = asked(people, "groups", groups=groups, most=100)
    assert sum(group["count"] for group in said["groups"]) == 8
    assert said["groups"][0]["key"] == [{"range": [-1.0, 0.75], "closed": False}, ""]
    for group in said["groups"]:
        assert people.count(predicate_from_json(group["filters"])) == group["count"]
    few = asked(people, "groups", groups=groups, most=2)
    assert (len(few["groups"]), few["others"]) == (2, len(said["groups"]) - 2)


def test_groups_of_decimals_are_numbers() -> None:
    prices = [Decimal("1.50"), Decimal("1.50"), Decimal("20.00"), None]
    table = Table(pa.table({"id": range(4), "price": pa.array(prices, pa.decimal128(6, 2))}))
    said = asked(table, "groups", groups=[{"column": "price", "bins": None}], most=9)
    assert [(group["key"], group["count"]) for group in said["groups"]] == [
        ([1.5], 2),
        ([20], 1),
        ([None], 1),
    ]


def test_bars_and_counts_are_told(people: Table) -> None:
    bars = asked(people, "bars", column="town", most=2)
    assert (bars["values"], bars["specials"], bars["totals"]) == (
        ["Ulm", "Bonn"],
        ["others", "null"],
        [3, 2, 2, 1],
    )
    filters = All((Equals("town", "Ulm"), InRange("size", 1.5, 2.0)))
    said = asked(people, "counts", charts=[["town", 2], ["size", 2]], filters=filters, mean="size")
    assert said["counts"][0] == [1, 0, 0, 1]
    assert sum(said["counts"][1]) == 3
    assert said["means"][0] == [1.5, None, None, 1.5]
    assert asked(people, "counts", charts=[], filters=filters, mean=None)["means"] is None


def test_a_cube_counts_every_range(people: Table) -> None:
    said = asked(people, "cube", active=["size", 2], positions=7, charts=[["town", 2]], filters=All())
    edges, sums = said["edges"], said["sums"][0].reshape(8, 4)
    assert (edges[0], edges[-1], len(edges)) == (-1.0, 2.5, 8)
    for low in range(8):
        for high in range(low, 8):
            within = (
                InRange("size", edges[low], edges[high], closed=high == 7) if high > low else Equals("id", "")
            )
            expected = [
                people.count(within & Equals("town", "Ulm")),
                people.count(within & Equals("town", "Bonn")),
            ]
            assert (sums[high] - sums[low])[:2].tolist() == expected
    with pytest.raises(DataError, match="only those can be brushed"):
        asked(people, "cube", active=["town", 2], positions=7, charts=[["size", 2]], filters=All())


def test_pairs_are_counted(people: Table) -> None:
    said = asked(people, "pairs", x=["town", 2], y=["age", 2], filters=TextContains("town", "u"))
    assert said["counts"].sum() == people.count(TextContains("town", "u"))


def test_pairs_and_groups_of_each_part_are_those_of_its_filter(people: Table) -> None:
    parts = [TextContains("town", "u"), ~TextContains("town", "u")]
    told = {"filters": InRange("age", 0, 40), "parts": [predicate_to_json(each) for each in parts]}
    questions: list[tuple[str, dict[str, Any]]] = [
        ("pairs", {"x": ["town", 2], "y": ["age", 2]}),
        ("groups", {"groups": [{"column": "town", "bins": None}], "most": 10}),
    ]
    for kind, question in questions:
        said = asked(people, kind, **question, **told)
        assert len(said["parts"]) == 2
        for part, answer in zip(parts, said["parts"], strict=True):
            alone = asked(people, kind, **question, filters=All((InRange("age", 0, 40), part)))
            if kind == "pairs":
                np.testing.assert_array_equal(answer, alone["counts"])
                assert alone["counts"].sum() == people.count(All((InRange("age", 0, 40), part)))
            else:
                assert (answer["groups"], answer["others"]) == (alone["groups"], alone["others"])


def test_points_and_density_are_of_the_same_rows() -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(2, 1000))
    x[:3] = [math.nan, math.inf, 0]
    table = Table({"id": np.arange(1000), "x": x, "y": y, "odd": np.arange(1000) % 2})
    few = asked(
        table, "points", x="x", y="y", color=["odd", 2], filters=All(), box=None, most=1000, grid=[10, 10]
    )
    assert (few["total"], few["left_out"], len(few["ids"])) == (998, 2, 998)
    assert (few["x"] == x[few["ids"]]).all()
    assert len(set(few["color"])) == 2
    many = asked(table, "points", x="x", y="y", color=None, filters=All(), box=None, most=900, grid=[10, 8])
    expected, _, _ = np.histogram2d(y[2:], x[2:], (8, 10), [few["box"][2:], few["box"][:2]])
    assert (many["density"].reshape(8, 10) == expected).all()
    box = [0.0, 1.0, 0.0, 1.0]
    near = asked(table, "points", x="x", y="y", color=None, filters=All(), box=box, most=900, grid=[10, 8])
    assert near["total"] == ((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)).sum()


def test_a_lasso_holds_what_is_in_it() -> None:
    random = np.random.default_rng(1)
    x, y = random.uniform(-1, 1, (2, 5000))
    table = Table({"id": np.arange(5000), "x": x, "y": y})
    corners = [[0.0, -0.9], [0.8, 0.0], [0.0, 0.9], [-0.8, 0.0]]
    said = asked(table, "inside", x="x", y="y", polygon=corners, filters=All(), most=100)
    diamond = np.flatnonzero(np.abs(x) / 0.8 + np.abs(y) / 0.9 < 1)
    assert (said["total"], said["ids"]) == (len(diamond), diamond[:100].tolist())
    ring = [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
        [-1, -1],
        [-0.5, -0.5],
        [0.5, -0.5],
        [0.5, 0.5],
        [-0.5, 0.5],
        [-0.5, -0.5],
    ]
    held = holds(np.array(ring, float), x, y)
    assert (held == ((np.abs(x) > 0.5) | (np.abs(y) > 0.5))).all()
    with pytest.raises(DataError, match="three corners"):
        asked(table, "inside", x="x", y="y", polygon=corners[:2], filters=All(), most=100)


@pytest.mark.parametrize(
    ("kind", "parts", "words"),
    [
        ("drop", {}, "Nobody answers 'drop'"),
        ("rows", {"start": 0, "stop": 5000, "columns": None}, "“stop”"),
        ("rows", {"start": 0, "stop": 5, "columns": ["nowhere"]}, "no column “nowhere”"),
        (
            "rows",
            {"start": 0, "stop": 5, "columns": None, "sort": [{"column": "nowhere"}]},
            "no column “nowhere”",
        ),
        ("groups", {"groups": [], "most": 5}, "by no column"),
        ("groups", {"groups": [{"column": "nowhere"}], "most": 5}, "no column “nowhere”"),
        ("bars", {"column": "nowhere", "most": 5}, "no column “nowhere”"),
        ("counts", {"charts": [["nowhere", 5]]}, "no column “nowhere”"),
        ("counts", {"charts": [["town", 5]], "mean": "nowhere"}, "no column “nowhere”"),
        ("counts", {"charts": [["town", 5]], "mean": "town"}, "“town”"),
        ("points", {"x": "town", "y": "age", "most": 5}, "no column “town” of numbers"),
        ("pairs", {"x": ["town", 5000], "y": ["nowhere", 5000]}, "no column “nowhere”"),
        ("count", {"filters": {"column": "nowhere", "null": True}}, "no column “nowhere”"),
    ],
)
def test_what_cannot_be_answered_is_said(people: Table, kind: str, parts: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        asked(people, kind, **parts)
