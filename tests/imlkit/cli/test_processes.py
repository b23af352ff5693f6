"""Several processes that serve one app."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from imlkit.cli.processes import Processes, chosen_ports
from imlkit.errors import CommandError
from tests.e2e.served import Served, until

HELLO = "import os, panel as pn\npn.pane.Markdown('x').servable(title=str(os.getpid()))\n"
SERVE = [sys.executable, "-m", "imlkit", "serve", "hello.py"]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "hello.py").write_text(HELLO)
    app = Served([*SERVE, "--processes", "2", "--port", "0"], tmp_path)
    yield app
    if app.process.poll() is None:
        app.stop()


def answer(url: str) -> tuple[int, str]:
    """Return the process that answered, and the number in its cookie."""
    with urllib.request.urlopen(url, timeout=30) as page:
        title = re.search(r"<title>(\d+)</title>", page.read().decode())
        kept = SimpleCookie(page.headers["Set-Cookie"])["imlkit_process"]
    assert title is not None
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    return int(title[1]), kept.value


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_each_has_a_port_and_a_cookie_and_all_stop_together(app: Served) -> None:
    port = int(app.url.rpartition(":")[2].partition("/")[0])
    found = [answer(f"http://127.0.0.1:{number}/hello") for number in (port, port + 1)]
    assert [number for _, number in found] == ["0", "1"]
    assert len({process for process, _ in found}) == 2
    os.kill(found[1][0], signal.SIGKILL)
    until(lambda: any("is started again" in line for line in app.log), 30)
    until(lambda: _answers(port + 1), 60)
    again = answer(f"http://127.0.0.1:{port + 1}/hello")
    assert again[0] != found[1][0]
    assert again[1] == "1"
    begin = time.monotonic()
    app.stop()
    assert time.monotonic() - begin < 10
    assert app.process.returncode == 0
    assert not any(lives(process) for process in (found[0][0], again[0]))
    assert "Traceback" not in "".join(app.log)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_one_that_dies_again_and_again_ends_all(tmp_path: Path) -> None:
    # It listens for a moment, as a process does that fails soon after its start.
    program = tmp_path / "dying.py"
    program.write_text(
        "import socket, sys, time\n"
        "s = socket.socket()\n"
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
        "s.bind(('127.0.0.1', int(sys.argv[2])))\n"
        "s.listen()\ns.accept() if not __import__('os').path.exists(sys.argv[0] + '.seen') else None\n"
        "open(sys.argv[0] + '.seen', 'w').close()\nsys.exit(3)\n"
    )
    runner = (
        "import sys\nfrom imlkit.cli.processes import Processes, chosen_ports\n"
        "from imlkit.errors import CommandError\n"
        "try:\n    Processes([sys.executable, sys.argv[1]], {}, chosen_ports('127.0.0.1', 0, 1),"
        " '127.0.0.1', {}).run()\n"
        "except CommandError as error:\n    print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", runner, str(program)], capture_output=True, text=True, timeout=60
    )
    assert "process 0 has ended 5 times within a minute, the last time with status 3" in said.stdout
    assert said.stderr.count("it is started again") == 4


def test_a_port_of_the_row_that_is_taken_is_an_error_where_the_first_was_asked_for() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"port {port} is taken"):
            chosen_ports("127.0.0.1", port, 2)
        first, second = chosen_ports("127.0.0.1", None, 2)
        assert second == first + 1
    with pytest.raises(CommandError, match="no 2 ports from 65535 on"):
        chosen_ports("127.0.0.1", 65535, 2)


def test_what_keeps_one_from_starting_is_told_and_ends_all(tmp_path: Path) -> None:
    status = Processes(
        [sys.executable, "-m", "imlkit", "serve", str(tmp_path / "gone.py")],
        {},
        chosen_ports("127.0.0.1", 0, 2),
        "127.0.0.1",
        {},
    ).run()
    assert status == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--processes", "0"], "'0' is no number of processes"),
        (["--processes", "many"], "'many' is no number of processes"),
        (["--processes", "2", "--open"], "open the proxy's address instead"),
        (["--origin", "https://apps.example.org"], "without https://"),
        (["--origin", "a b"], "is no name of a server"),
        (["--store", "my-folder"], "is no address of a store's server"),
        (["--store", "http://user:secret@127.0.0.1"], "a password does not belong into a store's address"),
    ],
)
def test_bad_usage_takes_one_line(arguments: list[str], words: str, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    said = subprocess.run([*SERVE, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert said.returncode == 2
    assert words in said.stderr
    assert said.stderr.count("\n") == 1
