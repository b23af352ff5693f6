"""A view whose query changes."""

from __future__ import annotations

from imlkit.components.data.dataset import Dataset
from imlkit.location import data_store
from imlkit.session import Session
from imlkit.store import Change, Query
from imlkit.streams import Stream


def test_it_holds_what_the_latest_query_finds_and_tells_what_leaves_and_what_comes(session: Session) -> None:
    dataset = Dataset("drawings", data_store())
    dataset.create([{"id": id, "y": y} for id, y in zip("1234", "aabc", strict=True)])
    queries: Stream[Query] = Stream()
    view = dataset.where(queries)
    assert view.count() == 0
    told: list[Change] = []
    view.changes.skip(1).subscribe(told.append)
    queries.set({"y": "a"})
    assert [each["id"] for each in view.find()] == ["1", "2"]
    queries.set({"y": {"$in": ["a", "c"]}})
    queries.set({"id": {"$in": ["2", "3"]}})
    assert [(change.kind, change.ids) for change in told] == [
        ("created", ("1", "2")),
        ("created", ("4",)),
        ("removed", ("1", "4")),
        ("created", ("3",)),
    ]
    dataset.patch("2", {"y": "b"})
    assert (told[-1].kind, told[-1].ids) == ("updated", ("2",))
    assert not session.errors.has_value


def test_a_query_that_no_store_understands_is_reported_and_the_former_one_stays(session: Session) -> None:
    dataset = Dataset("drawings", data_store())
    dataset.create({"id": "1", "y": "a"})
    queries: Stream[Query] = Stream({"y": "a"})
    view = dataset.where(queries)
    queries.set({"y": {"$near": "a"}})
    assert "$near" in session.errors.value.message
    assert view.count() == 1
