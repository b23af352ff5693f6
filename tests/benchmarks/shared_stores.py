"""What a store that is shared costs: beside a bare server, and beside its database."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from statistics import median

import psycopg
import requests
from requests.adapters import HTTPAdapter

from imlkit import data_store
from imlkit.json_text import json_text
from imlkit.store import Collection
from imlkit.stores.postgresql import PostgreSQLStore
from imlkit.stores.remote import RemoteStore
from tests.benchmarks.serving import free_port
from tests.postgresql import postgresql_server
from tests.stores.server_process import server_process

__all__ = ["bulk_upload", "creating", "main", "rows", "seconds_to_another"]

_CREATED = 150
_ROUNDS = 7
_CHANGES = 40
_BULK = 100_000
_BATCH = 10_000
_BULK_ROUNDS = 3

_ECHO = """
import sys
from typing import Any
import uvicorn
from fastapi import FastAPI

app = FastAPI()

@app.post("/echo")
async def echo(body: dict[str, Any]) -> dict[str, Any]:
    return body

uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
"""

_FOLLOWER = """
import sys, time
from imlkit import data_store

things = data_store(sys.argv[1]).collection("things")
things.changes.subscribe(lambda change: print(time.monotonic(), flush=True))
print("ready", flush=True)
sys.stdin.read()
"""


def _document(n: int) -> dict[str, object]:
    return {"y": ("cat", "dog", "fox", "owl")[n % 4], "n": n, "score": n / 7, "note": "drawn with a pen"}


@contextlib.contextmanager
def _echoing() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", _ECHO, str(port)])
    url = f"http://127.0.0.1:{port}/echo"
    try:
        end = time.monotonic() + 30
        while True:
            try:
                requests.post(url, json={}, timeout=5)
                break
            except requests.ConnectionError:
                assert time.monotonic() < end, "the bare server did not start"
                time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()


def creating() -> float:
    """Return how many times the echo of the same body one document created over HTTP costs.

    Both servers are processes of their own, reached over one pooled connection each, in turns.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        server_process("--data", folder) as server,
        _echoing() as echo,
        requests.Session() as session,
    ):
        session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=16))
        store = RemoteStore(server.url)
        things = store.collection("things")
        sent = {"id": "0" * 32, "fields": _document(1)}
        body = json_text({"collection": "things", "documents": [sent], "attachments": {}}).encode()

        def echoed() -> None:
            session.post(echo, data=body, headers={"Content-Type": "application/json"}, timeout=10).json()

        ratios = []
        for _ in range(_ROUNDS):
            times: tuple[list[float], list[float]] = ([], [])
            for n in range(_CREATED):
                times[0].append(_seconds(lambda n=n: things.create(_document(n))))  # type: ignore[misc]
                times[1].append(_seconds(echoed))
            ratios.append(median(times[0]) / median(times[1]))
        store.close()
    return median(ratios)


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def seconds_to_another(location: str) -> float:
    """Return the median of the seconds from the begin of a write until another process has seen it."""
    store = data_store(location)
    things = store.collection("things")
    follower = subprocess.Popen(
        [sys.executable, "-c", _FOLLOWER, location],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert follower.stdout is not None
        assert follower.stdout.readline() == "ready\n"
        taken = []
        for n in range(_CHANGES):
            # Looked at now and then, a folder is not to be written in step with that.
            time.sleep(random.uniform(0.02, 0.22))
            begin = time.monotonic()
            things.create(_document(n))
            taken.append(float(follower.stdout.readline()) - begin)
    finally:
        follower.kill()
        follower.communicate()
        store.close()
    return median(taken)


def bulk_upload() -> float:
    """Return how many times as long documents by the ten thousand take over HTTP as into PostgreSQL."""
    documents = [_document(n) for n in range(_BULK)]

    def fill(things: Collection) -> None:
        for start in range(0, _BULK, _BATCH):
            things.create(documents[start : start + _BATCH])

    with postgresql_server() as database:
        user, host = database["user"], database["host"]
        with psycopg.connect(user=user, host=host, dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE direct")
            connection.execute("CREATE DATABASE served")
        location = f"postgresql://{user}@/{{}}?host={host}"
        with server_process("--database", location.format("served")) as server:
            direct, served = PostgreSQLStore(location.format("direct")), RemoteStore(server.url)
            ratios = []
            for number in range(_BULK_ROUNDS):
                here, there = (store.collection(f"things {number}") for store in (direct, served))
                bare = _seconds(lambda: fill(here))  # noqa: B023
                ratios.append(_seconds(lambda: fill(there)) / bare)  # noqa: B023
                assert here.count() == there.count() == _BULK
            direct.close()
            served.close()
    return median(ratios)


def rows() -> list[tuple[str, str, float, bool]]:
    """Return what was measured: what, its bar, the measured, and whether the bar is met."""
    created = creating()
    with tempfile.TemporaryDirectory() as folder:
        beside = seconds_to_another(folder) * 1000
        with server_process("--data", folder) as server:
            far = seconds_to_another(server.url) * 1000
    bulk = bulk_upload()
    return [
        (
            "create one document over HTTP against a bare FastAPI echo of the same body",
            "at most 3 times",
            created,
            created <= 3,
        ),
        (
            "median until another process has seen a write to an SQLite folder, ms",
            "under 300",
            beside,
            beside < 300,
        ),
        ("median until another process has seen a write over HTTP, ms", "under 50", far, far < 50),
        (
            "bulk upload of 100,000 documents over HTTP against the same into PostgreSQL directly",
            "at most 2.5 times",
            bulk,
            bulk <= 2.5,
        ),
    ]


def main() -> None:
    """Print the table."""
    print("| what | must show | measured | |\n|---|---|---|---|")
    for what, bar, value, met in rows():
        print(f"| {what} | {bar} | {value:.3g} | {'met' if met else 'MISSED'} |", flush=True)


if __name__ == "__main__":
    main()
