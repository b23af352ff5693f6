"""Queries become typed trees, and the evaluator follows the written rules."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imlkit.errors import QueryError
from imlkit.matching import MISSING, in_order, kind_of, matches, value_at
from imlkit.query import (
    And,
    Compare,
    Exists,
    In,
    Matches,
    Not,
    Or,
    escaped,
    parse,
    parse_path,
    parse_sort,
)


def test_a_query_becomes_a_tree() -> None:
    assert parse(None) == parse({}) == And(())
    assert parse({"y": "cat"}) == Compare(("y",), "$eq", "cat")
    assert parse({"a.b": {"$gt": 1, "$lte": 2}}) == And(
        (Compare(("a", "b"), "$gt", 1), Compare(("a", "b"), "$lte", 2))
    )
    assert parse({"$or": [{"a": {"$ne": 1}}, {"a": {"$nin": [1, None]}}]}) == Or(
        (Not(Compare(("a",), "$eq", 1)), Not(In(("a",), (1, None))))
    )
    assert parse({"$not": {"a": {"$exists": False}}}) == Not(Not(Exists(("a",))))
    assert parse({"a": {"$regex": "^x", "$options": "i"}}) == Matches(("a",), "^x", True)
    assert parse({"a": {"$not": {"$regex": "x"}}}) == Not(Matches(("a",), "x"))


def test_values_become_pythons_own() -> None:
    tree = parse({"a": {"$in": [np.int64(3), np.float32(0.5), np.bool_(True), np.str_("x")]}})
    assert isinstance(tree, In)
    assert [type(value) for value in tree.values] == [int, float, bool, str]
    east = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert parse({"a": east}) == Compare(("a",), "$eq", datetime(2026, 1, 1, tzinfo=UTC))
    assert parse({"a": datetime(2026, 1, 1)}) == Compare(("a",), "$eq", datetime(2026, 1, 1, tzinfo=UTC))


def test_trees_are_values() -> None:
    query = {"$or": [{"y": "cat"}, {"n": {"$in": [1, 2]}}]}
    assert hash(parse(query)) == hash(parse(query))
    assert parse(query) == parse(query)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_any_name_survives_being_escaped(names: list[str]) -> None:
    assert parse_path(".".join(escaped(name) for name in names)) == tuple(names)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("a", ("a",)),
        ("a.b", ("a", "b")),
        ("", ("",)),
        (".", ("", "")),
        ("a\\.b.c", ("a.b", "c")),
        ("\\\\.a", ("\\", "a")),
        ("\\$a", ("$a",)),
        ("a\\", ("a\\",)),
    ],
)
def test_paths_are_split_at_dots(path: str, names: tuple[str, ...]) -> None:
    assert parse_path(path) == names


def test_an_unknown_operator_is_named_with_those_there_are() -> None:
    with pytest.raises(QueryError) as raised:
        parse({"score": {"$greater": 3}})
    assert "'$greater'" in str(raised.value)
    assert "'score'" in str(raised.value)
    for operator in ("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists", "$regex", "$not"):
        assert operator in str(raised.value)
    with pytest.raises(QueryError) as raised:
        parse({"$price": 3})
    assert repr(escaped("$price")) in str(raised.value)


def test_a_query_nested_without_end_is_refused() -> None:
    query: dict[str, object] = {"a": 1}
    for _ in range(60):
        query = {"$not": query}
    with pytest.raises(QueryError, match="nested more than 16 deep"):
        parse(query)
    condition: dict[str, object] = {"$gt": 1}
    for _ in range(60):
        condition = {"$not": condition}
    with pytest.raises(QueryError, match="nested more than 16 deep"):
        parse({"a": condition})


def test_sorting_takes_directions_alone() -> None:
    assert parse_sort({"a.b": 1, "c": -1}) == ((("a", "b"), False), (("c",), True))
    for sort in ({"a": "up"}, {"a": 0}, ["a"], "a"):
        with pytest.raises(QueryError, match="1"):
            parse_sort(sort)  # type: ignore[arg-type]


def test_values_are_reached_through_dictionaries_alone() -> None:
    document = {"a": {"b": [{"c": 1}], "d": None}, "t": "text"}
    assert value_at(document, ("a", "d")) is None
    for path in (("a", "b", "0"), ("a", "x"), ("t", "0"), ("x", "y")):
        assert value_at(document, path) is MISSING


def test_kinds_of_values() -> None:
    values = [
        None,
        MISSING,
        True,
        1,
        1.5,
        math.inf,
        math.nan,
        "x",
        datetime(2026, 1, 1),
        [1],
        {},
        b"x",
        np.ones(1),
    ]
    assert [kind_of(value) for value in values] == [
        "null",
        "null",
        "boolean",
        "number",
        "number",
        "number",
        "nan",
        "text",
        "date",
        "other",
        "other",
        "other",
        "other",
    ]


def test_documents_that_never_were_in_a_store_are_matched_too() -> None:
    assert matches(parse({"at": {"$lt": datetime(2026, 1, 2)}}), {"at": datetime(2026, 1, 1)})
    assert not matches(parse({"x": 1}), {"x": np.ones(1)})
    first: dict[str, object] = {"v": "b"}
    second: dict[str, object] = {"v": 3}
    assert in_order([first, second], parse_sort({"v": 1})) == [second, first]
