"""Many who write to a store's server, and more who follow what changes there."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

from imlkit.stores.remote import RemoteStore
from tests.stores.server_process import ServerProcess, server_process

__all__ = ["Load", "loaded", "main", "rows"]

SUBSCRIBERS = 200
WRITERS = 20
A_SECOND = 50
"""Documents that all writers together write."""
SECONDS = 60
PATIENCE = 30.0


@dataclass(frozen=True)
class Load:
    """What writers and subscribers met with.

    Attributes:
        writes: seconds that each write took.
        delays: seconds from the begin of each write until one of the subscribers had heard of it.
        lost: events that subscribers did not get, all together.
        wrong: subscribers who got an event twice, or out of order.
        grown: bytes by which the server's memory has grown.
    """

    writes: list[float]
    delays: list[float]
    lost: int
    wrong: int
    grown: int

    @property
    def slow(self) -> float:
        """The 95th percentile of the writes, in seconds."""
        return quantiles(self.writes, n=20)[-1]


def loaded(server: ServerProcess, subscribers: int, writers: int, a_second: float, seconds: float) -> Load:
    """Let writers and subscribers work on a server; see :class:`Load`."""
    before = server.memory
    count = int(a_second * seconds)
    # In a process of their own: they are not to take the writers' time.
    listening = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.store_load", server.url, str(subscribers), str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert listening.stdout is not None
    assert listening.stdout.readline() == "ready\n"
    written: list[tuple[float, float, str]] = []
    stores = [RemoteStore(server.url) for _ in range(writers)]
    start = time.monotonic() + 0.1

    def write(number: int) -> None:
        things = stores[number].collection("things")
        for n in range(number, count, writers):
            time.sleep(max(0.0, start + n / a_second - time.monotonic()))
            begin = time.monotonic()
            things.create({"id": f"{n:06}", "y": "cat", "n": n})
            written.append((begin, time.monotonic(), f"{n:06}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said, _ = listening.communicate(timeout=PATIENCE + 10)
    told = json.loads(said)
    kept = [each["id"] for each in stores[0].collection("things").iterate(batch=1_000)]
    for store in stores:
        store.close()
    begun = {id: begin for begin, _, id in written}
    assert sorted(kept) == sorted(begun)
    return Load(
        [end - begin for begin, end, _ in written],
        [at - begun[id] for id, at in told["heard"].items()],
        sum(count - len(set(ids)) for ids in told["got"]),
        sum(ids != [id for id in kept if id in set(ids)] for ids in told["got"]),
        server.memory - before,
    )


class _Subscriber(asyncio.Protocol):
    """Reads a server's events with as little effort as can be, so that two hundred fit on half a machine."""

    def __init__(self, host: str, here: asyncio.Semaphore) -> None:
        self.got: list[str] = []
        self.heard: dict[str, float] = {}
        self._host = host
        self._here = here
        self._rest = b""
        self._first = True

    def connection_made(self, transport: Any) -> None:
        transport.write(f"GET /v1/changes HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b'data: {"'):
                ids = json.loads(line[6:])["ids"]
                self.got += ids
                self.heard.update(dict.fromkeys(ids, time.monotonic()))
            elif self._first and line.startswith(b"data: "):
                self._first = False
                self._here.release()


async def _listened(url: str, subscribers: int, count: int) -> None:
    address = urlsplit(url)
    host, port = str(address.hostname), int(address.port or 0)
    here = asyncio.Semaphore(0)
    following = [_Subscriber(address.netloc, here) for _ in range(subscribers)]
    loop = asyncio.get_running_loop()
    for each in following:
        await loop.create_connection(lambda each=each: each, host, port)  # type: ignore[misc]
        await here.acquire()
    print("ready", flush=True)
    quiet, before = 0.0, -1
    while quiet < PATIENCE and any(len(each.got) < count for each in following):
        await asyncio.sleep(0.1)
        now = sum(len(each.got) for each in following)
        quiet = quiet + 0.1 if now == before else 0.0
        before = now
    print(json.dumps({"got": [each.got for each in following], "heard": following[0].heard}), flush=True)


def rows() -> list[tuple[str, str, float, bool]]:
    """Return what was measured: what, its bar, the measured, and whether the bar is met."""
    with tempfile.TemporaryDirectory() as folder, server_process("--data", folder) as server:
        load = loaded(server, SUBSCRIBERS, WRITERS, A_SECOND, SECONDS)
    who = f"{SUBSCRIBERS} subscribers and {WRITERS} writers at {A_SECOND} documents a second for {SECONDS} s"
    lost = load.lost + load.wrong
    return [
        (f"{who}: events lost, twice or out of order", "none", lost, lost == 0),
        ("95th percentile of a write among them, ms", "under 100", load.slow * 1000, load.slow < 0.1),
        ("median of a write among them, ms", "no bar", median(load.writes) * 1000, True),
        ("median until a subscriber has heard of it, ms", "no bar", median(load.delays) * 1000, True),
        ("the server's memory grows by, MiB", "no bar", load.grown / 2**20, True),
    ]


def main() -> None:
    """Print the table."""
    print("| what | must show | measured | |\n|---|---|---|---|")
    for what, bar, value, met in rows():
        print(f"| {what} | {bar} | {value:.3g} | {'met' if met else 'MISSED'} |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(_listened(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
    else:
        main()
