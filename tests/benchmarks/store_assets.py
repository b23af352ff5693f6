"""What a large asset takes of the memory of those it passes through."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import time
from dataclasses import dataclass
from typing import Any

from imlkit.stores.remote import RemoteStore
from tests.stores.server_process import ServerProcess, forget_most_memory, most_memory, server_process

__all__ = ["Passed", "main", "passed", "rows"]

GIBIBYTE = 1 << 30
MOST = 50 * 10**6
_PIECE = 1 << 20


class Made(io.RawIOBase):
    """Bytes that are made as they are read, and differ from piece to piece.

    Args:
        size: how many.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size
        self._piece = b""
        self._number = 0
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._piece:
            self._number += 1
            seed = hashlib.sha256(self._number.to_bytes(8)).digest()
            self._piece = (seed * (_PIECE // len(seed)))[: self._left]
        part = self._piece[: len(buffer)]
        self._piece = self._piece[len(part) :]
        buffer[: len(part)] = part
        self._left -= len(part)
        self.digest.update(part)
        return len(part)


@dataclass(frozen=True)
class Passed:
    """What an asset took that went to a server and came back.

    Attributes:
        up: bytes by which the server's memory grew at most while it came.
        down: bytes by which it had grown at most while it went.
        client: bytes by which that of the client grew at most.
        sending: seconds that sending it took.
        fetching: seconds that fetching it took.
    """

    up: int
    down: int
    client: int
    sending: float
    fetching: float


def passed(server: ServerProcess, size: int) -> Passed:
    """Send an asset of so many bytes, fetch it again and see that it is the same."""
    store = RemoteStore(server.url)
    # What is loaded at first use is not the asset's.
    store.assets.open(store.assets.put(b"first").id).read()
    there, here = server.process.pid, os.getpid()
    before, mine = forget_most_memory(there), forget_most_memory(here)
    made = Made(size)
    start = time.perf_counter()
    kept = store.assets.put(io.BufferedReader(made))
    sent = time.perf_counter()
    up = most_memory(there) - before
    forget_most_memory(there)
    digest = hashlib.sha256()
    with store.assets.open(kept.id) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    fetched = time.perf_counter()
    store.close()
    assert kept.id == digest.hexdigest() == made.digest.hexdigest()
    assert kept.size == size
    return Passed(up, most_memory(there) - before, most_memory(here) - mine, sent - start, fetched - sent)


def rows() -> list[tuple[str, str, float, bool]]:
    """Return what was measured: what, its bar, the measured, and whether the bar is met."""
    with tempfile.TemporaryDirectory() as folder, server_process("--data", folder) as server:
        once = passed(server, GIBIBYTE)
    grown = max(once.up, once.down)
    return [
        (
            "1 GiB asset sent and fetched: the server grows by, MB",
            "under 50",
            grown / 1e6,
            grown < MOST,
        ),
        ("… the client's, MB", "under 50", once.client / 1e6, once.client < MOST),
        ("… sending it, s", "no bar", once.sending, True),
        ("… fetching it, s", "no bar", once.fetching, True),
    ]


def main() -> None:
    """Print the table."""
    print("| what | must show | measured | |\n|---|---|---|---|")
    for what, bar, value, met in rows():
        print(f"| {what} | {bar} | {value:.3g} | {'met' if met else 'MISSED'} |")


if __name__ == "__main__":
    main()
