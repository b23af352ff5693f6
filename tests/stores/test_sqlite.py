"""The SQLite store keeps the contract, across threads, processes, sudden ends and bad disks."""

from __future__ import annotations

import os
import queue
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from imlkit.errors import StoreFullError, StoreUnavailableError, StoreVersionError
from imlkit.store import Change
from imlkit.stores.change_log import KEPT
from imlkit.stores.sqlite import SQLiteStore
from imlkit.stores.tinydb import TinyDBStore
from tests.contracts.store_contract import StoreContract

from .processes import Started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "new" / "data"


@pytest.fixture
def store(folder: Path) -> Iterator[SQLiteStore]:
    store = SQLiteStore(folder)
    yield store
    store.close()


@pytest.fixture
def started() -> Iterator[Started]:
    started = Started()
    yield started
    started.end()


def _rows(folder: Path, question: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "store.sqlite")
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


class TestSQLiteStore(StoreContract):
    @pytest.fixture
    def store(self, folder: Path) -> Iterator[SQLiteStore]:
        store = SQLiteStore(folder)
        yield store
        store.close()


def test_everything_is_there_after_reopening(folder: Path) -> None:
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    with_store = SQLiteStore(folder)
    id = with_store.collection("d").create({"y": "cat", "x": image})["id"]
    asset = with_store.assets.put(b"weights", "application/x; a=b/c")
    with_store.close()
    again = SQLiteStore(f"sqlite:{folder}")
    assert np.array_equal(again.collection("d").get(id)["x"], image)
    assert list(again.assets) == [asset]
    again.close()
    # Whoever copies the folder of a closed store needs no other file.
    assert sorted(path.name for path in folder.iterdir()) == ["assets", "store.sqlite"]


def test_removing_leaves_nothing_behind(store: SQLiteStore, folder: Path) -> None:
    things = store.collection("things")
    image = np.zeros((8, 8, 3), np.uint8)
    ids = [kept["id"] for kept in things.create([{"x": image, "thumbnail": np.ones(3)}] * 4)]
    things.patch(ids[0], {"x": 1})
    things.update(ids[1], {"y": 1})
    assert _rows(folder, "SELECT count(*) FROM attachments") == [(5,)]
    things.remove(ids[2])
    things.remove({})
    assert _rows(folder, "SELECT count(*) FROM attachments") == [(0,)]
    assert _rows(folder, "SELECT count(*) FROM documents") == [(0,)]


def test_select_reads_no_other_attachments(store: SQLiteStore) -> None:
    things = store.collection("things")
    things.create({"y": "cat", "x": np.ones(3), "thumbnail": np.zeros((2, 2, 3), np.uint8)})
    store._file.write(
        lambda connection: connection.execute(
            "UPDATE attachments SET content = x'00' WHERE name LIKE '%.npy'"
        )
    )
    ((found),) = things.find(select=["y", "thumbnail"])
    assert np.array_equal(found["thumbnail"], np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(StoreUnavailableError, match="array is damaged"):
        things.find()


def test_questions_about_labels_use_the_index(store: SQLiteStore) -> None:
    things = store.collection("things")
    things.create([{"y": "ab"[n % 2], "n": n} for n in range(100)])
    asked: list[str] = []
    with store._file.reading() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.set_trace_callback(asked.append)
    things.find({"y": "a"}, limit=5)
    things.count({"y": "a"})
    things.count({"y": {"$exists": False}})
    things.distinct("y")
    questions = [question for question in asked if question.startswith("SELECT")]
    assert len(questions) == 9
    for question in questions:
        plan = " ".join(str(row[3]) for row in _rows(store.folder, f"EXPLAIN QUERY PLAN {question}"))
        assert "documents_by_label" in plan, (question, plan)
    assert "TEMP B-TREE" not in " ".join(
        str(row[3]) for row in _rows(store.folder, f"EXPLAIN QUERY PLAN {questions[0]}")
    )


def test_another_process_s_writes_are_told_within_a_second(
    store: SQLiteStore, folder: Path, started: Started
) -> None:
    told: queue.Queue[tuple[float, Change]] = queue.Queue()
    things = store.collection("things")
    writer = started.python(
        """
        things = SQLiteStore(folder).collection("things")
        print("ready", flush=True)
        for line in sys.stdin:
            n = int(line)
            things.create({"id": str(n), "x": np.full(3, n)})
            print(time.time(), flush=True)
        things.patch("0", {"y": "other"}); things.remove("1")
        """,
        folder,
    )
    assert writer.line() == "ready"
    things.changes.subscribe(lambda change: told.put((time.time(), change)))
    for n in range(3):
        writer.say(str(n))
        written = float(writer.line())
        at, change = told.get(timeout=5)
        assert change == Change("created", "things", (str(n),))
        assert at - written < 1
        assert np.array_equal(things.get(str(n))["x"], np.full(3, n))
    writer.finish()
    assert told.get(timeout=5)[1] == Change("updated", "things", ("0",))
    assert told.get(timeout=5)[1] == Change("removed", "things", ("1",))


def test_four_processes_and_two_threads_write_at_once_and_all_is_told_in_order(
    store: SQLiteStore, folder: Path, started: Started
) -> None:
    things = store.collection("things")
    told: list[str] = []
    complete = threading.Event()

    def note(change: Change) -> None:
        told.extend(change.ids)
        if len(told) >= 4 * 50 + 2 * 50:
            complete.set()

    things.changes.subscribe(note)
    writers = started.python(
        """
        import os
        for worker in range(4):
            if os.fork() == 0:
                things = SQLiteStore(folder).collection("things")
                print("ready", flush=True)
                for n in range(50):
                    things.create({"n": n, "x": np.full(10, n)})
                os._exit(0)
        for worker in range(4):
            assert os.wait()[1] == 0
        """,
        folder,
    )
    assert writers.line() == "ready"
    threads = [
        threading.Thread(target=lambda: [things.create({"n": n}) for n in range(50)]) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writers.finish()
    assert complete.wait(5)
    assert told == [document["id"] for document in things.find(select=[])]


def test_who_missed_too_much_is_told_to_look_again(store: SQLiteStore, folder: Path) -> None:
    other = SQLiteStore(folder)
    told: queue.Queue[Change] = queue.Queue()
    store.collection("things").changes.subscribe(told.put)
    other._file.write(
        lambda connection: connection.execute(
            "INSERT INTO changes (sequence, collection, kind, ids) VALUES (?, 'things', 'created', '[]')",
            (KEPT * 2,),
        )
    )
    assert told.get(timeout=5) == Change("reset", "things")
    kept = other.collection("things").create({"n": 1})
    assert told.get(timeout=5) == Change("created", "things", (kept["id"],))
    other.close()


def test_the_log_of_changes_stays_short(store: SQLiteStore, folder: Path) -> None:
    things = store.collection("things")
    things.create({"id": "a"})
    store._file.write(
        lambda connection: connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO changes SELECT i, 'things', 'updated', '[\"a\"]' FROM n",
            (KEPT + 990,),
        )
    )
    for n in range(20):
        things.patch("a", {"n": n})
    ((kept,),) = _rows(folder, "SELECT count(*) FROM changes")
    assert isinstance(kept, int)
    assert KEPT <= kept < KEPT + 500


def test_nobody_looks_for_changes_while_nobody_reads_them(store: SQLiteStore) -> None:
    def lookers() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "imlkit changes"]

    before = len(lookers())
    things = store.collection("things")
    things.create({"n": 1})
    assert len(lookers()) == before
    subscriptions = [things.changes.subscribe(lambda _: None) for _ in range(3)]
    (looker,) = lookers()[before:]
    for subscription in subscriptions:
        subscription.dispose()
    looker.join(5)
    assert not looker.is_alive()
    told: list[Change] = []
    things.changes.subscribe(told.append)
    assert len(lookers()) == before + 1
    things.create({"n": 2})
    assert len(told) == 1


def test_no_acknowledged_document_is_lost_when_the_process_is_killed(folder: Path, started: Started) -> None:
    # One process starts the writers, so that twenty do not each take their time to import.
    starter = started.python(
        """
        import os
        image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
        for line in sys.stdin:
            writer = os.fork()
            if writer == 0:
                things = SQLiteStore(folder).collection("things")
                print(os.getpid(), flush=True)
                while True:
                    kept = things.create({"x": image, "sum": int(image.sum())})
                    print(kept["id"], flush=True)
            os.waitpid(writer, 0)
            print("dead", flush=True)
        """,
        folder,
    )
    acknowledged: list[str] = []
    for _ in range(20):
        starter.say("write")
        writer = int(starter.line())
        acknowledged += [starter.line() for _ in range(5)]
        os.kill(writer, signal.SIGKILL)
        acknowledged += iter(starter.line, "dead")
    starter.finish()
    store = SQLiteStore(folder)
    found = {document["id"]: document for document in store.collection("things").iterate()}
    assert len(acknowledged) >= 100
    assert set(acknowledged) <= found.keys()
    for document in found.values():
        assert document["x"].sum() == document["sum"]
    assert _rows(folder, "PRAGMA integrity_check") == [("ok",)]
    assert (
        _rows(folder, "SELECT * FROM attachments WHERE document NOT IN (SELECT sequence FROM documents)")
        == []
    )
    store.close()


def test_a_full_disk_is_told_and_nothing_is_half_written(store: SQLiteStore) -> None:
    things = store.collection("things")
    things.create({"id": "before", "y": "cat"})
    ((pages,),) = store._file._writer.execute("PRAGMA page_count")
    store._file._writer.execute(f"PRAGMA max_page_count={pages + 4}")
    told: list[Change] = []
    things.changes.subscribe(told.append)
    large = np.random.default_rng(0).integers(0, 256, (100, 100, 3), np.uint8)
    with pytest.raises(StoreFullError, match="no space is left"):
        things.create({"id": "large", "y": "dog", "x": large})
    with pytest.raises(StoreFullError):
        things.create([{"id": "small"}, {"id": "large", "x": large}])
    with pytest.raises(StoreFullError):
        things.patch("before", {"x": large})
    assert things.find() == [{"id": "before", "y": "cat"}]
    assert told == []
    store._file._writer.execute("PRAGMA max_page_count=1000000")
    things.create({"id": "large", "y": "dog", "x": large})
    assert np.array_equal(things.get("large")["x"], large)


def test_a_disk_that_takes_no_more_is_told_and_works_again_later(folder: Path, started: Started) -> None:
    # A limit on the size of files is what a process without rights can have of a failing disk.
    writer = started.python(
        """
        import resource, signal
        from imlkit.errors import StoreFullError, StoreUnavailableError
        store = SQLiteStore(folder)
        things = store.collection("things")
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
        try:
            store.assets.put(bytes(1_000_000))
        except StoreFullError as error:
            print("full", flush=True)
        try:
            for n in range(100):
                things.create({"n": n, "x": np.full(10_000, n)})
        except StoreUnavailableError as error:
            print("unavailable", flush=True)
        print(things.count(), flush=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        things.create({"n": -1})
        """,
        folder,
    )
    assert [writer.line(), writer.line()] == ["full", "unavailable"]
    count = int(writer.line())
    writer.finish()
    store = SQLiteStore(folder)
    found = store.collection("things").find()
    assert [document["n"] for document in found] == [*range(count), -1]
    assert list(store.assets) == []
    assert list((folder / "assets").iterdir()) == []
    store.close()


@pytest.mark.parametrize("kind", [SQLiteStore, TinyDBStore])
def test_a_small_disk_that_is_full_loses_nothing(
    small_disk: Path, kind: type[SQLiteStore] | type[TinyDBStore]
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(500_000))
    store = kind(small_disk / "data")
    things = store.collection("things")
    acknowledged: list[str] = []

    def fill() -> None:
        while True:
            acknowledged.append(things.create({"x": np.full(5_000, len(acknowledged))})["id"])

    with pytest.raises(StoreFullError, match="no space is left"):
        fill()
    with pytest.raises(StoreFullError):
        store.assets.put(bytes(3_000_000))
    assert [document["id"] for document in things.find()] == acknowledged
    store.close()
    again = kind(small_disk / "data")
    things = again.collection("things")
    assert [document["id"] for document in things.find()] == acknowledged
    assert things.find()[-1]["x"][0] == len(acknowledged) - 1
    ballast.unlink()
    acknowledged.append(things.create({"x": np.zeros(5_000)})["id"])
    assert things.remove(acknowledged[5:]) == acknowledged[5:]
    assert things.count() == 5
    again.close()


def test_a_newer_store_is_left_as_it_is(folder: Path) -> None:
    SQLiteStore(folder).close()
    connection = sqlite3.connect(folder / "store.sqlite")
    connection.execute("PRAGMA user_version=2")
    connection.close()
    before = (folder / "store.sqlite").read_bytes()
    with pytest.raises(StoreVersionError, match="newer imlkit"):
        SQLiteStore(folder)
    assert (folder / "store.sqlite").read_bytes() == before


def test_another_program_s_database_is_left_as_it_is(folder: Path) -> None:
    folder.mkdir(parents=True)
    connection = sqlite3.connect(folder / "store.sqlite")
    connection.execute("CREATE TABLE accounts (name)")
    connection.close()
    before = (folder / "store.sqlite").read_bytes()
    with pytest.raises(StoreUnavailableError, match="another program"):
        SQLiteStore(folder)
    assert (folder / "store.sqlite").read_bytes() == before


def test_a_damaged_file_is_told_of_and_left_as_it_is(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "store.sqlite").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StoreUnavailableError, match="damaged"):
        SQLiteStore(folder)
    assert (folder / "store.sqlite").read_bytes() == b"this is no database at all" * 100


def test_damage_in_the_middle_is_told_where_it_is_met(folder: Path) -> None:
    store = SQLiteStore(folder)
    store.collection("things").create([{"n": n, "text": "x" * 500} for n in range(200)])
    store.close()
    with open(folder / "store.sqlite", "r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 40 * 4096)
    again = SQLiteStore(folder)
    with pytest.raises(StoreUnavailableError, match="damaged"):
        again.collection("things").find()
    again.close()


def test_a_folder_that_may_not_be_written_is_named(folder: Path, started: Started) -> None:
    SQLiteStore(folder).close()
    folder.chmod(0o555)
    (folder / "store.sqlite").chmod(0o444)
    tried = started.python(
        """
        import os
        from imlkit.errors import StoreUnavailableError
        import imlkit.stores.asset_folder, imlkit.stores.tinydb, sqlalchemy.dialects.sqlite
        if os.getuid() == 0:
            os.setgid(65534); os.setuid(65534)
        for place in (folder, folder + "/inner", "/proc/1/nowhere"):
            try:
                SQLiteStore(place)
            except StoreUnavailableError as error:
                print(error, flush=True)
        """,
        folder,
        readable=folder.parents[2],
    )
    try:
        for place in (str(folder), str(folder / "inner"), "/proc/1/nowhere"):
            said = tried.line()
            assert repr(place) in said
            assert "choose another" in said
        tried.finish()
    finally:
        folder.chmod(0o755)


def test_a_place_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "inner"):
        with pytest.raises(StoreUnavailableError, match=str(tmp_path / "file")):
            SQLiteStore(place)


def test_a_reader_does_not_wait_for_a_writer(store: SQLiteStore) -> None:
    things = store.collection("things")
    things.create({"n": 1})
    found: list[int] = []

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM documents")
        reader = threading.Thread(target=lambda: found.append(things.count()))
        reader.start()
        reader.join(5)

    store._file.write(work)
    assert found == [1]
    assert things.count() == 0


def test_a_write_that_fails_midway_is_undone_and_the_next_one_works(store: SQLiteStore) -> None:
    things = store.collection("things")

    def interrupted(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO documents (collection, id, document) VALUES ('things', 'x', '{}')")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.log.write(interrupted)
    assert things.count() == 0
    things.create({"n": 1})
    assert things.count() == 1


def test_a_database_that_was_deleted_or_replaced_takes_no_writes(folder: Path) -> None:
    store = SQLiteStore(folder)
    things = store.collection("things")
    things.create({"id": "a"})
    file = folder / "store.sqlite"
    aside = folder / "aside"
    file.rename(aside)
    with pytest.raises(StoreUnavailableError, match="moved, deleted or replaced"):
        things.create({"id": "b"})
    file.write_bytes(b"")
    with pytest.raises(StoreUnavailableError, match="start the program again"):
        things.create({"id": "c"})
    file.unlink()
    aside.rename(file)
    things.create({"id": "d"})
    assert [each["id"] for each in things.find()] == ["a", "d"]
    store.close()


def test_a_few_documents_are_found_by_their_ids_without_walking_all(store: SQLiteStore) -> None:
    things = store.collection("things")
    ids = [thing["id"] for thing in things.create([{"n": n} for n in range(100)])]
    asked: list[str] = []
    with store._file.reading() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.set_trace_callback(asked.append)
    some = {"id": {"$in": [ids[70], ids[3], ids[50]]}}
    assert [thing["n"] for thing in things.find(some)] == [3, 50, 70]
    assert [thing["n"] for thing in things.find({"$and": [some, {"n": {"$gt": 10}}]})] == [50, 70]
    assert [thing["n"] for thing in things.find({"id": ids[9]})] == [9]
    questions = [question for question in asked if question.startswith("SELECT")]
    assert len(questions) == 3
    for question in questions:
        plan = " ".join(str(row[3]) for row in _rows(store.folder, f"EXPLAIN QUERY PLAN {question}"))
        assert "documents_by_id" in plan, (question, plan)
