"""Servers killed while programs write: all that was acknowledged is there, none of it twice."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from imlkit.stores.remote import RemoteStore
from tests.e2e.served import until
from tests.stores.processes import Started
from tests.stores.server_process import ServerProcess, server_process

CLIENTS = 4

# Each tells of what was acknowledged, and of what may or may not have been kept.
WRITER = """
from imlkit.errors import StoreUnavailableError
from imlkit.stores.remote import RemoteStore

def write(url, name, count):
    store = RemoteStore(url)
    things = store.collection("things")
    for n in range(count):
        id = f"{name}-{n}"
        try:
            things.create({"id": id, "writer": name, "n": n})
        except StoreUnavailableError:
            print("refused", id, flush=True)
        else:
            print("kept", id, flush=True)
    store.close()
    print("done", flush=True)
"""


class Writers:
    """Processes that write documents.

    Args:
        urls: the servers' addresses, by turns.
        count: how many documents all together write.
        folder: where they tell of them.
    """

    def __init__(self, urls: list[str], count: int, folder: Path) -> None:
        self._started = Started()
        self._files = []
        self._said: list[list[str]] = []
        for number in range(CLIENTS):
            path = folder / f"writer {number}"
            path.touch()
            self._files.append(path.open())
            task = (urls[number % len(urls)], f"client-{number}", count // CLIENTS)
            self._started.python(
                f"{WRITER}\nsys.stdout = open({str(path)!r}, 'w')\nwrite(*{task!r})\n", folder
            )

    def ids(self, word: str) -> set[str]:
        """The ids that they have said one word of."""
        return {said[1] for said in self._heard() if said[0] == word}

    def done(self) -> bool:
        """Whether all of them are."""
        return sum(said == ["done"] for said in self._heard()) == CLIENTS

    def _heard(self) -> list[list[str]]:
        for file in self._files:
            # Lines come whole.
            self._said += [line.split() for line in file.read().splitlines()]
        return self._said

    def end(self) -> None:
        self._started.end()
        for file in self._files:
            file.close()


def killed_while_writing(servers: list[ServerProcess], count: int, folder: Path) -> None:
    """Kill servers while clients write, see what is there in the end."""
    follower = RemoteStore(servers[-1].url)
    told: list[str] = []
    follower.collection("things").changes.subscribe(lambda change: told.extend(change.ids))
    writers = Writers([server.url for server in servers], count, folder)
    try:
        for turn, share in enumerate((0.2, 0.5, 0.8)):
            wanted = share * count
            until(lambda wanted=wanted: len(writers.ids("kept")) > wanted, 120)  # type: ignore[misc]
            server = servers[turn % len(servers)]
            server.kill()
            # Long enough that everybody notices, not so long that anybody gives up.
            time.sleep(0.2)
            server.start()
        until(writers.done, 120)
        kept, refused = writers.ids("kept"), writers.ids("refused")
    finally:
        writers.end()
    # What waited on disk when a writer ended is sent by whoever opens the store of its server next.
    stores = [RemoteStore(server.url) for server in servers]
    until(lambda: all(store.pending.value == 0 for store in stores), 60)
    there = [document["id"] for document in stores[0].collection("things").iterate(batch=1_000)]
    assert len(there) == len(set(there))
    assert kept <= set(there) <= kept | refused
    assert len(kept) + len(refused) == count
    # Who follows has heard of each of them, once and in order.
    until(lambda: len(told) >= len(there), 60)
    assert told == there
    assert not any(store.refused for store in stores)
    for store in (follower, *stores):
        store.close()


@pytest.mark.slow
def test_a_server_killed_while_programs_write_keeps_all_it_acknowledged_and_none_twice(
    tmp_path: Path,
) -> None:
    with server_process("--data", str(tmp_path / "data")) as server:
        killed_while_writing([server], 10_000, tmp_path)


@pytest.mark.slow
def test_one_of_two_servers_on_one_database_killed_while_programs_write(
    location: str, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(server_process("--database", location)) for _ in range(2)]
        killed_while_writing(servers, 2_000, tmp_path)
