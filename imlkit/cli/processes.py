"""Several processes that serve the same apps, each on a port of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ..errors import CommandError
from .port import FIRST, TRIES, chosen_port

__all__ = ["LOGIN_VARIABLE", "PROCESS_VARIABLE", "Processes", "chosen_ports", "command", "end_with_parent"]

PROCESS_VARIABLE: Final = "IMLKIT_SERVE_PROCESS"
"""Tells a process that it is one of several, and which."""
LOGIN_VARIABLE: Final = "IMLKIT_SERVE_LOGIN"
"""Tells it whether its pages ask for a login: the store need not be there when it is started again."""
_STARTING: Final = 60.0
_DEATHS: Final = 5
_WITHIN: Final = 60.0
"""How often a process may die within so many seconds until all are stopped."""
_PAUSE: Final = 0.5
_STOPPING: Final = 5.0
_LOOK: Final = 0.1


class Processes:
    """Starts processes, starts one again that dies, and stops them together.

    Args:
        command: what to run, without the port.
        routes: each app's route, such as ``/sketch``, and its script.
        ports: of the processes.
        address: where they listen.
        environment: what to add to their environment.
    """

    def __init__(
        self,
        command: Sequence[str],
        routes: Mapping[str, Path],
        ports: Sequence[int],
        address: str,
        environment: dict[str, str],
    ) -> None:
        self._command = command
        self._routes = routes
        self._ports = ports
        self._address = address
        self._environment = environment
        self._running: list[subprocess.Popen[bytes]] = []
        self._deaths: list[deque[float]] = [deque(maxlen=_DEATHS) for _ in ports]
        self._stop = threading.Event()

    def run(self) -> int:
        """Run until SIGINT or SIGTERM; return the exit status.

        Raises:
            CommandError: a process does not start, or dies again and again.
        """
        before = {
            wanted: signal.signal(wanted, lambda *_: self._stop.set())
            for wanted in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            self._running = [self._started(number) for number in range(len(self._ports))]
            status = self._wait_until_ready()
            if status is not None:
                return status
            if not self._stop.is_set():
                self._announce()
            while not self._stop.wait(_LOOK):
                for number, process in enumerate(self._running):
                    if process.poll() is not None and not self._stop.is_set():
                        self._restart(number)
            return 0
        finally:
            self._end()
            for wanted, handler in before.items():
                signal.signal(wanted, handler)

    def _announce(self) -> None:
        host = self._reached_at()
        where = f"[{host}]" if ":" in host else host
        for route, script in self._routes.items():
            print(f"{script.name} is at http://{where}:{self._ports[0]}{route}")
        print(
            f"{len(self._ports)} processes answer at the ports {self._ports[0]} to {self._ports[-1]}: let a "
            "proxy lead each person to one of them (docs/serving.md)."
        )
        print("Ctrl-C stops them.", flush=True)

    def _started(self, number: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self._command, "--port", str(self._ports[number])],
            env={**os.environ, **self._environment, PROCESS_VARIABLE: str(number)},
            # It ends when this pipe does: however this process ends, it leaves none behind.
            stdin=subprocess.PIPE,
            # Ctrl-C is for this process alone, which passes it on.
            start_new_session=True,
        )

    def _wait_until_ready(self) -> int | None:
        end = time.monotonic() + _STARTING
        for number, process in enumerate(self._running):
            while not self._stop.is_set() and not self._answers(self._ports[number]):
                status = process.poll()
                if status is not None:
                    # It has said why.
                    return status if status > 0 else 1
                if time.monotonic() > end:
                    raise CommandError(f"process {number} has not answered within a minute: try fewer")
                self._stop.wait(_LOOK)
        return None

    def _reached_at(self) -> str:
        return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self._address, self._address)

    def _answers(self, port: int) -> bool:
        try:
            socket.create_connection((self._reached_at(), port), timeout=1).close()
        except OSError:
            return False
        return True

    def _restart(self, number: int) -> None:
        deaths, now = self._deaths[number], time.monotonic()
        status = self._running[number].returncode
        deaths.append(now)
        if len(deaths) == _DEATHS and now - deaths[0] < _WITHIN:
            raise CommandError(
                f"process {number} has ended {_DEATHS} times within a minute, the last time with status "
                f"{status}: all are stopped; what it said before tells why"
            )
        print(f"Process {number} has ended with status {status}: it is started again.", file=sys.stderr)
        sys.stderr.flush()
        # One that cannot start at all should not keep the machine busy.
        if len(deaths) > 1:
            self._stop.wait(_PAUSE)
        if not self._stop.is_set():
            _let_go(self._running[number])
            self._running[number] = self._started(number)

    def _end(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + _STOPPING
        for process in self._running:
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _let_go(process)


def chosen_ports(address: str, wanted: int | None, count: int) -> list[int]:
    """Return consecutive ports that are free.

    Args:
        address: where to listen.
        wanted: the first; None or 0 finds one.
        count: how many.

    Raises:
        CommandError: one is taken, or the address is not one of this machine.
    """
    if wanted:
        if wanted + count - 1 > 65535:
            raise CommandError(f"there are no {count} ports from {wanted} on: give a smaller --port")
        return [chosen_port(address, port) for port in range(wanted, wanted + count)]
    first = chosen_port(address, wanted)
    for _ in range(TRIES):
        try:
            return [chosen_port(address, port) for port in range(first, first + count)]
        except CommandError:
            first = chosen_port(address, 0) if wanted == 0 else chosen_port(address, None, first + 1)
            if first + count > 65535:
                first = chosen_port(address, None, FIRST)
    raise CommandError(f"no {count} consecutive ports were found free: give the first with --port")


def end_with_parent() -> None:
    """End this process when the one that started it has ended, whose pipe it reads."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="imlkit parent", daemon=True).start()


def _let_go(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def command(scripts: Sequence[Path], address: str, store: str | None, origins: Sequence[str]) -> list[str]:
    """Return what one of the processes runs.

    Args:
        scripts: the scripts.
        address: where it listens.
        store: the store that relative locations name.
        origins: further names under which pages are opened.
    """
    words = [sys.executable, "-m", "imlkit", "serve", *map(str, scripts), "--address", address]
    if store is not None:
        words += ["--store", store]
    for origin in origins:
        words += ["--origin", origin]
    return words
