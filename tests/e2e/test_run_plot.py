"""The curves of runs in a real browser, while another process logs them."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import Run
from tests.e2e.served import serving, until

pytestmark = pytest.mark.e2e

APP = """
from pathlib import Path

import panel as pn

from imlkit import Dashboard, Stream, TextInput, data_store
from imlkit.components.experiments.run_plot import RunPlot
from imlkit.errors import StoreUnavailableError
from imlkit.training import Runs

class Fragile(Runs):
    def read(self, ids=None):
        if (Path(__file__).parent / "broken").exists():
            raise StoreUnavailableError("The store at the other end does not answer: start it.")
        return super().read(ids)

asked = [part.decode() for part in pn.state.session_args.get("runs", [])]
chosen = Stream(tuple(asked))
typed = TextInput(title="Runs")
typed.value.filter(bool).subscribe(lambda words: chosen.set(tuple(words.split())))
app = Dashboard(title="Runs")
app.page("Main").sidebar(typed).use(RunPlot(Fragile(data_store("runs")), chosen))
app.servable()
"""

SCRIPT = "<img src=x onerror=window.ran=1>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("curves")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serving(folder, "curves", APP) as served:
        yield served.url


@pytest.fixture(scope="module")
def store(folder: Path) -> Store:
    return data_store(folder / "runs")


Opened = Callable[..., Page]


@pytest.fixture
def showing(address: str, open_page: Callable[..., Page]) -> Opened:
    """Open a page that shows runs."""

    def show(*runs: str, **options: object) -> Page:
        return open_page(f"{address}?{'&'.join(f'runs={run}' for run in runs)}", **options)

    return show


def study(store: Store, name: str = "study", steps: int = 50) -> str:
    """Log a run of some epochs of ten steps; return its id."""
    with Run(store, name) as run:
        for step in range(1, steps + 1):
            run.log(step=step, epoch=(step + 9) // 10, loss=100 * 0.9**step, rate=0.1 - step / 400)
            if step % 10 == 0:
                run.log(step=step, val_loss=110 * 0.9**step)
    return run.id


def chart(page: Page, name: str) -> Locator:
    return page.locator("section.chart").filter(
        has=page.locator("h3", has_text=re.compile(f"^{re.escape(name)}$"))
    )


def says(page: Page, name: str, *words: str) -> None:
    """Wait until a chart's description has these words."""
    picture = chart(page, name).locator("canvas")
    for each in words:
        expect(picture).to_have_attribute("aria-label", re.compile(re.escape(each)))


def area(page: Page, name: str) -> Locator:
    return chart(page, name).locator(".area")


def readout(page: Page, name: str) -> Locator:
    return chart(page, name).locator(".readout li")


def painted(page: Page, name: str) -> int:
    """Count the pixels of a chart that something is drawn on."""
    count: int = (
        chart(page, name)
        .locator("canvas")
        .evaluate(
            """(canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
                .data.filter((part, n) => n % 4 === 3 && part > 100).length"""
        )
    )
    return count


def test_points_arrive_while_a_run_logs(store: Store, showing: Opened) -> None:
    with Run(store, "live") as run:
        page = showing(run.id)
        expect(page.get_by_text("This run has no points yet.")).to_be_visible()
        for step in range(1, 6):
            run.log(loss=10 - step)
            says(page, "loss", f"live: {step} point", f"last {10 - step}, least {10 - step}")
        expect(page.get_by_text("This run has no points yet.")).to_be_hidden()
        before = painted(page, "loss")
        run.log(accuracy=0.5)
        says(page, "accuracy", "1 point, first 0.5")
        assert painted(page, "accuracy") > 0
        chart(page, "loss").evaluate("chart => { chart.mark = 'kept' }")
        run.log(loss=20)
        says(page, "loss", "most 20")
        assert chart(page, "loss").evaluate("chart => chart.mark") == "kept"
        assert before > 0


def test_a_second_run_is_compared_with_the_first(store: Store, showing: Opened) -> None:
    one, two = study(store, "one"), study(store, "two", 20)
    page = showing(one)
    says(page, "loss", "of 1 run by step", "one, val_loss: 5 points")
    page.get_by_label("Runs", exact=True).first.fill(f"{one} {two}")
    page.keyboard.press("Enter")
    says(page, "loss", "of 2 runs by step", "two, loss: 20 points", "one, loss: 50 points")
    names = page.get_by_role("group", name="Runs", exact=True).get_by_role("button")
    expect(names).to_have_text(["one", "two"])
    expect(page.get_by_text("Dashed lines are validation.")).to_be_visible()
    full = painted(page, "loss")
    names.nth(1).hover()
    until(lambda: painted(page, "loss") < full)
    page.mouse.move(5, 5)
    until(lambda: painted(page, "loss") == full)
    names.nth(1).click()
    page.mouse.move(5, 5)
    page.keyboard.press("Tab")
    expect(names.nth(1)).to_have_attribute("aria-pressed", "true")
    until(lambda: painted(page, "loss") < full)


def test_the_nearest_point_of_each_run_is_read_by_pointer_and_keys(store: Store, showing: Opened) -> None:
    run = study(store)
    page = showing(run)
    says(page, "loss", "50 points")
    area(page, "loss").focus()
    page.keyboard.press("ArrowRight")
    expect(readout(page, "loss").first).to_contain_text("studyloss90step 1, epoch 1")
    page.keyboard.press("ArrowRight")
    expect(readout(page, "loss").first).to_contain_text("loss81step 2")
    page.keyboard.press("End")
    expect(readout(page, "loss").first).to_contain_text(f"{100 * 0.9**50!r}step 50, epoch 5")
    expect(readout(page, "loss").nth(1)).to_contain_text(f"studyval_loss{110 * 0.9**50!r}step 50")
    page.keyboard.press("ArrowLeft")
    expect(readout(page, "loss").first).to_contain_text("step 49")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(readout(page, "loss").first).to_contain_text("step 1,")
    page.keyboard.press("Escape")
    expect(readout(page, "loss")).to_have_count(0)
    box = area(page, "rate").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 12, box["y"] + 50)
    expect(readout(page, "rate")).to_have_count(1)
    expect(readout(page, "rate").first).to_contain_text(re.compile("step (49|50)"))


def test_by_epoch_by_time_logarithmic_and_smoothed(store: Store, showing: Opened) -> None:
    with Run(store, "mixed") as run:
        for step in range(1, 21):
            run.log(epoch=step / 10, loss=10.0 ** (3 - step))
        run.log(loss=0.0)
        run.log(loss=-1.0)
    page = showing(run.id)
    says(page, "loss", "by step", "22 points")
    page.get_by_label("By", exact=True).select_option("epoch")
    says(page, "loss", "by epoch")
    expect(chart(page, "loss").locator(".axes text").last).to_have_text("epoch")
    page.get_by_label("By", exact=True).select_option("time")
    says(page, "loss", "by time")
    expect(chart(page, "loss").locator(".axes text").last).to_have_text("time in seconds")
    page.get_by_label("Logarithmic").check()
    expect(chart(page, "loss").locator(".note")).to_contain_text("2 values of 0 or less are left out")
    expect(chart(page, "loss").locator(".axes text").filter(has_text="E−").first).to_be_visible()
    slider = page.get_by_role("slider", name="Smoothing")
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("output")).to_have_text("0.99")
    area(page, "loss").focus()
    page.keyboard.press("Home")
    expect(readout(page, "loss").first).to_contain_text("100 (smoothed 100)")
    page.keyboard.press("End")
    expect(readout(page, "loss").first).to_contain_text("−1 (smoothed")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("output")).to_have_text("0")
    page.get_by_label("Logarithmic").uncheck()
    expect(chart(page, "loss").locator(".note")).to_have_text("")


def test_points_without_an_epoch_are_counted(store: Store, showing: Opened) -> None:
    with Run(store, "early") as run:
        run.log(loss=3)
        run.log(loss=2, epoch=1)
    page = showing(run.id)
    page.get_by_label("By", exact=True).select_option("epoch")
    expect(chart(page, "loss").locator(".note")).to_have_text("1 point without an epoch is left out.")


def test_what_is_no_number_is_marked_at_the_edge(store: Store, showing: Opened) -> None:
    with Run(store, "wrong") as run:
        for value in (1.0, math.nan, 2.0, math.inf, -math.inf, 1e308, -1e308):
            run.log(loss=value, worse=math.nan)
    page = showing(run.id)
    says(page, "loss", "3 values not a number or infinite", "least −1e+308, most 1e+308")
    marks = chart(page, "loss").locator(".fault")
    expect(marks).to_have_count(3)
    expect(marks.nth(0).locator("title")).to_have_text(re.compile("^wrong, loss: not a number at step 2, "))
    expect(marks.nth(1).locator("title")).to_contain_text("infinity at step 4")
    expect(marks.nth(2).locator("title")).to_contain_text("minus infinity at step 5")
    expect(chart(page, "worse").locator(".fault")).to_have_count(7)
    assert painted(page, "loss") > 0
    assert painted(page, "worse") == 0


def test_hostile_names_are_text(store: Store, showing: Opened) -> None:
    names = [SCRIPT, "constructor", "__proto__", "toString", "", " ", "a" * 400, "\u202ename", "loss\nloss"]
    with Run(store, SCRIPT) as run:
        for step in range(3):
            run.log(dict.fromkeys(names, step))
    page = showing(run.id)
    expect(page.locator("section.chart")).to_have_count(len(names))
    for name in names[:4]:
        says(page, name, "3 points, first 0, last 2")
    expect(page.get_by_role("button", name=SCRIPT)).to_be_visible()
    chart(page, SCRIPT).locator("summary").click()
    expect(chart(page, SCRIPT).locator("tbody tr")).to_have_count(3)
    page.locator(".metrics summary").click()
    expect(page.get_by_role("checkbox", name="__proto__")).to_be_checked()
    page.get_by_role("checkbox", name="__proto__").uncheck()
    expect(page.locator("section.chart")).to_have_count(len(names) - 1)
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_values_are_a_table(store: Store, showing: Opened) -> None:
    run = study(store)
    page = showing(run)
    chart(page, "rate").locator("summary").click()
    rows = chart(page, "rate").locator("tbody tr")
    expect(rows).to_have_count(50)
    expect(rows.first.locator("td").nth(2)).to_have_text("50")
    expect(rows.first.locator("td").nth(5)).to_have_text(repr(0.1 - 50 / 400).replace("-", "−"))


def test_more_metrics_are_shown_by_choice(store: Store, showing: Opened) -> None:
    with Run(store, "many") as run:
        run.log({f"metric {n}": n for n in range(400)})
    page = showing(run.id)
    expect(page.locator("section.chart")).to_have_count(12)
    page.get_by_text(re.compile(r"^Metrics: 12 of 400 shown, and 0 of \d+ of the machine$")).click()
    figures = page.get_by_role("group", name="Figures of the machine to show")
    expect(figures.get_by_label("system/process CPU, %")).not_to_be_checked()
    expect(page.get_by_text("200 more: type a part of the name.")).to_be_visible()
    page.get_by_role("searchbox", name="Find a metric").fill("399")
    page.get_by_label("metric 399", exact=True).check()
    says(page, "metric 399", "1 point, first 399")
    expect(page.get_by_text("Metrics: 13 of 400 shown")).to_be_visible()
    expect(figures).to_be_hidden()
    page.get_by_role("searchbox", name="Find a metric").fill("cpu")
    figures.get_by_label("system/process CPU, %").check()
    says(page, "system/process CPU, %", "1 point")
    expect(page.locator("section.chart")).to_have_count(14)
    expect(
        page.get_by_text(re.compile(r"Metrics: 13 of 400 shown, and 1 of \d+ of the machine"))
    ).to_be_visible()


def test_a_run_that_logs_nothing_shows_what_it_takes_of_its_machine(store: Store, showing: Opened) -> None:
    with Run(store, "silent") as run:
        pass
    page = showing(run.id)
    says(page, "system/process memory, MB", "1 point")
    expect(page.get_by_text(re.compile(r"^Metrics of the machine: (\d+) of \1 shown$"))).to_be_visible()


def test_a_hundred_thousand_points_stay_quick(store: Store, showing: Opened) -> None:
    with Run(store, "long") as run:
        for step in range(100_000):
            run.log(loss=math.sin(step / 5000) + (99 if step == 54_321 else 0), accuracy=step)
        begun = time.monotonic()
        page = showing(run.id)
        says(page, "loss", "long: 100,000 points", "most 98.009")
        assert time.monotonic() - begun < 15
        page.evaluate(
            """() => {
              window.late = []
              const hear = (seen) => window.late.push(...seen.getEntries().map(({ duration }) => duration))
              new PerformanceObserver(hear).observe({entryTypes: ["longtask"]})
            }"""
        )
        for value in range(5):
            run.log(loss=-10 - value)
            says(page, "loss", f"long: {100_001 + value:,} points", f"least −{10 + value}")
        slider = page.get_by_role("slider", name="Smoothing")
        slider.focus()
        for _ in range(20):
            page.keyboard.press("ArrowRight")
        expect(page.locator("output")).to_have_text("0.2")
        box = area(page, "loss").bounding_box()
        assert box is not None
        for x in range(60, 300, 10):
            page.mouse.move(box["x"] + x, box["y"] + 80)
        expect(readout(page, "loss")).to_have_count(1)
        assert max(page.evaluate("window.late"), default=0) < 250


def test_empty_views_say_how_to_begin(showing: Opened) -> None:
    page = showing()
    expect(page.get_by_text("No run is chosen. Choose one or more runs")).to_be_visible()
    expect(page.get_by_label("Logarithmic")).to_be_hidden()
    page = showing("gone")
    expect(page.get_by_text("The run is no longer there. Choose another one.")).to_be_visible()


def test_a_store_that_does_not_answer_is_tried_again(folder: Path, store: Store, showing: Opened) -> None:
    run = study(store)
    (folder / "broken").touch()
    try:
        page = showing(run)
        problem = page.get_by_role("alert").filter(has_text="does not answer: start it.")
        expect(problem).to_be_visible()
    finally:
        (folder / "broken").unlink()
    page.get_by_role("button", name="Try again").click()
    says(page, "loss", "50 points")
    expect(problem).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(store: Store, showing: Opened, scheme: str) -> None:
    runs = [study(store, f"run {n} " + "with a long name " * n) for n in range(4)]
    with Run(store, "wrong") as wrong:
        wrong.log(loss=math.nan)
        wrong.log(loss=1)
    for options in ({}, {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}):
        page = showing(*runs, wrong.id, color_scheme=scheme, **options)
        says(page, "loss", "of 5 runs")
        chart(page, "loss").locator("summary").click()
        page.locator(".metrics summary").click()
        area(page, "loss").focus()
        page.keyboard.press("End")
        expect(readout(page, "loss")).to_have_count(9)
        found = Axe().run(page)
        assert not found.response["violations"], [
            (f["id"], n["html"]) for f in found.response["violations"] for n in f["nodes"]
        ]
        assert page.evaluate("document.documentElement.scrollWidth") <= (390 if options else 1280)
    parts = page.locator(".run-plot").locator("button, select, summary, .choice, .boxes label")
    tall = "(all) => all.map((one) => one.getBoundingClientRect().height)"
    assert min(parts.filter(visible=True).evaluate_all(tall)) >= 40
