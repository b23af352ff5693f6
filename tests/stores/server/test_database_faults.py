"""A database that is stopped and started again under a server, and one that answers too many."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
import requests

from imlkit.errors import StoreUnavailableError
from imlkit.store import Change
from imlkit.stores.postgresql import PostgreSQLStore
from imlkit.stores.remote import RemoteStore
from tests.e2e.served import until
from tests.postgresql import postgresql_server, stopped
from tests.stores.server_process import server_process


@pytest.fixture
def own_database() -> Iterator[dict[str, str]]:
    """A PostgreSQL server of the test's own."""
    with postgresql_server() as database:
        yield database


def its_location(database: dict[str, str]) -> str:
    return f"postgresql://{database['user']}@/{database['database']}?host={database['host']}"


@pytest.mark.slow
def test_a_database_started_again_under_a_server_costs_nobody_anything(own_database: dict[str, str]) -> None:
    with server_process("--database", its_location(own_database)) as server:
        store = RemoteStore(server.url)
        things = store.collection("things")
        seen: list[Change] = []
        things.changes.subscribe(seen.append)
        ids = [things.create({"n": 0})["id"]]
        until(lambda: len(seen) == 1)
        waiting: list[str] = []
        with stopped(own_database):
            asked: Any = {"collection": "things", "documents": [{"id": "never", "fields": {}}]}
            answer = requests.post(f"{server.url}/v1/create", json=asked, timeout=30)
            assert answer.status_code == 503
            assert answer.json()["error"] == StoreUnavailableError.__name__
            assert "try again" in answer.json()["message"]
            assert requests.get(f"{server.url}/health", timeout=30).status_code == 503
            # A new listener is refused rather than let wait for nothing.
            assert requests.get(f"{server.url}/v1/changes", timeout=30).status_code == 503
            writing = threading.Thread(target=lambda: waiting.append(things.create({"n": 1})["id"]))
            writing.start()
        writing.join(30)
        assert len(waiting) == 1
        # Another program writes while the server may not have found its way back.
        beside = PostgreSQLStore(its_location(own_database))
        ids += waiting
        ids += [beside.collection("things").create({"n": n})["id"] for n in range(2, 12)]
        beside.close()
        assert requests.get(f"{server.url}/health", timeout=30).status_code == 200
        until(lambda: len(seen) >= len(ids), 30)
        assert seen == [Change("created", "things", (id,)) for id in ids]
        assert [document["id"] for document in things.iterate()] == ids
        store.close()


@pytest.mark.slow
def test_a_database_that_takes_no_more_connections_is_told_of_in_words(location: str) -> None:
    store = PostgreSQLStore(location)
    store.collection("things").create({"n": 1})
    store._database.engine.dispose()
    with ExitStack() as stack:
        try:
            while True:
                stack.enter_context(psycopg.connect(location))
        except psycopg.OperationalError:
            pass
        with pytest.raises(StoreUnavailableError, match="does not answer"):
            store.collection("things").count()
    assert store.collection("things").count() == 1
    store.close()


@pytest.mark.slow
def test_a_store_whose_own_connections_are_all_taken_says_so(location: str) -> None:
    store = PostgreSQLStore(location)
    store._database.engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    with ExitStack() as stack:
        for _ in range(25):
            stack.enter_context(store._database.reading())
        with pytest.raises(StoreUnavailableError, match="at once"):
            store.collection("things").count()
    assert store.collection("things").count() == 0
    store.close()
