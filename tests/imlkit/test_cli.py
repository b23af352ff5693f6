"""The command line, run as a person runs it: in a process of its own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from bokeh.client import ClientSession
from bokeh.client.util import websocket_url_for_server_url
from bokeh.util.token import generate_session_id

import imlkit

COMMAND = [sys.executable, "-m", "imlkit"]
HELLO = "import panel as pn\npn.pane.Markdown('hello').servable(title='Hello')\n"

Start = Callable[..., "Served"]


class Served:
    """A running ``imlkit`` process that has said where it answers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said = self._said_until("Ctrl-C")
        found = re.search(r"http://\S+", self.said)
        assert found is not None, self.said
        self.address = found[0]

    def _said_until(self, words: str) -> str:
        assert self.process.stdout is not None
        lines = ""
        for line in self.process.stdout:
            lines += line
            if words in line:
                return lines
        raise AssertionError(f"it ended: {lines}")

    def wait_for(self, words: str) -> str:
        """Return what it prints up to a line with these words."""
        return self._said_until(words)

    def page(self, path: str = "") -> str:
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:
            return str(answer.read().decode())

    def stop(self, number: int = signal.SIGINT) -> tuple[int, float]:
        """Send a signal; return the exit status and the seconds it took."""
        begin = time.perf_counter()
        self.process.send_signal(number)
        return self.process.wait(20), time.perf_counter() - begin


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start ``imlkit`` with arguments in a temporary folder, on a free port; stop it at the end."""
    running: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, port: str | None = "0", **environment: str) -> Served:
        process = subprocess.Popen(
            [*COMMAND, *arguments, *(["--port", port] if port is not None else [])],
            cwd=tmp_path,
            env={**_environment(), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        return Served(process)

    yield begin
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _environment() -> dict[str, str]:
    left_out = {"DISPLAY", "WAYLAND_DISPLAY", "IMLKIT_DATA"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def imlkit_says(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env=_environment(), capture_output=True, text=True, timeout=60
    )


# What answers at once


def test_help_answers_in_under_a_third_of_a_second(tmp_path: Path) -> None:
    seconds = []
    for _ in range(7):
        begin = time.perf_counter()
        said = imlkit_says("--help", folder=tmp_path)
        seconds.append(time.perf_counter() - begin)
        assert said.returncode == 0
        assert "serve the app that a script makes" in said.stdout
    assert statistics.median(seconds) < 0.3


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["demo"], ["serve", "--help"], ["explore", "--help"], ["new", "--help"]],
)
def test_what_answers_at_once_loads_neither_panel_nor_torch(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom imlkit.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        "heavy = {'panel', 'bokeh', 'torch', 'numpy', 'reactivex', 'imlkit.apps'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr


def test_the_version_is_the_packages_own(tmp_path: Path) -> None:
    assert imlkit_says("--version", folder=tmp_path).stdout == f"imlkit {imlkit.__version__}\n"


def test_imlkit_alone_shows_its_help(tmp_path: Path) -> None:
    said = imlkit_says(folder=tmp_path)
    assert said.returncode == 2
    assert "usage: imlkit" in said.stderr


# Bad usage


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sing"], "invalid choice: 'sing'"),
        (["serve"], "required: SCRIPT"),
        (["serve", "gone.py"], "there is no script 'gone.py'"),
        (["serve", "notes.txt"], "'notes.txt' is not a Python script"),
        (["serve", "folder"], "'folder' is not a Python script"),
        (["serve", "broken.py"], "'broken.py' is not valid Python on line 1"),
        (["serve", "binary.py"], "'binary.py' is not valid Python"),
        (["serve", "hello.py", "--port", "many"], "'many' is no port"),
        (["serve", "hello.py", "--port", "65536"], "'65536' is no port"),
        (
            ["serve", "hello.py", "--address", "203.0.113.7"],
            "'203.0.113.7' is not an address of this machine",
        ),
        (["serve", "hello.py", "--address", "not an address"], "there is no address 'not an address'"),
        (["serve", "hello.py", "--data", "notes.txt"], "'notes.txt' is a file: name a folder"),
        (["serve", "hello.py", "--data", "notes.txt/below"], "cannot be made"),
        (["serve", "hello.py", "folder/hello.py"], "would both be at /hello"),
        (["demo", "dance"], "there is no demo 'dance': choose one of these: digits, digits-report, sketch"),
        (["explore"], "required: PATH"),
        (["explore", "gone"], "there is nothing at 'gone': give a folder of images, or a table's file"),
        (["new"], "required"),
        (["new", "app"], "required: NAME"),
        (["new", "app", "../up"], "cannot be called '../up'"),
        (["new", "app", "3d"], "cannot be called '3d'"),
        (["new", "app", "random"], "'random' would hide the Python package"),
        (["new", "app", "numpy"], "'numpy' would hide the Python package"),
        (["new", "app", "class"], "'class' would hide the Python package"),
        (["new", "app", "taken"], "taken.py exists already"),
    ],
)
def test_bad_usage_gets_one_line_and_status_two(arguments: list[str], words: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "taken.py").write_text("mine")
    (tmp_path / "broken.py").write_text("def :\n")
    (tmp_path / "binary.py").write_bytes(b"\x00\xff")
    (tmp_path / "hello.py").write_text(HELLO)
    (tmp_path / "folder" / "hello.py").write_text(HELLO)
    said = imlkit_says(*arguments, folder=tmp_path)
    assert said.returncode == 2
    assert words in said.stderr
    assert said.stderr.count("\n") == 1
    assert said.stdout == ""
    assert (tmp_path / "taken.py").read_text() == "mine"


# Serving


def test_a_script_is_served_at_its_name_and_the_root_leads_there(start: Start, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    served = start("serve", "hello.py")
    assert served.address.endswith("/hello")
    assert "<title>Hello</title>" in served.page()
    with urllib.request.urlopen(served.address.removesuffix("hello"), timeout=30) as answer:
        assert answer.url == served.address


def test_a_name_that_is_no_address_is_served_at_one_made_of_it(start: Start, tmp_path: Path) -> None:
    (tmp_path / "my first app (1)+.py").write_text(HELLO)
    served = start("serve", "my first app (1)+.py")
    assert served.address.endswith("/my-first-app-1")
    assert "<title>Hello</title>" in served.page()


def test_several_scripts_are_served_side_by_side(start: Start, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    (tmp_path / "other.py").write_text(HELLO.replace("Hello", "Other"))
    served = start("serve", "hello.py", "other.py")
    base = served.address.removesuffix("/hello")
    with urllib.request.urlopen(base + "/other", timeout=30) as answer:
        assert "<title>Other</title>" in answer.read().decode()
    with urllib.request.urlopen(base + "/", timeout=30) as answer:
        index = answer.read().decode()
    assert '<a href="./hello">hello</a>' in index
    assert '<a href="./other">other</a>' in index
    assert "http" not in index


def test_each_page_runs_the_script_anew_with_its_own_folder_and_file(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "apps"
    folder.mkdir()
    (folder / "beside.py").write_text("VALUE = 'beside'\n")
    (folder / "hello.py").write_text(
        "import itertools, pathlib, panel as pn, beside\n"
        "runs = pn.state.cache.setdefault('runs', itertools.count(1))\n"
        "title = f'{beside.VALUE} {pathlib.Path(__file__).name} {next(runs)}'\n"
        "pn.pane.Markdown('hello').servable(title=title)\n"
    )
    served = start("serve", "apps/hello.py")
    assert "<title>beside hello.py 1</title>" in served.page()
    assert "<title>beside hello.py 2</title>" in served.page()


def test_a_changed_script_is_read_again_for_the_next_page(start: Start, tmp_path: Path) -> None:
    script = tmp_path / "hello.py"
    script.write_text(HELLO)
    served = start("serve", "hello.py")
    assert "<title>Hello</title>" in served.page()
    script.write_text("this is not Python")
    assert "hello.py could not run" in served.page()
    script.write_text(HELLO.replace("Hello", "Changed"))
    assert "<title>Changed</title>" in served.page()


def test_a_script_that_raises_is_told_on_the_page_and_in_the_terminal(start: Start, tmp_path: Path) -> None:
    (tmp_path / "failing.py").write_text(HELLO + "raise ValueError('no <b>such</b> thing')\n")
    served = start("serve", "failing.py")
    page = served.page()
    assert "<title>failing.py could not run.</title>" in page
    said = served.wait_for("ValueError")
    assert "Traceback" in said
    assert 'failing.py", line 3' in said


def test_a_script_that_exits_does_not_take_the_server_along(start: Start, tmp_path: Path) -> None:
    (tmp_path / "leaving.py").write_text("import sys\nsys.exit('enough')\n")
    served = start("serve", "leaving.py")
    assert "ended itself" in served.page()
    assert "ended itself" in served.page()


def test_a_script_that_shows_nothing_is_told_how_to_begin(start: Start, tmp_path: Path) -> None:
    (tmp_path / "silent.py").write_text("value = 1\n")
    assert "shows nothing yet" in start("serve", "silent.py").page()


def test_the_data_folder_reaches_the_script(start: Start, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(
        "import os, panel as pn\npn.pane.Markdown('x').servable(title=os.environ['IMLKIT_DATA'])\n"
    )
    served = start("serve", "hello.py", "--data", "kept/here")
    assert f"<title>{tmp_path / 'kept' / 'here'}</title>" in served.page()
    assert (tmp_path / "kept" / "here").is_dir()


def test_a_page_connects_and_a_foreign_page_does_not(start: Start, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    served = start("serve", "hello.py")
    session = connected(served.address)
    session.close()
    own = served.address.removesuffix("/hello")
    assert _answer_to_websocket(served.address, origin=own) == 101
    assert _answer_to_websocket(served.address, origin=own.replace("127.0.0.1", "localhost")) == 101
    assert _answer_to_websocket(served.address, origin="http://elsewhere.example") == 403


def connected(address: str) -> ClientSession:
    """Open a page as a browser does, whatever it is made of."""
    session = ClientSession(
        session_id=generate_session_id(), websocket_url=websocket_url_for_server_url(address)
    )
    session.connect()
    assert session.connected
    return session


def _answer_to_websocket(address: str, origin: str) -> int:
    where = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(where.netloc, timeout=30)
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol": "bokeh, token",
        "Origin": origin,
    }
    try:
        connection.request("GET", where.path + "/ws", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.slow
def test_a_closed_page_is_let_go_of_within_seconds(start: Start, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(
        HELLO + "pn.state.on_session_destroyed(lambda context: print('let go of', flush=True))\n"
        "pn.state.add_periodic_callback(lambda: print('still here', flush=True), 1500)\n"
    )
    served = start("serve", "hello.py")
    session = connected(served.address)
    served.wait_for("still here")
    session.close()
    begin = time.perf_counter()
    served.wait_for("let go of")
    assert time.perf_counter() - begin < 10


# Ports


def test_a_taken_port_that_was_asked_for_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = imlkit_says("serve", "hello.py", "--port", str(port), folder=tmp_path)
    assert said.returncode == 2
    assert f"port {port} is taken" in said.stderr


def test_without_a_wish_the_next_free_port_is_taken(start: Start, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    first = start("serve", "hello.py", port=None)
    second = start("serve", "hello.py", port=None)
    assert first.address != second.address
    assert "<title>Hello</title>" in first.page()
    assert "<title>Hello</title>" in second.page()


def test_servers_that_are_started_together_each_take_a_port(start: Start, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    with ThreadPoolExecutor(3) as pool:
        served = list(pool.map(lambda _: start("serve", "hello.py", port=None), range(3)))
    assert len({each.address for each in served}) == 3
    assert all("<title>Hello</title>" in each.page() for each in served)


# Stopping


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_quietly_and_soon_even_while_a_training_runs(
    number: int, start: Start, tmp_path: Path
) -> None:
    (tmp_path / "busy.py").write_text(
        "import threading, numpy as np\n" + HELLO + "def train():\n"
        "    x = np.ones((400, 400))\n"
        "    while True:\n"
        "        x = np.tanh(x @ x)\n"
        "threading.Thread(target=train, daemon=True).start()\n"
    )
    served = start("serve", "busy.py")
    served.page()
    status, seconds = served.stop(number)
    assert status == 0
    assert seconds < 3
    assert served.process.stdout is not None
    assert served.process.stdout.read() == ""


def test_it_stops_even_while_a_thread_would_hold_the_process(start: Start, tmp_path: Path) -> None:
    (tmp_path / "held.py").write_text(
        "import threading\n" + HELLO + "threading.Thread(target=threading.Event().wait).start()\n"
    )
    served = start("serve", "held.py")
    served.page()
    status, seconds = served.stop()
    assert status == 0
    assert seconds < 4


def test_stores_are_closed_when_it_stops(start: Start, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(
        HELLO + "from imlkit import data_store\ndata_store('kept').collection('c').create({'a': 1})\n"
    )
    served = start("serve", "hello.py")
    served.page()
    assert list((tmp_path / "kept").glob("*-wal"))
    served.stop()
    assert not list((tmp_path / "kept").glob("*-wal"))


# Demos


def test_demos_are_listed_with_their_first_words(tmp_path: Path) -> None:
    said = imlkit_says("demo", folder=tmp_path)
    assert said.returncode == 0
    assert re.search(r"^sketch\s+\S.*\w", said.stdout, re.MULTILINE)
    assert "missing" not in said.stdout
    assert "imlkit demo NAME starts one" in said.stdout


def test_a_demo_keeps_its_data_in_imlkit_data(start: Start, tmp_path: Path) -> None:
    served = start("demo", "sketch", "--no-open")
    assert served.address.endswith("/sketch")
    page = served.page()
    assert "could not run" not in page
    assert "<title>" in page
    assert (tmp_path / "imlkit-data").is_dir()


# New apps


def test_a_new_app_is_served_as_it_was_written(start: Start, tmp_path: Path) -> None:
    said = imlkit_says("new", "app", "bird-songs", folder=tmp_path)
    assert said.returncode == 0
    assert "imlkit serve bird-songs.py" in said.stdout
    text = (tmp_path / "bird-songs.py").read_text()
    assert "Bird songs" in text
    assert "my-app" not in text.casefold()
    served = start("serve", "bird-songs.py", "--data", "data")
    assert "<title>Bird songs</title>" in served.page()
