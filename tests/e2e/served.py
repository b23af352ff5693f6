"""Servers and a browser as people use them, for end-to-end tests and benchmarks."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

__all__ = [
    "FLAGS",
    "ROOT",
    "Served",
    "chromium",
    "chromium_path",
    "lately_served",
    "serving",
    "static_server",
    "until",
]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

lately_served: list[Served] = []
"""The servers started in the test that runs."""

ROOT = Path(__file__).parents[2]


class Served:
    """An ``imlkit serve`` (or ``panel serve``) process.

    Attributes:
        url: the address of the app's first page.
    """

    def __init__(self, command: list[str], cwd: Path, environment: dict[str, str] | None = None) -> None:
        self.log: list[str] = []
        self._ready = threading.Event()
        self.url = ""
        lately_served.append(self)
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(60) or not self.url:
            self.kill()
            raise AssertionError("the server did not start:\n" + "".join(self.log))

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.log.append(line)
            found = re.search(r"http://(?:localhost|127\.0\.0\.1):\d+\S*", line)
            if found and not self.url:
                self.url = found[0].replace("localhost", "127.0.0.1")
                self._ready.set()
        self._ready.set()

    def stop(self) -> None:
        """End as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._end()

    def kill(self) -> None:
        """End without any chance to tidy up."""
        self.process.kill()
        self._end()

    def _end(self) -> None:
        self.process.wait(15)
        self._reader.join(15)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextlib.contextmanager
def serving(folder: Path, name: str, source: str) -> Iterator[Served]:
    """Serve a script from a folder that also keeps its data, on a free port."""
    script = folder / f"{name}.py"
    script.write_text(source)
    served = Served(
        [sys.executable, "-m", "imlkit", "serve", str(script), "--port", "0", "--data", str(folder)], folder
    )
    try:
        yield served
    finally:
        served.stop()


def chromium_path() -> str:
    """Return the path of the system's Chromium."""
    names = (os.environ.get("IMLKIT_CHROMIUM", ""), "chromium", "google-chrome")
    executable = next(filter(None, map(shutil.which, names)), None)
    assert executable, "no chromium on the PATH: install it (Debian: apt-get install chromium)"
    return executable


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Run the system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait for what no event announces: look again until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not become so in time"
        time.sleep(0.02)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, saying nothing."""

    def log_message(self, format: str, *arguments: Any) -> None:
        return


@contextlib.contextmanager
def static_server(folder: Path) -> Iterator[str]:
    """Serve the files of a folder on loopback; gives the address."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
