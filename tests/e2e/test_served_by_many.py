"""One app, two processes, one store, behind the proxy that the guide describes: as a browser meets it."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from imlkit import data_store
from tests.accounts import NOTES
from tests.e2e.served import Served, until
from tests.nginx import Proxy, free_pair, free_ports, nginx_proxy

pytestmark = pytest.mark.e2e


class Many(Served):
    """An ``imlkit serve --processes`` that has said that all answer."""

    def process_of(self, port: int) -> int:
        """Return the number that the system knows the process at a port by."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if words[-3:-1] == [b"--port", str(port).encode()]:
                    return int(entry.name)
        raise AssertionError(f"nothing serves port {port}")


@pytest.fixture
def pair() -> tuple[int, int]:
    return free_pair()


@pytest.fixture
def proxy(tmp_path: Path, pair: tuple[int, int]) -> Iterator[Proxy]:
    (port,) = free_ports(1)
    with nginx_proxy(tmp_path, port, pages=pair) as proxy:
        yield proxy


@pytest.fixture
def app(tmp_path: Path, pair: tuple[int, int], proxy: Proxy) -> Iterator[Many]:
    script = tmp_path / "notes.py"
    script.write_text(NOTES)
    command = [sys.executable, "-m", "imlkit", "serve", str(script), "--data", str(tmp_path)]
    command += ["--port", str(pair[0]), "--processes", "2", "--origin", proxy.url.removeprefix("https://")]
    app = Many(command, tmp_path)
    yield app
    if app.process.poll() is None:
        app.stop()


def opened(browser: Browser, proxy: Proxy, process: int) -> tuple[BrowserContext, Page]:
    """Open the app in a browser of its own that is led to a certain process."""
    while True:
        context = browser.new_context(ignore_https_errors=True)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.goto(f"{proxy.url}/notes")
        if process_cookie(context) == str(process):
            expect(page.get_by_role("button", name="Add")).to_be_visible()
            return context, page
        context.close()


def process_cookie(context: BrowserContext) -> str:
    (cookie,) = (one for one in context.cookies() if one["name"] == "imlkit_process")
    assert cookie["httpOnly"]
    assert cookie["secure"]
    assert cookie["sameSite"] == "Lax"
    return str(cookie["value"])


def note(page: Page, text: str) -> None:
    page.get_by_label("Note").fill(text)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text(text)).to_be_visible()


def test_pages_stick_to_their_process_share_one_store_and_survive_the_others_death(
    app: Many, proxy: Proxy, pair: tuple[int, int], browser: Browser, tmp_path: Path
) -> None:
    (first, one), (second, two) = opened(browser, proxy, 0), opened(browser, proxy, 1)
    note(one, "written at the first")
    expect(two.get_by_text("written at the first")).to_be_visible()
    for _ in range(3):
        two.reload()
        expect(two.get_by_text("written at the first")).to_be_visible()
        assert process_cookie(second) == "1"

    before = app.process_of(pair[0])
    os.kill(before, signal.SIGKILL)
    until(lambda: "Process 0 has ended with status -9: it is started again." in "".join(app.log))
    note(two, "written while the first was away")
    # Whoever had the first process is led to the other one, and stays there.
    one.reload()
    expect(one.get_by_text("written while the first was away")).to_be_visible()
    assert process_cookie(first) in ("0", "1")
    until(lambda: _port_answers(pair[0]), 30)
    assert app.process_of(pair[0]) != before
    note(one, "written after that")
    expect(two.get_by_text("written after that")).to_be_visible()
    store = data_store(tmp_path / "notes")
    assert store.collection("notes").count() == 3
    store.close()
    first.close()
    second.close()


def test_all_stop_together_and_even_when_the_first_is_killed(
    app: Many, pair: tuple[int, int], tmp_path: Path
) -> None:
    children = [app.process_of(port) for port in pair]
    assert re.search(rf"ports {pair[0]} to {pair[1]}", "".join(app.log))
    app.kill()
    until(lambda: not any(_lives(child) for child in children))


def _port_answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _lives(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
