"""A history of runs in a served app, of trainings in this process."""

from __future__ import annotations

import json
import math
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from imlkit import data_store
from imlkit.store import Store
from imlkit.training import Run, Runs
from tests.e2e.served import Served, serving, until

pytestmark = pytest.mark.e2e

SCRIPT = """
import json
from pathlib import Path
from imlkit import Button, Dashboard
from imlkit.components.experiments.training_history import TrainingHistory

history = TrainingHistory("runs")
history.selected.subscribe(lambda ids: Path("selected.json").write_text(json.dumps(ids)))
first = Button("Select the first")
first.clicks.subscribe(lambda _: history.selected.set((history.records.value[0].id,)))

app = Dashboard(title="Training", author="imlkit")
app.page("Runs").use(history, first)
app.servable()
"""

HOSTILE = ("<img src=x onerror=alert(1)>", "__proto__", "x" * 300, "שלום עולם", "\u202egnp.exe")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, "training", SCRIPT) as served:
        yield served


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "runs")
    yield store
    store.close()


@pytest.fixture
def page(served: Served, open_page: Callable[..., Page]) -> Page:
    return opened(open_page, served)


def opened(open_page: Callable[..., Page], served: Served, **options: Any) -> Page:
    page = open_page(served.url, **options)
    expect(page.locator(".history .count")).not_to_contain_text("being read", timeout=30_000)
    return page


def logged(store: Store, name: str, tags: tuple[str, ...] = (), /, **params: Any) -> str:
    """Log a run that has finished; return its id."""
    with Run(store, name, params, tags=tags, epochs=2) as run:
        run.log(epoch=1, loss=float(params.get("rate", 1)) / 3)
    return run.id


def line(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("gridcell", name=name, exact=True))


def names(page: Page) -> list[str]:
    lines = page.locator(".lines .line")
    found: list[str] = lines.evaluate_all(
        "lines => lines.sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)"
        ".map((line) => line.querySelector('.name').textContent)"
    )
    return found


def menu(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=f"More for {name}", exact=True).click()
    return page.get_by_role("dialog", name=f"What to do with {name}", exact=True)


def selected(folder: Path) -> list[str]:
    found: list[str] = json.loads((folder / "selected.json").read_text() or "[]")
    return found


class Training:
    """A training that goes on in a thread of the test, and obeys."""

    def __init__(self, store: Store, name: str, optimizer: Any = None) -> None:
        self.ended = threading.Event()
        self.run = Run(store, name, {"rate": 0.1}, epochs=1_000)
        self._optimizer = optimizer
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._train, daemon=True)

    def __enter__(self) -> Training:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        # A run that was left paused waits for a wish.
        Runs(self.run.store).ask(self.run.id, "stop")
        self._thread.join(30)
        assert not self._thread.is_alive()

    def _train(self) -> None:
        with self.run as run:
            for epoch in range(1, 1_000):
                run.log(epoch=epoch, loss=1 / epoch)
                run.obey(self._optimizer)
                if run.stopping or self._end.wait(0.2):
                    break
        self.ended.set()


def test_an_empty_history_says_how_to_begin_and_shows_a_run_as_soon_as_it_does(
    page: Page, store: Store
) -> None:
    expect(page.get_by_text("There are no runs yet")).to_be_visible()
    expect(page.get_by_role("region", name="How to log a run")).to_contain_text(
        'with Run("runs", "my first run"'
    )
    with Training(store, "the first") as training:
        expect(line(page, "the first")).to_contain_text("Running")
        expect(page.get_by_text("There are no runs yet")).to_be_hidden()
        expect(line(page, "the first").locator(".cell.metric")).to_have_text(re.compile(r"0\.\d+"))
        before = line(page, "the first").locator(".cell.epoch").inner_text()
        expect(line(page, "the first").locator(".cell.epoch")).not_to_have_text(before)
    assert training.ended.wait(10)
    expect(line(page, "the first")).to_contain_text("Finished")


def test_runs_are_sorted_by_any_column_and_found_by_words(store: Store, page: Page) -> None:
    for name, value in (("b", 0.1), ("a", 0.01), ("c", math.nan)):
        logged(store, name, ("paper",) if name == "a" else (), rate=value)
    logged(store, "d")
    expect(page.get_by_text("4 runs", exact=True)).to_be_visible()
    until(lambda: names(page) == ["d", "c", "a", "b"])
    rate = page.get_by_role("columnheader", name="rate")
    rate.get_by_role("button").click()
    expect(rate).to_have_attribute("aria-sort", "ascending")
    until(lambda: names(page) == ["a", "b", "c", "d"])
    expect(line(page, "c").locator(".cell.parameter")).to_have_text("NaN")
    rate.get_by_role("button").click()
    expect(rate).to_have_attribute("aria-sort", "descending")
    until(lambda: names(page) == ["c", "b", "a", "d"])
    field = page.get_by_role("searchbox")
    for words, left in (("paper fin", ["a"]), ("rate=0.1", ["b"]), ("D", ["c", "b", "a", "d"])):
        field.fill(words)
        expect(page.locator(".lines .line")).to_have_count(len(left))
        for name in left:
            expect(line(page, name)).to_be_visible()
    field.fill("nothing of this kind")
    expect(page.get_by_text("No run has all these words")).to_be_visible()


def test_what_is_ticked_is_selected_in_python_and_the_other_way_round(
    store: Store, page: Page, tmp_path: Path
) -> None:
    one, two, three = (logged(store, name) for name in ("one", "two", "three"))
    page.get_by_role("checkbox", name="Select two").check()
    page.get_by_role("checkbox", name="Select one").check()
    until(lambda: selected(tmp_path) == [two, one])
    expect(page.get_by_text("3 runs, 2 selected")).to_be_visible()
    page.get_by_role("button", name="Select the first").click()
    expect(page.get_by_role("checkbox", name="Select two")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Select one")).to_be_checked()
    page.get_by_role("searchbox").fill("t")
    page.get_by_role("button", name="Select all shown").click()
    until(lambda: set(selected(tmp_path)) == {one, two, three})
    page.get_by_role("button", name="Select none").click()
    until(lambda: selected(tmp_path) == [])


def test_runs_are_renamed_tagged_and_deleted_after_a_question(
    store: Store, page: Page, tmp_path: Path
) -> None:
    logged(store, "old")
    logged(store, "other")
    menu(page, "old").get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Name of old").fill("new")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="More for new")).to_be_visible()
    menu(page, "new").get_by_role("button", name="Change tags").click()
    page.get_by_role("textbox", name="Tags of new").fill(" paper, final,,paper")
    page.keyboard.press("Enter")
    expect(line(page, "new").locator(".cell.tags")).to_have_text("paper, final")
    page.get_by_role("button", name="Select all shown").click()
    page.get_by_role("button", name="Delete selected").click()
    asked = page.get_by_role("dialog", name="Delete 2 runs?")
    expect(asked).to_contain_text("no checkpoints were saved")
    asked.get_by_role("button", name="Keep").click()
    expect(asked).to_be_hidden()
    menu(page, "new").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name="Delete 1 run?").get_by_role("button", name="Delete 1 run").click()
    expect(line(page, "new")).to_have_count(0)
    expect(page.get_by_text("1 run, 1 selected")).to_be_visible()
    until(lambda: len(selected(tmp_path)) == 1)
    assert [run["name"] for run in store.collection("runs").find()] == ["other"]


def test_a_run_is_paused_resumed_and_stopped_and_says_so(store: Store, page: Page) -> None:
    with Training(store, "obedient") as training:
        expect(line(page, "obedient")).to_contain_text("Running")
        asked = menu(page, "obedient")
        asked.get_by_role("button", name="Pause").click()
        expect(asked.get_by_role("status")).to_have_text("Paused: Paused.")
        expect(line(page, "obedient").locator(".cell.state")).to_contain_text("Paused")
        asked.get_by_role("button", name="Resume").click()
        expect(asked.get_by_role("status")).to_have_text("Running: Goes on.")
        rate = asked.get_by_role("textbox", name="New learning rate")
        rate.fill("fast")
        asked.get_by_role("button", name="Set the learning rate").click()
        expect(asked.get_by_role("alert")).to_contain_text("Give a number from 0 on")
        rate.fill("0.01")
        rate.press("Enter")
        expect(asked.get_by_role("status")).to_contain_text("does not say whose learning rate")
        asked.get_by_role("button", name="Stop after this epoch").click()
        assert training.ended.wait(10)
        expect(line(page, "obedient").locator(".cell.state")).to_contain_text("Stopped")


def test_a_store_that_cannot_be_read_is_told_of_in_place_and_tried_again(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    (tmp_path / "runs").write_text("in the way")
    with serving(tmp_path, "training", SCRIPT) as served:
        page = open_page(served.url)
        told = page.get_by_role("alert").filter(has_text="runs")
        expect(told).to_be_visible(timeout=30_000)
        expect(page.get_by_text("There are no runs yet")).to_be_hidden()
        (tmp_path / "runs").unlink()
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_text("There are no runs yet")).to_be_visible()
        expect(told).to_be_hidden()


def test_everything_is_done_with_the_keyboard(store: Store, page: Page, tmp_path: Path) -> None:
    one, two = logged(store, "one"), logged(store, "two")
    expect(line(page, "one")).to_be_visible()
    expect(line(page, "two")).to_be_visible()
    page.get_by_text("Columns", exact=True).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox", name="Select two")).to_be_focused()
    page.keyboard.press("Space")
    until(lambda: selected(tmp_path) == [two])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    until(lambda: selected(tmp_path) == [two, one])
    page.keyboard.press("F2")
    field = page.get_by_role("textbox", name="Name of one")
    expect(field).to_be_focused()
    field.fill("  ")
    field.press("Enter")
    expect(line(page, "one")).to_be_visible()
    page.keyboard.press("F2")
    field.fill("first")
    # What happens to other runs meanwhile does not disturb.
    logged(store, "three", dropout=0.5)
    expect(line(page, "three")).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value("first")
    field.press("Enter")
    expect(page.get_by_role("button", name="More for first")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="More for first")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="What to do with first")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="More for first")).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.get_by_role("dialog", name="Delete 1 run?")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("columnheader", name="State").get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="State")).to_have_attribute("aria-sort", "ascending")


def test_a_run_that_does_not_answer_is_told_of(store: Store, page: Page) -> None:
    with Run(store, "deaf"):
        menu(page, "deaf").get_by_role("button", name="Pause").click()
        expect(line(page, "deaf")).to_contain_text("Pause asked…")
        expect(line(page, "deaf")).to_contain_text("No answer yet: the training asks")


def test_a_run_without_a_sign_of_life_is_shown_as_interrupted(store: Store, page: Page) -> None:
    seen = datetime.now(UTC) - timedelta(seconds=9)
    store.collection("runs").create({"name": "dead", "state": "running", "seen": seen, "begun": seen})
    expect(line(page, "dead")).to_contain_text("Running")
    expect(line(page, "dead")).to_contain_text("Interrupted")


def test_hostile_names_are_text(store: Store, page: Page) -> None:
    for name in HOSTILE:
        logged(store, name, (name,), **{name: name, "__proto__": "own"})
    store.collection("runs").create({"name": "", "state": 7, "params": [1], "values": {"a": 1}})
    expect(page.get_by_text("6 runs", exact=True)).to_be_visible()
    for name in HOSTILE:
        expect(line(page, name).locator(".name")).to_have_text(name)
    expect(line(page, "without a name")).to_contain_text("Interrupted")
    expect(page.locator(".history img")).to_have_count(0)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 1280
    page.get_by_text("Columns", exact=False).first.click()
    page.get_by_role("searchbox").fill("own")
    expect(page.locator(".lines .line")).to_have_count(5)


def test_a_thousand_runs_open_soon_and_scroll(
    store: Store, served: Served, open_page: Callable[..., Page]
) -> None:
    began = datetime.now(UTC)
    store.collection("runs").create(
        [
            {
                "name": f"run {n}",
                "state": "finished",
                "begun": began + timedelta(seconds=n),
                "params": {"rate": n / 1000, "layers": n % 7},
                "values": [["loss", 1 / (n + 1)], ["accuracy", n / 1000]],
            }
            for n in range(1_000)
        ]
    )
    page = open_page(served.url)
    page.get_by_text("The runs are being read").or_(page.get_by_text("1,000 runs")).wait_for()
    before = time.monotonic()
    expect(line(page, "run 999")).to_be_visible()
    assert time.monotonic() - before < 2
    assert page.locator(".lines .line").count() < 60
    page.locator(".history-grid").evaluate("grid => { grid.scrollTop = grid.scrollHeight; }")
    expect(line(page, "run 0")).to_be_visible()
    page.get_by_role("checkbox", name="Select run 0", exact=True).focus()
    page.keyboard.press("Control+Home")
    expect(page.get_by_role("checkbox", name="Select run 999", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_text("1,000 runs, 1 selected")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_works_on_a_phone_and_is_accessible(
    store: Store, served: Served, open_page: Callable[..., Page], scheme: str
) -> None:
    for name in ("one", "x" * 300):
        logged(store, name, ("paper",), rate=0.1)
    page = opened(
        open_page, served, viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=scheme
    )
    expect(line(page, "one")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator(".history button:visible, .history summary").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 40, button.inner_text()
    assert not faults(page)
    menu(page, "one")
    assert not faults(page)


def faults(page: Page) -> list[str]:
    found = Axe().run(page, context="body").response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]
