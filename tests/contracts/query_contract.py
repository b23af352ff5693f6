"""What the queries of any store must find: exactly what Python finds by :mod:`imlkit.matching`."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from imlkit.errors import QueryError
from imlkit.matching import in_order, matches
from imlkit.query import escaped, parse, parse_sort
from imlkit.store import Store

_names = st.sampled_from(["y", "a", "b", "c d", 'q"', "$d", "e.f", "é", "%41", ""])
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.sampled_from(
        ["", "a", "b", "ab", "B", "1", "true", "nul\x00", "\x01", "\x01\x02", "%", "_", "é", "日", "🙂"]
    )
    | st.text(max_size=3)
    | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda moment: moment.replace(tzinfo=UTC))
)
_inner = st.dictionaries(_names, _scalars, max_size=2)
_values = (
    _scalars | st.lists(_scalars, max_size=2) | _inner | st.just(b"bytes") | st.builds(lambda: np.ones(2))
)
_documents = st.lists(st.dictionaries(_names, _values, max_size=4), max_size=6)
_paths = st.lists(_names.map(escaped), min_size=1, max_size=2).map(".".join) | st.just("id")
_ordered = _scalars.filter(lambda value: value is not None)
_conditions: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        _scalars
        | st.fixed_dictionaries(
            {}, optional={"$gt": _ordered, "$gte": _ordered, "$lt": _ordered, "$lte": _ordered}
        ).filter(bool)
        | st.builds(lambda value: {"$eq": value}, _scalars)
        | st.builds(lambda value: {"$ne": value}, _scalars)
        | st.builds(lambda values: {"$in": values}, st.lists(_scalars, max_size=4))
        | st.builds(lambda values: {"$nin": values}, st.lists(_scalars, max_size=4))
        | st.builds(lambda exists: {"$exists": exists}, st.booleans())
        | st.builds(
            lambda pattern, options: {"$regex": pattern, "$options": options},
            st.sampled_from(["a", "^b", ".", "^$", "[éB]", "\x00", "%"]),
            st.sampled_from(["", "i"]),
        )
        | st.builds(lambda inner: {"$not": inner}, _conditions.filter(lambda c: isinstance(c, dict)))
    )
)
_queries: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        st.dictionaries(_paths, _conditions, max_size=2)
        | st.builds(lambda parts: {"$and": parts}, st.lists(_queries, min_size=1, max_size=2))
        | st.builds(lambda parts: {"$or": parts}, st.lists(_queries, min_size=1, max_size=2))
        | st.builds(lambda part: {"$not": part}, _queries)
    )
)
_sorts = st.dictionaries(_paths, st.sampled_from([1, -1]), max_size=2)


def _numbers(documents: list[dict[str, Any]]) -> list[int]:
    return [document["number"] for document in documents]


class QueryContract:
    """The tests of queries, for any store."""

    @settings(
        max_examples=150,
        deadline=None,
        derandomize=True,
        suppress_health_check=[
            HealthCheck.differing_executors,
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
        ],
    )
    @given(documents=_documents, query=_queries, sort=_sorts)
    def test_any_query_finds_what_python_finds(
        self, store: Store, documents: list[dict[str, Any]], query: dict[str, Any], sort: dict[str, Any]
    ) -> None:
        try:
            predicate = parse(query)
        except QueryError as error:
            # Nothing else can be wrong with these queries.
            assume("deep" not in str(error))
            raise
        collection = store.collection("random")
        collection.remove({})
        collection.create([{**document, "number": n} for n, document in enumerate(documents)])
        everything = collection.find()
        assert _numbers(everything) == list(range(len(documents)))
        expected = [document for document in everything if matches(predicate, document)]
        assert _numbers(collection.find(query)) == _numbers(expected)
        assert _numbers(list(collection.iterate(query, batch=2))) == _numbers(expected)
        assert collection.count(query) == len(expected)
        assert _numbers(collection.find(query, sort=sort, select=["number"])) == _numbers(
            in_order(expected, parse_sort(sort))
        )

    def test_only_values_of_one_kind_compare(self, store: Store) -> None:
        things = store.collection("things")
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        values = [1, 1.0, True, "1", moment, None, [1], {"a": 1}, math.nan, np.ones(1)]
        things.create([{"v": value, "n": n} for n, value in enumerate(values)])
        things.create({"n": 10})

        def found(condition: Any) -> list[int]:
            return [document["n"] for document in things.find({"v": condition}, select=["n"])]

        assert found(1) == [0, 1]
        assert found(True) == [2]
        assert found("1") == [3]
        assert found(moment) == [4]
        assert found(None) == [5, 10]
        assert found(math.nan) == [8]
        assert found({"$gte": 0}) == [0, 1]
        assert found({"$gte": ""}) == [3]
        assert found({"$gte": False}) == [2]
        assert found({"$lt": datetime(9999, 1, 1)}) == [4]
        assert found({"$exists": True}) == list(range(10))
        assert found({"$ne": 1}) == [2, 3, 4, 5, 6, 7, 8, 9, 10]
        assert found({"$nin": [1, None]}) == [2, 3, 4, 6, 7, 8, 9]
        assert found({"$not": {"$gte": 0}}) == [2, 3, 4, 5, 6, 7, 8, 9, 10]
        assert found({"$in": []}) == []
        assert found({"$in": [True, "1"]}) == [2, 3]
        assert found({"$regex": "1"}) == [3]
        assert found({"$gte": np.int64(1), "$lte": np.float32(1)}) == [0, 1]

    def test_kinds_are_sorted_in_a_fixed_order_and_missing_comes_last(self, store: Store) -> None:
        things = store.collection("things")
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        ascending = [-math.inf, 1, 2.5, math.inf, math.nan, "", "B", "a", False, True, moment, [1]]
        things.create([{"v": None, "n": 100}, {"n": 101}])
        things.create([{"v": value, "n": n} for n, value in reversed(list(enumerate(ascending)))])
        order = list(range(len(ascending)))
        assert [each["n"] for each in things.find(sort={"v": 1})] == [*order, 100, 101]
        assert [each["n"] for each in things.find(sort={"v": -1})] == [*reversed(order), 100, 101]

    def test_ties_keep_the_order_of_creation(self, store: Store) -> None:
        things = store.collection("things")
        things.create([{"y": "ab"[n % 2], "n": n} for n in range(6)])
        assert [each["n"] for each in things.find(sort={"y": 1})] == [0, 2, 4, 1, 3, 5]
        assert [each["n"] for each in things.find(sort={"y": -1}, skip=1, limit=3)] == [3, 5, 0]
        assert [each["n"] for each in things.find(sort={"y": -1, "n": -1})] == [5, 3, 1, 4, 2, 0]

    def test_distinct_counts_values_in_order_of_first_creation(self, store: Store) -> None:
        things = store.collection("things")
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        for value in ["cat", 3, "dog", None, "cat", moment, 3.0, [1], {"a": 1}, np.ones(1), 0.5, "cat"]:
            things.create({"y": value, "inner": {"y": value}})
        things.create({"other": 1})
        expected = {"cat": 3, 3: 2, "dog": 1, None: 1, moment: 1, 0.5: 1}
        for field in ("y", "inner.y"):
            assert list(things.distinct(field).items()) == list(expected.items())
        assert things.distinct("y", {"y": {"$in": ["dog", 0.5]}}) == {"dog": 1, 0.5: 1}
        assert things.distinct("nowhere") == {}

    def test_many_values_and_many_conditions_are_no_trouble(self, store: Store) -> None:
        things = store.collection("things")
        things.create([{"n": n, "y": f"{n}\x00"} for n in range(20)])
        many = list(range(10, 5000))
        assert things.count({"n": {"$in": many}}) == 10
        assert things.count({"y": {"$in": [f"{n}\x00" for n in many]}}) == 10
        assert things.count({"n": {"$nin": many}}) == 10
        assert things.count({"id": {"$in": [str(n) for n in many]}}) == 0
        assert things.count({"$or": [{"n": n} for n in range(15, 515)]}) == 5
        assert things.count({"$and": [{"n": {"$ne": n}} for n in range(15, 515)]}) == 15

    @pytest.mark.parametrize(
        "inner", [{"y": {"$not": {"$nin": [1, None, "a", True]}}}, {"c.d": {"$regex": "."}}]
    )
    @pytest.mark.parametrize(
        "operators", [["$not"], ["$or"], ["$and", "$or"], ["$not", "$or"], ["$or", "$not", "$and"]]
    )
    def test_the_deepest_query_is_no_trouble(self, store: Store, inner: Any, operators: list[str]) -> None:
        things = store.collection("things")
        things.create([{"y": 1}, {"y": 2}, {"c": {"d": "x"}}])
        query = inner
        for level in range(14):
            operator = operators[level % len(operators)]
            # A second part beside it, so that nothing can be left out as a matter of course.
            query = {operator: query if operator == "$not" else [{"y": {"$ne": level}}, query]}
        expected = [each["id"] for each in things.find() if matches(parse(query), each)]
        assert [each["id"] for each in things.find(query)] == expected

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ({"a": {"$near": 1}}, r"'\$near'.*\$gte.*\$regex"),
            ({"$xor": []}, r"'\$xor'.*\$and, \$not, \$or"),
            ({"$and": []}, "at least one"),
            ({"a": {"b": 1}}, "dot"),
            ({"a": {}}, "empty"),
            ({"a": [1]}, "list"),
            ({"a": {"$in": "cat"}}, "list of values"),
            ({"a": {"$gt": None}}, "None"),
            ({"a": {"$regex": "("}}, "no regular expression"),
            ({"a": {"$regex": "a", "$options": "q"}}, "ignore case"),
            ({"a": {"$options": "i"}}, "needs a"),
            ({"a": {"$exists": 1}}, "True or False"),
            ({"a": 2**63}, "64 bits"),
            ({"a": b"bytes"}, "bytes"),
            ({"a": "\ud800"}, "character pair"),
            ({"$or": [{"n": n} for n in range(501)]}, r"\$in"),
            ({"a": {"$not": 1}}, "condition"),
            ("cat", "dictionary"),
        ],
        ids=range(18),
    )
    def test_what_is_no_query_is_explained(self, store: Store, query: Any, said: str) -> None:
        things = store.collection("things")
        for attempt in (things.find, things.count, things.iterate):
            with pytest.raises(QueryError, match=said):
                attempt(query)
        with pytest.raises(QueryError, match="neither 1"):
            things.find(sort={"a": 2})  # type: ignore[dict-item]
