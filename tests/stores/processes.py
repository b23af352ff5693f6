"""Other processes that use a store while a test runs."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

_HEAD = """
import sys, time
import numpy as np
from imlkit.stores.sqlite import SQLiteStore
from imlkit.stores.tinydb import TinyDBStore
folder = sys.argv[1]
"""


class Process:
    """A Python process that is spoken to line by line."""

    def __init__(self, script: str, folder: Path | str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", _HEAD + textwrap.dedent(script), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # A line must be written whole, so that several processes may share the pipe.
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": ""},
        )

    def line(self) -> str:
        """Return its next line."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def say(self, line: str) -> None:
        """Give it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def finish(self) -> None:
        """Let it come to its end, and see that it ends well."""
        _, _ = self._process.communicate(timeout=60)
        assert self._process.returncode == 0

    def end(self) -> None:
        """End it if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


class Started:
    """The processes of one test."""

    def __init__(self) -> None:
        self._processes: list[Process] = []

    def python(self, script: str, folder: Path | str, readable: Path | None = None) -> Process:
        """Start a script; ``folder`` is the store's folder in it.

        Args:
            script: Python; ``SQLiteStore``, ``TinyDBStore``, ``np``, ``sys`` and ``time`` are there.
            folder: the store's folder, or its address.
            readable: a folder of the test's own that a process without rights must be able to enter.
        """
        if readable is not None:
            for inner in (readable, *readable.iterdir()):
                if inner.is_dir() and inner.stat().st_uid == os.getuid():
                    inner.chmod(inner.stat().st_mode | 0o055)
        self._processes.append(Process(script, folder))
        return self._processes[-1]

    def end(self) -> None:
        """End those that still run."""
        for process in self._processes:
            process.end()
