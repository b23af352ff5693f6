"""How soon the first page is there, and what closed pages leave behind."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bokeh.client import ClientSession
from bokeh.client.util import websocket_url_for_server_url
from bokeh.util.token import generate_session_id

from tests.e2e.served import ROOT, Served

PAGES = Path(__file__).parent / "pages"
SKETCH = ROOT / "apps" / "sketch.py"
RUNS = 9
GLANCE_SECONDS = 0.5


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def seconds_to_first_page(command: list[str], path: str, folder: Path) -> float:
    """Return the time from starting a server's process to having its page, in seconds."""
    port = free_port()
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port), "--address", "127.0.0.1"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - start < 60:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=30) as answer:
                    assert b"</html>" in answer.read()
                    return time.perf_counter() - start
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.005)
        raise AssertionError(f"no page from {command}")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def start_ratio(script: Path, folder: Path) -> float:
    """Return the time to a script's first page over that to an empty page of Panel's, side by side."""
    ours = [sys.executable, "-m", "imlkit", "serve", str(script), "--data", str(folder)]
    bare = [sys.executable, "-m", "panel", "serve", str(PAGES / "empty.py")]
    seconds_to_first_page(ours, script.stem, folder)
    seconds_to_first_page(bare, "empty", folder)
    ratios = [
        seconds_to_first_page(ours, script.stem, folder) / seconds_to_first_page(bare, "empty", folder)
        for _ in range(RUNS)
    ]
    return statistics.median(ratios)


def resident_bytes(pid: int) -> int:
    """Return a process's resident memory."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def settled_bytes(pid: int) -> int:
    """Return a process's resident memory once it has stopped shrinking."""
    least = resident_bytes(pid)
    for _ in range(40):
        time.sleep(0.25)
        least = min(least, resident_bytes(pid))
    return least


def visit_once(url: str) -> None:
    """Open a page as a browser does, have it sent whole, look at it for a moment, and close it."""
    client = ClientSession(session_id=generate_session_id(), websocket_url=websocket_url_for_server_url(url))
    client.connect()
    connection = client._connection
    reply = connection._send_message_wait_for_reply(connection._protocol.create("PULL-DOC-REQ"))
    assert reply is not None
    assert reply.msgtype == "PULL-DOC-REPLY"
    time.sleep(GLANCE_SECONDS)
    client.close()


def memory_ratio(folder: Path) -> float:
    """Return the server's memory after 100 visits to the sketch app over that after 10."""
    command = [sys.executable, "-m", "imlkit", "serve", str(SKETCH), "--port", str(free_port())]
    served = Served([*command, "--data", str(folder)], folder)
    try:

        def visit(times: int) -> None:
            for _ in range(times):
                visit_once(served.url)

        visit(10)
        after_10 = settled_bytes(served.process.pid)
        visit(90)
        after_100 = settled_bytes(served.process.pid)
        return after_100 / after_10
    finally:
        served.stop()


def rows() -> list[tuple[str, str, float, bool]]:
    """Return (what, bar, measured, met)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = start_ratio(PAGES / "dashboard.py", folder)
        sketch = start_ratio(SKETCH, folder)
        memory = memory_ratio(folder)
    bare = "panel serve of an empty page"
    return [
        (f"imlkit serve to first page of an empty dashboard / {bare}", "at most 1.3", start, start <= 1.3),
        (f"imlkit serve to first page of the sketch app / {bare}", "told, no bar", sketch, True),
        ("server memory after 100 sessions / after 10", "within 10 %", memory, 0.9 <= memory <= 1.1),
    ]
