"""What an event log promises."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imlkit import EventLog, Stream, data_store
from imlkit.errors import DataError, StoreUnavailableError
from imlkit.session import Session
from imlkit.stores.memory import MemoryStore


class Clock:
    """Tells a time that only a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def test_events_are_kept_in_order_with_their_times() -> None:
    log = EventLog("study", data_store("memory:"), about={"participant": "K7"}, clock=Clock())
    log.record("capture", label="cat")
    log.record("train")
    first, second = log.find()
    assert (first["kind"], first["label"], first["participant"]) == ("capture", "cat", "K7")
    assert first["time"] == datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC)
    assert (second["kind"], second["time"] - first["time"]) == ("train", timedelta(seconds=1))


def test_logs_of_one_name_in_one_store_are_one_and_others_are_apart() -> None:
    store = data_store("memory:")
    one, other = (EventLog("study", store, {"participant": name}) for name in "AB")
    for log in (one, other):
        log.record("open")
        assert log.flush()
    assert [event["participant"] for event in EventLog("study", store).find()] == ["A", "B"]
    assert EventLog("another", store).find() == []
    assert [event["participant"] for event in other.find({"participant": "B"})] == ["B"]


def test_of_events_of_one_id_the_first_is_kept() -> None:
    log = EventLog("study", data_store("memory:"))
    log.record("remove", once="removed 1", by="one page")
    log.record("remove", once="removed 1", by="another page")
    assert [event["by"] for event in log.find()] == ["one page"]


def test_a_stream_is_observed_until_that_is_ended() -> None:
    log = EventLog("study", data_store("memory:"))
    clicks: Stream[int] = Stream()
    watching = log.observe("click", clicks, lambda number: {"number": number})
    clicks.set(1)
    clicks.set(2)
    watching.dispose()
    clicks.set(3)
    assert [event["number"] for event in log.find({"kind": "click"})] == [1, 2]


def test_recording_does_not_wait_for_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore("memory:")
    log = EventLog("study", store)
    slow, written = threading.Event(), store.collection("events/study").create

    def create(document: Any) -> Any:
        slow.wait(10)
        return written(document)

    monkeypatch.setattr(log._collection, "create", create)
    log.record("open")
    assert log.recorded.value["kind"] == "open"
    assert not log.flush(0.01)
    slow.set()
    assert len(log.find()) == 1


def test_what_could_not_be_kept_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    log = EventLog("study", data_store("memory:"))

    def create(document: Any) -> Any:
        raise StoreUnavailableError("the store is away")

    monkeypatch.setattr(log._collection, "create", create)
    log.record("open")
    assert log.flush()
    said = Session.current().errors.value
    assert (said.component, said.message) == (log, "the store is away")


def test_after_its_end_nothing_more_is_recorded_and_what_was_is_kept() -> None:
    log = EventLog("study", data_store("memory:"))
    log.record("open")
    log.dispose()
    log.record("late")
    assert [event["kind"] for event in log.find()] == ["open"]


def test_the_view_says_what_was_last() -> None:
    log = EventLog("study", data_store("memory:"), clock=Clock())
    view: Any = log.view()
    assert view.object == "Nothing has been recorded here yet."
    log.record("train")
    assert view.object == "Recorded last: train, at 12:00:01 UTC"


def test_names_that_would_hide_something_are_refused() -> None:
    store = data_store("memory:")
    with pytest.raises(DataError, match="give it a name"):
        EventLog("  ", store)
    with pytest.raises(DataError, match="'time', which every event has"):
        EventLog("study", store, {"time": 3})
    with pytest.raises(DataError, match="'id', which every event has"):
        EventLog("study", store).record("open", id="x")
