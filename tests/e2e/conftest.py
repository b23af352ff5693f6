"""A real server on loopback and a real Chromium for end-to-end tests."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect

from tests.e2e.jupyter import Lab, LabError
from tests.e2e.served import Served, chromium, lately_served

# Two cores carry the server, its training and the browser.
expect.set_options(timeout=15_000)

_open: list[Page] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say with a failure what its pages showed and its servers said."""
    report = yield
    if report.when == "call" and report.failed:
        report.sections += [(f"page {page.url}", _shown(page)) for page in _open]
        report.sections += [(f"server {served.url}", "".join(served.log)) for served in lately_served]
    if report.when == "teardown":
        lately_served.clear()
    return report


def _shown(page: Page) -> str:
    try:
        return page.locator("body").aria_snapshot(timeout=5_000)
    except Error as error:
        return f"(not to be read: {error})"


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start ``imlkit serve SCRIPT`` on loopback; relative stores are in the test's folder."""
    started: list[Served] = []

    def start(script: str | Path, port: int = 0, data: Path = tmp_path, environment: Any = None) -> Served:
        command = [sys.executable, "-m", "imlkit", "serve", str(script)]
        command += ["--data", str(data), "--port", str(port)]
        served = Served(command, tmp_path, environment)
        started.append(served)
        return served

    yield start
    for served in started:
        if served.process.poll() is None:
            served.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab on loopback."""
    try:
        lab = Lab(tmp_path_factory.mktemp("lab") / "jupyter")
    except LabError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    yield lab
    lab.stop()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address in a new browser context; console errors fail the test at its end."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"{message.text} {message.location['url']}")

    def open_one(url: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        _open.append(page)
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", heard)
        # From now on no choice of files opens a window of the desktop, however soon it is asked for.
        page.on("filechooser", lambda _: None)
        page.goto(url)
        return page

    yield open_one
    _open.clear()
    for context in contexts:
        context.close()
    assert not [fault for fault in faults if not _expected(fault)], faults


def _expected(fault: str) -> bool:
    # A server that a test stops or kills drops its pages' connections; `x` is the picture in
    # <img src=x onerror=…>, with which tests try what must stay text.
    lost = r"WebSocket connection|ERR_CONNECTION|Lost websocket|not connected so cannot send"
    return bool(re.search(rf"{lost}|status of 404 .* http://127\.0\.0\.1:\d+/x$", fault))
