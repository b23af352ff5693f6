"""Networks that fail between a client and its server: all is done once, and nobody misses anything."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import requests

from imlkit.store import Change
from imlkit.stores.remote import RemoteStore, change_reader, connection
from imlkit.stores.server import change_hub
from imlkit.stores.sqlite import SQLiteStore
from tests.e2e.served import until
from tests.stores.faulty_network import FaultyNetwork, faulty_network
from tests.stores.serving import served

LARGE = np.random.default_rng(5).bytes(20 << 20)


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[str]:
    """A server."""
    with served(SQLiteStore(tmp_path / "data"), tmp_path / "uploads") as url:
        yield url


@pytest.fixture
def between(whole: str) -> Iterator[FaultyNetwork]:
    with faulty_network(whole) as between:
        yield between


@pytest.fixture
def store(between: FaultyNetwork) -> Iterator[RemoteStore]:
    store = RemoteStore(between.url)
    yield store
    store.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers and clients that find out in a second what takes them most of a minute."""
    monkeypatch.setattr(change_hub, "_RESTING", 0.3)
    monkeypatch.setattr(change_reader, "_SILENCE", 1.0)
    monkeypatch.setattr(connection, "_ANSWERING", 1.0)


def later(seconds: float, between: FaultyNetwork) -> threading.Timer:
    """Heal a network after some time."""
    timer = threading.Timer(seconds, between.heal)
    timer.start()
    return timer


def test_writes_and_reads_outlast_a_network_that_is_cut_for_a_moment(
    between: FaultyNetwork, store: RemoteStore
) -> None:
    things = store.collection("things")
    things.create({"id": "before"})
    between.cut()
    healing = later(0.3, between)
    things.create({"id": "after"})
    healing.join()
    between.cut()
    healing = later(0.3, between)
    assert [document["id"] for document in things.find()] == ["before", "after"]
    healing.join()


def test_a_write_whose_answer_is_lost_is_done_once(between: FaultyNetwork, store: RemoteStore) -> None:
    things = store.collection("things")
    things.create({"id": "before"})
    between.mute()

    def heal() -> None:
        between.cut()
        between.heal()

    healing = threading.Timer(0.3, heal)
    healing.start()
    things.create({"n": 1})
    healing.join()
    assert things.count({"n": 1}) == 1


@pytest.mark.usefixtures("impatient")
def test_writes_outlast_a_network_that_says_nothing_any_more(
    between: FaultyNetwork, store: RemoteStore
) -> None:
    things = store.collection("things")
    things.create({"n": 0})
    between.stall()
    healing = later(1.5, between)
    things.create({"n": 1})
    healing.join()
    assert sorted(each["n"] for each in things.find()) == [0, 1]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", ["cut", "stall"])
def test_who_follows_misses_nothing_when_the_network_fails_again_and_again(
    between: FaultyNetwork, store: RemoteStore, whole: str, fault: str
) -> None:
    things = store.collection("things")
    seen: list[Change] = []
    things.changes.subscribe(seen.append)
    beside = RemoteStore(whole)
    ids: list[str] = []
    for _ in range(3):
        ids += [beside.collection("things").create({})["id"] for _ in range(20)]
        getattr(between, fault)()
        ids += [beside.collection("things").create({})["id"] for _ in range(20)]
        between.heal()
    until(lambda: len(seen) >= len(ids))
    assert seen == [Change("created", "things", (id,)) for id in ids]
    beside.close()


@pytest.mark.parametrize("after", [1 << 20, 9 << 20, (20 << 20) + 1])
def test_an_upload_goes_on_from_where_the_network_was_cut(
    between: FaultyNetwork, store: RemoteStore, after: int
) -> None:
    between.cut_after(after, 0.3)
    kept = store.assets.put(LARGE)
    assert between.faults == 1
    assert kept.id == hashlib.sha256(LARGE).hexdigest()
    # What was sent at once when the network was cut goes twice, no more.
    assert len(LARGE) <= between.sent < len(LARGE) + (9 << 20)
    with store.assets.open(kept.id) as file:
        assert file.read() == LARGE


@pytest.mark.usefixtures("impatient")
def test_an_upload_goes_on_when_the_network_said_nothing_for_a_while(
    between: FaultyNetwork, store: RemoteStore
) -> None:
    between.stall_after(5 << 20, 1.5)
    kept = store.assets.put(LARGE)
    assert between.faults == 1
    with store.assets.open(kept.id) as file:
        assert file.read() == LARGE


def test_several_who_send_the_same_asset_at_once_all_have_it(whole: str) -> None:
    stores = [RemoteStore(whole) for _ in range(4)]
    with ThreadPoolExecutor(len(stores)) as threads:
        kept = list(threads.map(lambda store: store.assets.put(LARGE), stores))
    assert len({each.id for each in kept}) == 1
    with stores[0].assets.open(kept[0].id) as file:
        assert file.read() == LARGE
    assert len(list(stores[0].assets)) == 1
    for store in stores:
        store.close()


def test_an_asset_is_read_on_from_where_the_network_was_cut(
    between: FaultyNetwork, store: RemoteStore
) -> None:
    kept = store.assets.put(LARGE)
    before = between.received
    parts = []
    with store.assets.open(kept.id) as file:
        for _ in range(3):
            parts.append(file.read(6 << 20))
            between.cut()
            between.heal()
        parts.append(file.read())
    assert b"".join(parts) == LARGE
    # Not more than what lies in buffers goes again each time.
    assert between.received - before < len(LARGE) + 3 * (8 << 20)


def test_an_upload_that_is_finished_twice_for_want_of_an_answer_is_the_same_asset(whole: str) -> None:
    id = hashlib.sha256(b"drawn").hexdigest()
    requests.put(f"{whole}/v1/uploads/{id}", data=b"drawn", timeout=10).raise_for_status()
    asked: dict[str, str | int] = {"media_type": "text/plain", "size": 5}
    answers = [requests.post(f"{whole}/v1/uploads/{id}/finish", json=asked, timeout=10) for _ in range(2)]
    assert [answer.json() for answer in answers] == [{"id": id, **asked}] * 2
    other = hashlib.sha256(b"never sent").hexdigest()
    assert requests.post(f"{whole}/v1/uploads/{other}/finish", json=asked, timeout=10).status_code == 404
