"""Servers that die, clients that go on: what was acknowledged is there, once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from imlkit.errors import StoreUnavailableError
from imlkit.store import Change
from imlkit.stores.postgresql import PostgreSQLStore
from imlkit.stores.remote import RemoteStore
from imlkit.stores.sqlite import SQLiteStore
from tests.e2e.served import until
from tests.stores.server_process import ServerProcess, server_process
from tests.stores.serving import served


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with server_process("--data", str(tmp_path / "data")) as server:
        yield server


def test_who_follows_hears_of_what_happened_while_the_server_was_away(
    server: ServerProcess, tmp_path: Path
) -> None:
    store = RemoteStore(server.url)
    things = store.collection("things")
    seen: list[Change] = []
    things.changes.subscribe(seen.append)
    first = things.create({"n": 1})["id"]
    until(lambda: len(seen) == 1)
    server.kill()
    beside = SQLiteStore(tmp_path / "data")
    missed = [beside.collection("things").create({"n": n})["id"] for n in (2, 3)]
    beside.close()
    server.start()
    last = things.create({"n": 4})["id"]
    until(lambda: len(seen) == 4)
    assert seen == [Change("created", "things", (id,)) for id in (first, *missed, last)]
    store.close()


def test_who_follows_a_store_that_was_replaced_looks_again_at_everything(
    server: ServerProcess, tmp_path: Path
) -> None:
    store = RemoteStore(server.url)
    things = store.collection("things")
    seen: list[Change] = []
    for n in range(3):
        things.create({"n": n})
    things.changes.subscribe(seen.append)
    things.create({"n": 3})
    until(lambda: len(seen) == 1)
    server.kill()
    (tmp_path / "data").rename(tmp_path / "old data")
    server.start()
    until(lambda: Change("reset", "things") in seen)
    assert things.count() == 0
    store.close()


def test_a_server_that_is_away_is_told_of_in_words(server: ServerProcess) -> None:
    store = RemoteStore(server.url)
    things = store.collection("things")
    server.kill()
    start = time.monotonic()
    with pytest.raises(StoreUnavailableError, match=r"does not answer .* check the address"):
        things.count()
    assert time.monotonic() - start < 15
    with pytest.raises(StoreUnavailableError, match="does not answer"):
        RemoteStore(server.url)
    server.start()
    things.create({"n": 2})
    assert things.count() == 1
    store.close()


def test_two_servers_on_one_database_tell_each_other(location: str, tmp_path: Path) -> None:
    with (
        served(PostgreSQLStore(location), tmp_path / "one") as one,
        served(PostgreSQLStore(location), tmp_path / "other") as other,
    ):
        here, there = RemoteStore(one), RemoteStore(other)
        seen: list[Change] = []
        there.collection("things").changes.subscribe(seen.append)
        ids = [here.collection("things").create({"n": n})["id"] for n in range(5)]
        there.collection("things").patch(ids[0], {"n": 10})
        until(lambda: len(seen) == 6)
        assert seen[-1] == Change("updated", "things", (ids[0],))
        assert [change.ids[0] for change in seen[:5]] == ids
        here.close()
        there.close()


def test_a_slow_follower_holds_up_nobody(tmp_path: Path) -> None:
    with (
        served(SQLiteStore(tmp_path / "data"), tmp_path / "uploads") as url,
        requests.get(f"{url}/v1/changes", stream=True, timeout=20) as slow,
    ):
        store = RemoteStore(url)
        things = store.collection("things")
        seen: list[str] = []
        things.changes.subscribe(lambda change: seen.extend(change.ids))
        ids = [things.create({"n": n})["id"] for n in range(300)]
        until(lambda: len(seen) == 300)
        assert seen == ids
        # What it did not read is still there for it.
        lines = slow.iter_lines(decode_unicode=True)
        told = [line for line in (next(lines) for _ in range(4 + 4 * 300)) if line == "event: change"]
        assert len(told) == 300
        store.close()


def test_connections_that_the_database_cut_are_replaced(location: str) -> None:
    store = PostgreSQLStore(location)
    things = store.collection("things")
    things.create({"n": 1})
    with psycopg.connect(location, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND datname = current_database()"
        )
    things.create({"n": 2})
    assert things.count() == 2
    store.close()
