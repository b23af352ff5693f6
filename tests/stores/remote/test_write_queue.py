"""Writes made while the server is away are kept on disk, and sent in order when it is back."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import stat
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from imlkit.errors import StoreFullError, StoreUnavailableError, StoreVersionError
from imlkit.store import Change
from imlkit.stores.remote import RemoteStore
from imlkit.stores.remote.queue_file import QueueFile
from imlkit.stores.sqlite import SQLiteStore
from tests.e2e.served import until
from tests.stores.faulty_network import FaultyNetwork, faulty_network
from tests.stores.processes import Started
from tests.stores.serving import served


@pytest.fixture
def network(tmp_path: Path) -> Iterator[FaultyNetwork]:
    with served(SQLiteStore(tmp_path / "data"), tmp_path / "uploads") as url, faulty_network(url) as network:
        yield network


@pytest.fixture
def store(network: FaultyNetwork) -> Iterator[RemoteStore]:
    store = RemoteStore(network.url)
    yield store
    store.close()


@pytest.fixture
def started() -> Iterator[Started]:
    started = Started()
    yield started
    started.end()


def test_writes_wait_while_the_server_is_away_and_come_in_order(
    network: FaultyNetwork, store: RemoteStore
) -> None:
    things = store.collection("things")
    first = things.create({"n": 0})["id"]
    with network.away():
        start = time.monotonic()
        second = things.create({"n": 1})["id"]
        assert time.monotonic() - start < 2.5
        start = time.monotonic()
        assert things.patch(first, {"m": 5}) == {"id": first, "m": 5}
        assert things.patch_many([first, second], {"k": 1}) == [first, second]
        assert things.update(second, {"n": 2}) == {"id": second, "n": 2}
        third, fourth = (each["id"] for each in things.create([{"n": 3}, {"n": 4}]))
        assert things.remove(third) == [third]
        assert things.remove([fourth, fourth]) == [fourth]
        # It is known to be away: nobody waits for it once more.
        assert time.monotonic() - start < 0.5
        assert store.pending.value == 7
    assert things.find() == [{"id": first, "n": 0, "m": 5, "k": 1}, {"id": second, "n": 2}]
    until(lambda: store.pending.value == 0)
    assert store.refused == []


def test_what_was_written_is_told_once_and_in_order_when_it_arrives(
    network: FaultyNetwork, store: RemoteStore
) -> None:
    things = store.collection("things")
    seen: list[Change] = []
    things.changes.subscribe(seen.append)
    with network.away():
        id = things.create({"n": 0})["id"]
        for n in range(1, 4):
            things.patch(id, {"n": n})
    until(lambda: len(seen) == 4)
    assert seen == [Change(kind, "things", (id,)) for kind in ("created", "updated", "updated", "updated")]
    assert things.get(id)["n"] == 3


def test_arrays_images_and_large_documents_wait_too(network: FaultyNetwork, store: RemoteStore) -> None:
    things = store.collection("things")
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    large = np.random.default_rng(0).normal(size=200_000)
    with network.away():
        id = things.create({"image": image, "raw": b"\x00\xff", "text": "nul\x00 語", "large": large})["id"]
    kept = things.get(id)
    assert np.array_equal(kept["image"], image)
    assert np.array_equal(kept["large"], large)
    assert (kept["raw"], kept["text"]) == (b"\x00\xff", "nul\x00 語")


def test_pending_tells_of_each_write_that_waits(network: FaultyNetwork, store: RemoteStore) -> None:
    counts: list[int] = []
    store.pending.subscribe(counts.append)
    with network.away():
        for n in range(3):
            store.collection("things").create({"n": n})
            # Told from a thread of its own: two that follow at once may be told of together.
            until(lambda n=n: counts[-1] == n + 1)  # type: ignore[misc]
    until(lambda: counts[-1] == 0)
    assert counts[:4] == [0, 1, 2, 3]
    assert counts[3:] == sorted(counts[3:], reverse=True)


def test_reading_and_removing_by_a_query_say_that_the_server_is_away(
    network: FaultyNetwork, store: RemoteStore
) -> None:
    things = store.collection("things")
    with network.away():
        things.create({"n": 1})
        with ThreadPoolExecutor() as threads:
            asked = (things.count, lambda: things.remove({"n": 1}), store.collections)
            answers = [threads.submit(each) for each in asked]
        for answer in answers:
            with pytest.raises(StoreUnavailableError, match="does not answer"):
                answer.result()
    assert things.remove({"n": 1}) != []
    assert things.count() == 0


@pytest.mark.parametrize("answers", [1, 4])
def test_a_patch_whose_answer_was_lost_leaves_what_another_wrote_since(
    network: FaultyNetwork, store: RemoteStore, answers: int
) -> None:
    things = store.collection("things")
    id = things.create({"y": "cat"})["id"]
    other = RemoteStore(network.url)

    def meanwhile() -> None:
        if other.collection("things").get(id)["y"] == "dog":
            other.collection("things").patch(id, {"y": "fox"})

    # With so many lost, the patch waits in the queue and comes once more from there.
    network.lose_answer(meanwhile)
    for _ in range(answers - 1):
        network.lose_answer()
    things.patch(id, {"y": "dog"})
    assert things.get(id)["y"] == "fox"
    assert store.refused == []
    other.close()


def test_a_removal_whose_answer_was_lost_leaves_what_was_created_since(
    network: FaultyNetwork, store: RemoteStore
) -> None:
    things = store.collection("things")
    things.create({"id": "a", "n": 1})
    other = RemoteStore(network.url)
    network.lose_answer(lambda: other.collection("things").create({"id": "a", "n": 2}))
    assert things.remove("a") == ["a"]
    assert things.get("a")["n"] == 2
    network.lose_answer(lambda: other.collection("things").create({"id": "b", "n": 2}))
    assert things.remove({"n": 2}) == ["a"]
    assert [each["id"] for each in things.find()] == ["b"]
    other.close()


@pytest.mark.parametrize("answers", [1, 4])
def test_a_creation_whose_answer_was_lost_leaves_what_others_did_since(
    network: FaultyNetwork, store: RemoteStore, answers: int
) -> None:
    things = store.collection("things")
    other = RemoteStore(network.url)

    def patch() -> None:
        (created,) = other.collection("things").find()
        other.collection("things").patch(created["id"], {"y": "fox"})

    network.lose_answer(patch)
    for _ in range(answers - 1):
        network.lose_answer()
    id = things.create({"y": "cat"})["id"]
    assert things.find() == [{"id": id, "y": "fox"}]
    network.lose_answer(lambda: other.collection("things").remove({"y": "owl"}))
    for _ in range(answers - 1):
        network.lose_answer()
    things.create({"y": "owl"})
    assert things.find() == [{"id": id, "y": "fox"}]
    assert store.refused == []
    other.close()


def test_what_the_server_refuses_later_is_kept_with_its_reason(
    network: FaultyNetwork, store: RemoteStore, caplog: pytest.LogCaptureFixture
) -> None:
    things = store.collection("things")
    other = RemoteStore(network.url)
    other.collection("things").create({"id": "a", "n": 1})
    with network.away():
        things.create({"id": "a", "n": 2, "x": np.arange(3)})
        things.patch("gone", {"n": 3})
        things.remove("gone")
        last = things.create({"n": 4})["id"]
    assert things.count() == 2
    one, two, three = store.refused
    assert (one.operation, one.error, one.collection, one.ids) == (
        "create",
        "DuplicateIdError",
        "things",
        ("a",),
    )
    assert one.documents[0]["n"] == 2
    assert np.array_equal(one.documents[0]["x"], np.arange(3))
    assert "another document" in one.reason
    assert (two.operation, two.error, two.documents) == ("patch", "NotFoundError", ({"id": "gone", "n": 3},))
    assert (three.operation, three.ids, three.documents) == ("remove", ("gone",), ())
    refusals = [record for record in caplog.records if "refused" in record.getMessage()]
    assert [record.levelno for record in refusals] == [logging.WARNING] * 3
    # They are still there for the next one who opens the store, until somebody has seen to them.
    store.close()
    again = RemoteStore(network.url)
    assert [write.number for write in again.refused] == [one.number, two.number, three.number]
    again.forget_refused(again.refused[:2])
    assert [write.number for write in again.refused] == [three.number]
    assert again.collection("things").get(last)["n"] == 4
    again.close()
    other.close()


def test_a_killed_process_leaves_its_writes_to_the_next_one(
    network: FaultyNetwork, started: Started, queue_folder: Path
) -> None:
    script = """
        from imlkit.stores.remote import RemoteStore
        store = RemoteStore(sys.argv[1])
        things = store.collection("things")
        things.create({"id": "first"})
        print("ready", flush=True)
        sys.stdin.readline()
        for n in range(20):
            things.create({"id": str(n), "n": n})
        things.patch("0", {"n": 100})
        print("written", flush=True)
        time.sleep(60)
        """
    writer = started.python(script, network.url)
    assert writer.line() == "ready"
    with network.away():
        writer.say("go")
        assert writer.line() == "written"
        writer._process.send_signal(signal.SIGKILL)
        writer._process.wait()
        # With writes that wait for it, the store opens though its server is away.
        store = RemoteStore(network.url)
        assert store.pending.value == 21
        store.collection("things").create({"id": "last"})
    ids = [each["id"] for each in store.collection("things").find()]
    assert ids == ["first", *map(str, range(20)), "last"]
    assert store.collection("things").get("0")["n"] == 100
    store.close()


def test_two_processes_share_one_queue(network: FaultyNetwork, store: RemoteStore) -> None:
    other = RemoteStore(network.url)
    here, there = store.collection("things"), other.collection("things")
    with network.away():
        for n in range(10):
            (here, there)[n % 2].create({"id": str(n)})
        assert other.pending.value == 10
    assert [each["id"] for each in here.find()] == [str(n) for n in range(10)]
    until(lambda: store.pending.value == other.pending.value == 0)
    other.close()


def test_a_closed_store_keeps_what_waits(network: FaultyNetwork, store: RemoteStore) -> None:
    with network.away():
        store.collection("things").create({"n": 1})
        store.close()
    again = RemoteStore(network.url)
    assert again.collection("things").find()[0]["n"] == 1
    again.close()


def test_closing_sends_what_can_be_sent_at_once(network: FaultyNetwork, tmp_path: Path) -> None:
    store = RemoteStore(network.url)
    with network.away():
        store.collection("things").create({"n": 1})
    store.close()
    other = SQLiteStore(tmp_path / "data")
    assert other.collection("things").count() == 1
    other.close()


def test_a_store_opens_without_its_server_where_that_is_wanted(
    network: FaultyNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    with network.away():
        monkeypatch.setenv("IMLKIT_OFFLINE", "1")
        store = RemoteStore(network.url)
        store.collection("things").create({"n": 1})
    assert store.collection("things").count() == 1
    store.close()


def test_what_waits_is_for_nobody_else_to_read(
    network: FaultyNetwork, store: RemoteStore, queue_folder: Path
) -> None:
    assert not queue_folder.exists()
    with network.away():
        store.collection("things").create({"secret": "orchid"})
        assert stat.S_IMODE(queue_folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in queue_folder.iterdir()} == {0o600}


def test_a_full_disk_of_the_queue_is_told_of_and_loses_nothing(
    network: FaultyNetwork, store: RemoteStore, queue_folder: Path
) -> None:
    queue_folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "t", queue_folder], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk takes rights")
    things = store.collection("things")
    kept: list[str] = []

    def fill() -> None:
        while True:
            kept.append(things.create({"x": os.urandom(50_000)})["id"])

    try:
        with network.away(), pytest.raises(StoreFullError, match="no space is left"):
            fill()
        assert len(kept) > 5
        assert [each["id"] for each in things.find(select=[])] == kept
        store.close()
    finally:
        subprocess.run(["umount", "-l", queue_folder], check=True)


def test_a_queue_that_cannot_be_written_is_named(
    network: FaultyNetwork, store: RemoteStore, queue_folder: Path
) -> None:
    queue_folder.write_text("a file")
    with network.away(), pytest.raises(StoreUnavailableError, match="IMLKIT_QUEUE"):
        store.collection("things").create({"n": 1})
    assert store.collection("things").count() == 0


def test_a_queue_of_a_newer_imlkit_is_left_as_it_is(network: FaultyNetwork, queue_folder: Path) -> None:
    file = QueueFile(queue_folder, network.url)
    queue_folder.mkdir()
    connection = sqlite3.connect(file.path)
    connection.execute("PRAGMA user_version=2")
    connection.close()
    with pytest.raises(StoreVersionError, match="newer imlkit"):
        RemoteStore(network.url)


def test_the_log_tells_once_that_the_server_is_away(
    network: FaultyNetwork, store: RemoteStore, caplog: pytest.LogCaptureFixture
) -> None:
    with network.away():
        for n in range(5):
            store.collection("things").create({"n": n})
        time.sleep(1)
        told = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
        assert len(told) == 1
        assert "writes wait" in told[0]
