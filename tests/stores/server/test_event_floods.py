"""Many who follow a server's changes, and some who do not read them: nobody else suffers."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import pytest
import requests

from imlkit.errors import StoreUnavailableError
from imlkit.store import Change
from imlkit.stores.remote import RemoteStore
from imlkit.stores.server import change_hub, serving
from imlkit.stores.server.app import Limits, store_app
from imlkit.stores.server.serving import StoreServer
from imlkit.stores.sqlite import SQLiteStore
from tests.benchmarks.store_load import loaded
from tests.e2e.served import until
from tests.stores.server_process import ServerProcess, server_process
from tests.stores.serving import running

FOLLOWERS = 20


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StoreServer]:
    """A server that takes twenty followers."""
    store = SQLiteStore(tmp_path / "data")
    server = StoreServer(store_app(store, tmp_path / "uploads", Limits(followers=FOLLOWERS)))
    with running(server):
        yield server
    store.close()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[ServerProcess]:
    with server_process("--data", str(tmp_path / "data")) as process:
        yield process


def follower(url: str, buffered: int | None = None) -> socket.socket:
    """Ask for a server's changes, and read no more than that they come."""
    address = urlsplit(url)
    connection = socket.socket()
    if buffered is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffered)
    connection.settimeout(20)
    connection.connect((address.hostname, address.port))
    connection.sendall(f"GET /v1/changes HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def listeners(server: StoreServer) -> int:
    return int(server.config.app.state.hub.listeners)  # type: ignore[union-attr]


def test_no_more_follow_than_a_server_takes_and_who_is_refused_is_told(server: StoreServer) -> None:
    with ExitStack() as stack:
        for _ in range(FOLLOWERS):
            stack.enter_context(follower(server.url))
        refused = requests.get(f"{server.url}/v1/changes", timeout=10)
        assert refused.status_code == 503
        assert refused.json()["error"] == StoreUnavailableError.__name__
        assert "20 follow the changes" in refused.json()["message"]
        # Everything else is done as before.
        store = RemoteStore(server.url)
        assert store.collection("things").create({"id": "one"}) == {"id": "one"}
    until(lambda: listeners(server) == 0)
    seen: list[Change] = []
    store.collection("things").changes.subscribe(seen.append)
    store.collection("things").create({"id": "two"})
    until(lambda: seen == [Change("created", "things", ("two",))])
    store.close()


def test_connections_opened_and_dropped_leave_nothing_behind(server: StoreServer) -> None:
    for _ in range(15):
        connections = [follower(server.url) for _ in range(FOLLOWERS - 1)]
        for number, connection in enumerate(connections):
            if number % 2:
                # Reset rather than ended.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()
        until(lambda: listeners(server) == 0)
    assert len(server.server_state.connections) <= 1
    until(lambda: not server.server_state.tasks)


def test_who_is_gone_without_a_word_is_let_go(
    server: StoreServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_hub, "_RESTING", 0.01)
    monkeypatch.setattr(serving, "_UNREAD", 1)
    store = SQLiteStore(tmp_path / "other")
    strict = StoreServer(store_app(store, tmp_path / "uploads"))
    with running(strict), follower(strict.url, 2_048):
        assert listeners(strict) == 1
        things = store.collection("things")
        for _ in range(40):
            things.create([{} for _ in range(2_000)])
        until(lambda: listeners(strict) == 0, 20)
    store.close()


@pytest.mark.slow
def test_those_who_never_read_slow_no_writer_and_fill_no_memory(process: ServerProcess) -> None:
    store = RemoteStore(process.url)
    things = store.collection("things")

    def written() -> list[float]:
        taken = []
        for _ in range(150):
            start = time.perf_counter()
            things.create([{"n": n} for n in range(20)])
            taken.append(time.perf_counter() - start)
        return taken

    written()
    alone = min(median(written()) for _ in range(2))
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(follower(process.url, 2_048))
        # What buffers take at first is not what grows.
        written()
        before = process.memory
        crowded = [median(written()) for _ in range(4)]
        grown = process.memory - before
    assert min(crowded) < 3 * alone
    # Were it kept for each of them, it would be more than twenty megabytes each round.
    assert grown < 20 << 20
    store.close()


@pytest.mark.slow
def test_many_who_write_and_more_who_follow_lose_nothing_and_wait_for_nobody(process: ServerProcess) -> None:
    load = loaded(process, subscribers=100, writers=20, a_second=50, seconds=4)
    assert load.lost == 0
    assert load.wrong == 0
    # Other tests run beside this one: what holds when nothing does, the benchmark tells.
    assert median(load.writes) < 0.5
