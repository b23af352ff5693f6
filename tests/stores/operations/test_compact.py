"""Giving back space."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from imlkit.errors import CommandError
from imlkit.store import Store
from imlkit.stores.arguments import same
from imlkit.stores.operations.compact import compact
from imlkit.stores.postgresql import PostgreSQLStore
from imlkit.stores.sqlite import SQLiteStore
from imlkit.stores.tinydb import TinyDBStore

from .conftest import Made
from .contents import contents, fill, holds_the_same

OLD = time.time() - 2 * 86_400


def folder_of(store: Store) -> Path:
    return Path(store.location.partition(":")[2])


def with_things_removed(store: Store) -> None:
    fill(store)
    large = store.collection("large")
    large.create([{"x": os.urandom(20_000)} for _ in range(50)])
    large.remove({})


def test_an_sqlite_store_shrinks_and_keeps_everything(made: Made) -> None:
    store, like = made("sqlite"), made("memory")
    with_things_removed(store)
    fill(like)
    done = compact(store)
    assert done.after < done.before - 900_000
    assert done.after == sum(path.stat().st_size for path in folder_of(store).rglob("*") if path.is_file())
    assert holds_the_same(store, like)
    store.collection("cases").create({"id": "afterwards"})
    assert store.collection("cases").find()[-1] == {"id": "afterwards"}


def test_an_sqlite_store_forgets_what_nothing_refers_to(made: Made) -> None:
    store = made("sqlite")
    fill(store)
    before = contents(store)
    folder = folder_of(store)
    with sqlite3.connect(folder / "store.sqlite") as connection:
        ((sequence,),) = connection.execute("SELECT min(document) FROM attachments")
        rows = [(sequence, f"{1:064x}.bin", b"x"), (10**9, f"{2:064x}.bin", b"x")]
        connection.executemany("INSERT INTO attachments VALUES (?, ?, ?)", rows)
    connection.close()
    (folder / "uploads").mkdir()
    for path in (folder / "uploads" / ("0" * 64), folder / "assets" / "1.partial"):
        path.write_bytes(b"begun")
        os.utime(path, (OLD, OLD))
    fresh = [folder / "uploads" / ("1" * 64), folder / "assets" / "2.partial"]
    for path in fresh:
        path.write_bytes(b"going on")
    assert compact(store).forgotten == 4
    assert same(contents(store)[0], before[0])
    assert contents(store)[1] == before[1]
    assert all(path.exists() for path in fresh)
    assert compact(store).forgotten == 0


def test_an_sqlite_store_is_compacted_while_others_write_and_read(made: Made) -> None:
    store = made("sqlite")
    with_things_removed(store)
    other = SQLiteStore(folder_of(store))
    begun, stopped = threading.Event(), threading.Event()
    written: list[str] = []

    def write() -> None:
        while not stopped.is_set():
            written.append(other.collection("cases").create({"late": True})["id"])
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    walk = other.collection("cases").iterate({"n": {"$exists": True}}, batch=5)
    next(walk)
    assert begun.wait(10)
    try:
        compact(store)
    finally:
        stopped.set()
        writer.join()
    assert [document["n"] for document in walk] == list(range(1, 50))
    assert [each["id"] for each in store.collection("cases").find({"late": True})] == written
    other.close()


def test_a_postgresql_store_forgets_what_nothing_refers_to(database: Callable[[], str], made: Made) -> None:
    location = database()
    store, like = PostgreSQLStore(location), made("memory")
    with_things_removed(store)
    fill(like)
    with psycopg.connect(location, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO imlkit.attachments SELECT min(document), %s, 'x' FROM imlkit.attachments",
            (f"{1:064x}.bin",),
        )
        connection.execute("INSERT INTO imlkit.pieces VALUES ('old', 0, 'x', now() - interval '2 days')")
        connection.execute("INSERT INTO imlkit.pieces VALUES ('old', 1, 'x', now() - interval '2 days')")
        connection.execute("INSERT INTO imlkit.pieces VALUES ('new', 0, 'x', now())")
    done = compact(store)
    assert done.forgotten == 2
    assert 0 < done.after <= done.before
    assert holds_the_same(store, like)
    assert compact(store).forgotten == 0
    store.close()


def test_a_tinydb_store_is_written_anew(made: Made) -> None:
    store, like = made("tinydb"), made("memory")
    with_things_removed(store)
    fill(like)
    folder = folder_of(store)
    for name in (f"{1:064x}.bin", f"{2:064x}.png.partial"):
        (folder / "attachments" / name).write_bytes(b"nobody's")
    (folder / "attachments" / "README").write_bytes(b"somebody's")
    (folder / "store.json").write_text((folder / "store.json").read_text() + " " * 5_000)
    done = compact(store)
    assert done.forgotten == 2
    assert done.after < done.before - 4_000
    assert (folder / "attachments" / "README").exists()
    assert holds_the_same(store, like)
    store.close()
    again = TinyDBStore(folder)
    assert holds_the_same(again, like)
    again.close()


def test_a_store_elsewhere_is_compacted_there(made: Made) -> None:
    with pytest.raises(CommandError, match="where its server runs"):
        compact(made("http"))


def test_a_store_in_memory_has_nothing_to_give_back(made: Made) -> None:
    with pytest.raises(CommandError, match="no space to give back"):
        compact(made("memory"))
