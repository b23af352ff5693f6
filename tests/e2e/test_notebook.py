"""Components in JupyterLab: displayed by themselves, linked with each other and with Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.jupyter import Lab, Notebook
from tests.e2e.served import ROOT, until

pytestmark = pytest.mark.e2e

TABLE = """
import numpy as np
import pyarrow
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.tables import InRange, LinkedState, Table

random = np.random.default_rng(0)
n = 5_000
x = random.normal(size=n)
table = Table(pyarrow.table({
    "id": np.arange(n),
    "x": x,
    "y": x + random.normal(size=n),
    "kind": random.choice(["cat", "dog", "<img src=x onerror='window.ran = true'>"], n, p=[0.6, 0.3, 0.1]),
}))
state = LinkedState()
"""
CHARTS = "SummaryCharts(table, state)"
BESIDE = "SummaryCharts(table, state, columns=['y'])"
FIRST, SECOND = 0, 1


class Told:
    """What a page complained of and what it fetched, from elsewhere and at all."""

    def __init__(self, page: Page, at_home: str) -> None:
        self.faults: list[str] = []
        self.foreign: list[str] = []

        def heard(message: Any) -> None:
            if message.type == "error":
                self.faults.append(f"{message.text} {message.location['url']}")

        def asked(request: Any) -> None:
            if not request.url.startswith((at_home, "data:", "blob:")):
                self.foreign.append(request.url)

        page.on("console", heard)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", asked)
        page.on("websocket", lambda socket: self._socket(socket.url, at_home))

    def _socket(self, url: str, at_home: str) -> None:
        if not url.startswith(at_home.replace("http", "ws", 1)):
            self.foreign.append(url)


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, lab: Lab, told: list[Told]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1500})
    page = context.new_page()
    page.set_default_timeout(30_000)
    told.append(Told(page, lab.url))
    lab.visit(page)
    yield page
    context.close()


@pytest.fixture(scope="module")
def opened(lab: Lab, page: Page) -> Notebook:
    """The notebook that most tests share: starting a kernel takes a while."""
    notebook = Notebook(lab, page, [TABLE + CHARTS, BESIDE])
    notebook.run_all()
    return notebook


@pytest.fixture
def notebook(opened: Notebook, told: list[Told]) -> Iterator[Notebook]:
    opened.keep(2)
    opened.run("state.filters.set(None)")
    expect(left(opened, FIRST)).to_have_text("5,000 rows")
    yield opened
    assert not told[0].faults, told[0].faults
    assert not told[0].foreign


def left(notebook: Notebook, view: int) -> Locator:
    return notebook.views().nth(view).locator(".status")


def bars(notebook: Notebook, view: int, column: str) -> list[str]:
    area = notebook.views().nth(view).locator(f".card[aria-label='{column}']")
    heights: list[str] = area.locator("svg .bar").evaluate_all(
        "bars => bars.map(bar => bar.getAttribute('height'))"
    )
    return heights


def drag(notebook: Notebook, view: int, column: str, low: float, high: float, steps: int = 10) -> None:
    chart = notebook.views().nth(view).locator(f".card[aria-label='{column}']")
    chart.scroll_into_view_if_needed()
    box = chart.locator(".area").bounding_box()
    assert box is not None
    mouse, middle = notebook.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + low * box["width"], middle)
    mouse.down()
    mouse.move(box["x"] + high * box["width"], middle, steps=steps)


def test_what_is_brushed_in_one_cell_is_seen_in_the_other_and_is_data_in_the_next(notebook: Notebook) -> None:
    before = bars(notebook, SECOND, "y")
    drag(notebook, FIRST, "x", 0.25, 0.5)
    expect(left(notebook, FIRST)).to_have_text(re.compile(r"^[\d,]+ of 5,000 rows$"))
    # Nobody but this view knows while it moves.
    expect(left(notebook, SECOND)).to_have_text("5,000 rows")
    notebook.page.mouse.up()
    words = left(notebook, FIRST).inner_text()
    expect(left(notebook, SECOND)).to_have_text(words)
    until(lambda: bars(notebook, SECOND, "y") != before)
    assert re.match(r"\(InRange\(column='x', low=-.*\),\)$", notebook.run("state.filters.value.parts"))
    rows = int(words.partition(" ")[0].replace(",", ""))
    assert 0 < rows < 5000
    frame = "frame = table.filtered(state).to_pandas()"
    assert notebook.run(f"{frame}\nlen(frame), bool(frame.x.between(-3, 3).all())") == f"({rows}, True)"
    assert notebook.page.evaluate("window.ran") is None


def test_what_a_cell_sets_is_seen_and_can_be_taken_back(notebook: Notebook) -> None:
    count = int(notebook.run("state.filter(InRange('x', 0, 1))\ntable.count(state.filters.value)"))
    expect(left(notebook, FIRST)).to_have_text(f"{count:,} of 5,000 rows")
    expect(left(notebook, SECOND)).to_have_text(f"{count:,} of 5,000 rows")
    notebook.run("state.undo()")
    expect(left(notebook, SECOND)).to_have_text("5,000 rows")
    notebook.run("state.redo()")
    expect(left(notebook, FIRST)).to_have_text(f"{count:,} of 5,000 rows")


def test_a_state_that_came_as_an_address_is_shown(notebook: Notebook) -> None:
    notebook.run("address = LinkedState.to_url(state.unlinked(), 'http://127.0.0.1/page')")
    notebook.run("state.filter(InRange('y', 0, 1))\naddress = state.to_url('http://127.0.0.1/page')")
    words = left(notebook, SECOND)
    expect(words).to_have_text(re.compile(" of "))
    notebook.run("SummaryCharts(table, LinkedState.from_url(address), columns=['x'])")
    expect(left(notebook, 2)).to_have_text(words.inner_text())
    # It is a state of its own.
    notebook.run("state.filters.set(None)")
    expect(words).to_have_text("5,000 rows")
    expect(left(notebook, 2)).to_have_text(re.compile(" of "))


def test_a_brush_draws_what_moves_without_asking_python(notebook: Notebook) -> None:
    view = notebook.views().nth(FIRST)
    drag(notebook, FIRST, "x", 0.2, 0.3)
    expect(view.locator(".charts")).to_have_attribute("data-brushed", re.compile("-"))
    view.evaluate("""view => {
        const charts = view.querySelector(".charts");
        window.brushed = new Set();
        new MutationObserver(() => window.brushed.add(charts.dataset.brushed)).observe(
            charts, {attributeFilter: ["data-brushed"]});
    }""")
    # A cell that runs keeps Python busy all the while.
    notebook.page.evaluate(
        "code => { window.busy = notebook.sessionContext.session.kernel.requestExecute({code}).done; }",
        "import time; time.sleep(1.5)",
    )
    box = view.locator(".card[aria-label='x']").locator(".area").bounding_box()
    assert box is not None
    for step in range(60):
        notebook.page.mouse.move(box["x"] + (0.3 + step / 120) * box["width"], box["y"] + box["height"] / 2)
    notebook.page.mouse.up()
    assert notebook.page.evaluate("window.brushed.size") >= 25
    notebook.page.evaluate("window.busy.then(() => null)")
    expect(left(notebook, SECOND)).to_have_text(left(notebook, FIRST).inner_text())


def test_a_cell_that_waits_for_a_worker_gets_its_result_and_views_follow(notebook: Notebook) -> None:
    said = notebook.run(
        """
import threading, time
from imlkit import Stream
numbers = Stream()
drawn_on = set()
def slow(low):
    time.sleep(0.2)
    return InRange("x", low, 5)
narrowed = numbers.compute(slow)
narrowed.subscribe(state.filter)
numbers.set(-1)
numbers.set(0)
end = time.monotonic() + 10
while state.filter_on("x") != InRange("x", 0, 5) and time.monotonic() < end:
    time.sleep(0.01)
state.filter_on("x"), state.undoable.value > 1
"""
    )
    assert said.startswith("(InRange(column='x', low=0, high=5,"), said
    expect(left(notebook, FIRST)).to_have_text(re.compile(" of "))
    until(lambda: left(notebook, FIRST).inner_text() == left(notebook, SECOND).inner_text())
    # Between cells too: nobody waits.
    notebook.run("numbers.set(2)")
    count = notebook.run("table.count(InRange('x', 2, 5))")
    expect(left(notebook, SECOND)).to_have_text(f"{count} of 5,000 rows")


def test_a_cell_that_is_run_again_has_one_view_and_leaves_none_behind(notebook: Notebook) -> None:
    alive = (
        "import gc\nfrom imlkit.tables.linked.linked_view import LinkedView\n"
        "gc.collect(), sum(isinstance(o, LinkedView) for o in gc.get_objects())"
    )
    notebook.run("state.filter(InRange('x', 0, 1))")
    notebook.run_cell(SECOND)
    before = notebook.run(alive).partition(", ")[2]
    for _ in range(3):
        notebook.run_cell(SECOND)
        expect(left(notebook, SECOND)).to_have_text(re.compile(" of "))
    assert notebook.run(alive).partition(", ")[2] == before
    expect(notebook.views()).to_have_count(2)
    # The first cell carries what draws; its views and those of other cells go on after it is run again.
    notebook.run_cell(FIRST)
    expect(left(notebook, FIRST)).to_have_text("5,000 rows")
    notebook.run_cell(SECOND)
    drag(notebook, SECOND, "y", 0.4, 0.6)
    notebook.page.mouse.up()
    expect(left(notebook, FIRST)).to_have_text(re.compile(" of "))


def test_a_page_that_is_reloaded_shows_what_python_shows_now(notebook: Notebook, lab: Lab) -> None:
    notebook.save()
    notebook.run("state.filter(InRange('x', 0, 1))")
    words = left(notebook, FIRST)
    expect(words).to_have_text(re.compile(" of "))
    said = words.inner_text()
    notebook.keep(2)
    notebook.save()
    lab.visit(notebook.page)
    notebook.open()
    expect(words).to_have_text(said)
    drag(notebook, SECOND, "y", 0.4, 0.6)
    notebook.page.mouse.up()
    expect(words).not_to_have_text(said)
    expect(left(notebook, SECOND)).to_have_text(words.inner_text())


def test_other_components_are_shown_and_heard(notebook: Notebook) -> None:
    notebook.run("from imlkit import Button\nbutton = Button('Press')\nbutton")
    notebook.run(
        "presses = []\nbutton.clicks.subscribe(presses.append)\n"
        "from imlkit import ConfidencePlot, Prediction, Stream\n"
        "predictions = Stream(Prediction('cat', {'cat': 0.7, 'dog': 0.3}))\n"
        "ConfidencePlot(predictions)"
    )
    notebook.page.get_by_role("button", name="Press", exact=True).click()
    until(lambda: notebook.run("len(presses)") == "1")
    expect(notebook.page.get_by_role("listitem").filter(has_text="70 %")).to_be_visible()


LOOKS = """view => {
    const resolved = (name) => {
        const probe = document.createElement("span");
        probe.style.color = `var(${name})`;
        document.body.append(probe);
        const {color} = getComputedStyle(probe);
        probe.remove();
        return color;
    };
    const paper = getComputedStyle(view.querySelector("select")).backgroundColor;
    return [
        [getComputedStyle(view).color, resolved("--jp-content-font-color1")],
        [paper, resolved("--jp-layout-color0")],
    ];
}"""

ROOM = """view => {
    const output = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output");
    const right = view.getBoundingClientRect().right;
    return right <= output.getBoundingClientRect().right + 1 && view.scrollWidth <= view.clientWidth;
}"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_views_take_the_colours_of_the_lab_and_fit_into_narrow_cells(notebook: Notebook, theme: str) -> None:
    page, view = notebook.page, notebook.views().nth(FIRST)
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", theme)

    def agrees() -> bool:
        return all(has == wanted for has, wanted in view.evaluate(LOOKS))

    until(agrees)
    page.set_viewport_size({"width": 430, "height": 1500})
    try:
        until(lambda: bool(view.evaluate(ROOM)))
    finally:
        page.set_viewport_size({"width": 1280, "height": 1500})


def test_a_kernel_that_is_started_anew_draws_all_anew(notebook: Notebook) -> None:
    notebook.restart()
    notebook.keep(2)
    notebook.run_all()
    expect(notebook.views()).to_have_count(2)
    expect(left(notebook, FIRST)).to_have_text("5,000 rows")
    drag(notebook, FIRST, "x", 0.25, 0.5)
    notebook.page.mouse.up()
    expect(left(notebook, SECOND)).to_have_text(re.compile(" of "))


def test_the_tour_runs_as_it_stands(lab: Lab, page: Page, told: list[Told]) -> None:
    tour = Notebook(lab, page, ROOT / "notebooks" / "linked_tables.ipynb")
    tour.run_all()
    expect(left(tour, FIRST)).to_have_text(re.compile("rows"))
    assert not told[0].faults, told[0].faults
    assert not told[0].foreign
