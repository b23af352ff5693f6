"""A store's server in a process of its own, as ``imlkit store`` starts it."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ServerProcess", "forget_most_memory", "most_memory", "server_process"]


class ServerProcess:
    """A server at a port that stays the same however often it is started again.

    Args:
        place: where the data is, as the command takes it: ``("--data", FOLDER)``.

    Attributes:
        url: the address.
        process: the process that runs now.
    """

    def __init__(self, *place: str) -> None:
        self._place = place
        self._port = "0"
        self.url = ""
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "imlkit", "store", *self._place, "--port", self._port]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        found = re.fullmatch(r"Store: (http://\S+:(\d+))\n", self.process.stdout.readline())
        assert found is not None
        self.url, self._port = found[1], found[2]

    def kill(self) -> None:
        """End it as a machine that loses its power does."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def stop(self) -> None:
        """Tell it to end, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    @property
    def memory(self) -> int:
        """Bytes that it has in memory."""
        return _memory(self.process.pid, "VmRSS")


def forget_most_memory(pid: int) -> int:
    """Begin to look anew for how much memory a process takes; return what it takes now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return _memory(pid, "VmRSS")


def most_memory(pid: int) -> int:
    """Return how many bytes a process had in memory at most since that."""
    return _memory(pid, "VmHWM")


def _memory(pid: int, what: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"the process {pid} has no {what}")


@contextlib.contextmanager
def server_process(*place: str) -> Iterator[ServerProcess]:
    """Start a server, and kill it at the end."""
    server = ServerProcess(*place)
    try:
        yield server
    finally:
        server.kill()
