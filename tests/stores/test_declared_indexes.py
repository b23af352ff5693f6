"""Fields that are declared are found by indexes, and questions mean what they meant."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import event

from imlkit.matching import in_order, matches
from imlkit.query import escaped, parse, parse_sort
from imlkit.stores.postgresql import PostgreSQLStore
from imlkit.stores.sqlite import SQLiteStore

SQLStore = SQLiteStore | PostgreSQLStore
ODD = ['a"b', "x'; drop table documents; --", "été", "50%", "back\\slash", "a:b", "$d", "", "日本"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SQLStore]:
    if request.param == "sqlite":
        store: SQLStore = SQLiteStore(tmp_path / "data")
    else:
        store = PostgreSQLStore(request.getfixturevalue("location"))
    yield store
    store.close()


class Asked:
    """The statements that a store runs, and by which indexes it does."""

    def __init__(self, store: SQLStore) -> None:
        self._engine = store._file._engine if isinstance(store, SQLiteStore) else store._database.engine
        self._statements: list[tuple[str, Any]] = []
        event.listen(self._engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        if "declared_" not in f"{statement}{parameters}" and "documents" in statement:
            self._statements.append((statement, parameters))

    def plans(self, ask: Callable[[], object]) -> list[str]:
        """Return how the questions are answered that an action asks."""
        self._statements.clear()
        ask()
        explain = "EXPLAIN QUERY PLAN" if self._engine.dialect.name == "sqlite" else "EXPLAIN"
        plans = []
        for statement, parameters in list(self._statements):
            with self._engine.connect() as connection:
                rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
            plans.append("\n".join(str(row[-1]) for row in rows))
        assert plans
        return plans


def values() -> list[Any]:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    numbers = [n / 4 for n in range(-8, 8)]
    texts = ["", "a", "b", "é", "日", "a'b", "%", "1"]
    moments = [moment + timedelta(days=n) for n in range(4)]
    others: list[Any] = [True, False, None, math.nan, math.inf, [1], {"b": 1}, 2**60, "nul\x00"]
    return (numbers + texts + moments + others) * 3


def test_questions_of_declared_fields_mean_what_they_meant(store: SQLStore) -> None:
    things = store.collection("things")
    things.create([{"v": value, "n": n} for n, value in enumerate(values())] + [{"n": 1000}])
    store.collection("others").create([{"v": value} for value in values()])
    assert store.declare_indexes({"things": ["v"]}) == 7
    everything = things.find()
    queries: list[Any] = [
        None,
        {"v": 1},
        {"v": "a'b"},
        {"v": None},
        {"v": True},
        {"v": {"$gt": 0, "$lte": 1.5}},
        {"v": {"$gte": "a"}},
        {"v": {"$gt": datetime(2026, 1, 2, tzinfo=UTC)}},
        {"v": {"$in": [1, "a", None, True]}},
        {"v": {"$in": [1, 2, 3]}},
        {"v": {"$ne": 1}},
        {"$or": [{"v": 1}, {"v": "b"}]},
        {"v.b": 1},
    ]
    for query in queries:
        expected = [each for each in everything if query is None or matches(parse(query), each)]
        assert [each["n"] for each in things.find(query)] == [each["n"] for each in expected]
        assert things.count(query) == len(expected)
        for direction in (1, -1):
            ordered = [each["n"] for each in in_order(expected, parse_sort({"v": direction}))]
            for skip, limit in ((0, 5), (3, 60), (47, 20), (60, 500), (500, 5), (0, 0)):
                page = things.find(query, {"v": direction}, skip, limit)
                assert [each["n"] for each in page] == ordered[skip : skip + limit]


@pytest.mark.parametrize("name", ODD)
def test_fields_and_collections_of_any_name_can_be_declared(tmp_path: Path, name: str) -> None:
    store = SQLiteStore(tmp_path / "data")
    _find_declared(store, name)
    store.close()


@pytest.mark.slow
def test_fields_of_any_name_can_be_declared_in_postgresql(location: str) -> None:
    store = PostgreSQLStore(location)
    for name in ODD:
        _find_declared(store, name)
    store.close()


def _find_declared(store: SQLStore, name: str) -> None:
    things = store.collection(name)
    things.create([{name: n % 500, "in": {name: str(n)}} for n in range(2_000)])
    field = escaped(name)
    assert store.declare_indexes({name: [field, f"in.{field}"]}) == 14
    asked = Asked(store)
    for query in ({field: 7}, {f"in.{field}": "7"}):
        (plan,) = asked.plans(lambda query=query: things.count(query))  # type: ignore[misc]
        assert "declared_" in plan
    assert [each["in"][name] for each in things.find({field: 7})] == ["7", "507", "1007", "1507"]
    assert store.declare_indexes({}) == 14
    assert things.count({field: 7}) == 4


def test_equality_ranges_lists_and_sorting_are_answered_by_the_index(store: SQLStore) -> None:
    things = store.collection("things")
    things.create([{"score": n * 7 % 5_000, "name": str(n), "note": "drawn"} for n in range(5_000)])
    store.declare_indexes({"things": ["score", "name"]})
    asked = Asked(store)
    questions: dict[str, Callable[[], object]] = {
        "equality": lambda: things.find({"score": 70}),
        "text": lambda: things.find({"name": "70"}, limit=10),
        "range": lambda: things.find({"score": {"$gte": 10, "$lt": 20}}),
        "half a range": lambda: things.count({"score": {"$gt": 4_990}}),
        "list": lambda: things.find({"score": {"$in": [1, 2, 3]}}),
        "list of texts": lambda: things.find({"name": {"$in": ["1", "2"]}}),
        "with another field": lambda: things.find({"score": 70, "note": {"$gt": ""}}),
        "sorted": lambda: things.find(sort={"score": 1}, limit=10),
        "sorted descending": lambda: things.find(sort={"score": -1}, limit=10),
        "counted by value": lambda: things.distinct("name", {"score": 70}),
    }
    for what, ask in questions.items():
        for plan in asked.plans(ask):
            assert "declared_" in plan, (what, plan)


def test_indexes_are_made_once_and_dropped_when_they_are_declared_no_more(store: SQLStore) -> None:
    store.collection("things").create([{"a": n, "b": n} for n in range(10)])
    assert store.declare_indexes({"things": ["a", "b", "a", "id"], "none yet": ["a"]}) == 21
    assert store.declare_indexes({"things": ["a", "b"], "none yet": ["a"]}) == 0
    assert store.declare_indexes({"things": ["b"]}) == 14
    assert store.declare_indexes({}) == 7


def test_a_declared_field_is_found_many_times_faster(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "data")
    things = store.collection("things")
    things.create([{"slow": n, "fast": n} for n in range(20_000)])
    store.declare_indexes({"things": ["fast"]})

    def taken(ask: Callable[[], object]) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            ask()
            times.append(time.perf_counter() - start)
        return median(times)

    assert taken(lambda: things.find({"slow": 9})) > 4 * taken(lambda: things.find({"fast": 9}))
    slow, fast = (taken(lambda f=f: things.find(sort={f: -1}, limit=5)) for f in ("slow", "fast"))  # type: ignore[misc]
    assert slow > 4 * fast
    store.close()


@pytest.mark.slow
def test_two_servers_on_one_database_make_its_indexes_together(location: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    one, other = PostgreSQLStore(location), PostgreSQLStore(location)
    one.collection("things").create([{"a": n} for n in range(2_000)])
    with ThreadPoolExecutor(2) as pool:
        made = pool.map(lambda store: store.declare_indexes({"things": ["a"]}), (one, other))
        assert sorted(made) == [0, 7]
    assert one.collection("things").count({"a": 5}) == 1
    one.close()
    other.close()
