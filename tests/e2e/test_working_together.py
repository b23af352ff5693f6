"""What README says of working together: two browsers, an app, a program and a store, each by itself."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from imlkit import data_store
from tests.e2e.served import ROOT, Served, until
from tests.e2e.sketching import capture, draw
from tests.e2e.test_sketch_app import app, design_script, free_port

pytestmark = pytest.mark.e2e
ADDRESS = "http://127.0.0.1:8090"


class Program:
    """A process whose words are read as they come."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.said = folder / f"said by {len(list(folder.glob('said by *')))}"
        with self.said.open("w") as out:
            self.process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT, text=True
            )

    def words(self) -> str:
        return self.said.read_text()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        self.process.stdin.close()


def commands(readme: str) -> dict[str, list[str]]:
    """Return what README writes into its terminals, by the second word."""
    section = readme.partition("## Working together\n")[2].partition("\n## ")[0]
    (block,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    lines = [line.partition("#")[0].split() for line in block.splitlines()]
    return {words[1]: words for words in lines}


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[list[str]], Program]]:
    running: list[Program] = []

    def start(command: list[str]) -> Program:
        running.append(Program(command, tmp_path))
        return running[-1]

    yield start
    for program in running:
        program.end()


def test_two_browsers_and_a_program_work_on_one_store_as_readme_shows(
    tmp_path: Path,
    started: Callable[[list[str]], Program],
    open_page: Callable[..., Page],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IMLKIT_QUEUE", str(tmp_path / "queue"))
    readme = (ROOT / "README.md").read_text()
    shown = commands(readme)
    url = f"http://127.0.0.1:{free_port()}"
    imlkit = [sys.executable, "-m", "imlkit"]

    def here(words: list[str]) -> list[str]:
        return [word.replace(ADDRESS, url) for word in words]

    (watch,) = [
        code for code in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "# watch.py" in code
    ]
    (tmp_path / "watch.py").write_text(watch.replace(ADDRESS, url))
    (tmp_path / "sketch.py").write_text(design_script())
    assert shown["store"][0] == "imlkit"
    store_command = [*imlkit, *shown["store"][1:], "--port", url.rpartition(":")[2]]
    store = started(store_command)
    until(lambda: f"Store: {url}" in store.words())
    served = Served([*imlkit, *here(shown["serve"][1:]), "--port", "0"], tmp_path)
    try:
        watching = started([sys.executable, *shown["watch.py"][1:]])
        until(lambda: "Draw and capture" in watching.words())
        one, two = app(open_page, served), app(open_page, served)
        capture(one, "circle")
        expect(two.get_by_role("option")).to_have_count(1)
        until(lambda: "1 drawings, of circle" in watching.words())
        capture(two, "cross")
        expect(one.get_by_role("option")).to_have_count(2)
        until(lambda: "2 drawings, of circle, cross" in watching.words())
        drawings = data_store(url).collection("dataset/drawings")
        until(lambda: drawings.count({"seen": True}) == 2)
        # The store ends suddenly. What is captured meanwhile is there when it is back, for everyone.
        store.end()
        one.get_by_role("button", name="Clear", exact=True).click()
        draw(one, "circle")
        one.get_by_role("textbox", name="Label").fill("circle")
        one.get_by_role("button", name="Capture this drawing").click()
        for page in (one, two):
            expect(page.get_by_text("One change waits on this app's machine")).to_be_visible(timeout=30_000)
        store = started(store_command)
        until(lambda: drawings.count() == 3, 60)
        expect(two.get_by_role("option")).to_have_count(3, timeout=30_000)
        until(lambda: drawings.count({"seen": True}) == 3, 60)
        for page in (one, two):
            expect(page.get_by_text("waits on this app's machine")).to_be_hidden(timeout=30_000)
        drawings_there: list[dict[str, Any]] = drawings.find(select=["y"])
        assert [each["y"] for each in drawings_there] == ["circle", "cross", "circle"]
        assert watching.process.stdin is not None
        watching.process.stdin.write("\n")
        watching.process.stdin.flush()
        assert watching.process.wait(30) == 0
    finally:
        served.stop()
        data_store(url).close()
