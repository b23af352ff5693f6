"""Weights and gradients of runs in a real browser, while they are logged."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import Run
from imlkit.training.run_record import MEDIA
from tests.e2e.served import serving

pytestmark = pytest.mark.e2e

APP = """
from pathlib import Path

import panel as pn

from imlkit import Dashboard, data_store
from imlkit.components.experiments.weight_histograms import WeightHistograms
from imlkit.errors import StoreUnavailableError
from imlkit.training import Runs

class Fragile(Runs):
    def read(self, ids=None):
        if (Path(__file__).parent / "broken").exists():
            raise StoreUnavailableError("The store at the other end does not answer: start it.")
        return super().read(ids)

asked = [part.decode() for part in pn.state.session_args.get("runs", [])]
app = Dashboard(title="Runs")
app.page("Main").use(WeightHistograms(Fragile(data_store("runs")), asked))
app.servable()
"""

SCRIPT = "<img src=x onerror=window.ran=1>"

Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serving(folder, "weights", APP) as served:
        yield served.url


@pytest.fixture(scope="module")
def store(folder: Path) -> Store:
    return data_store(folder / "runs")


@pytest.fixture
def showing(address: str, open_page: Callable[..., Page]) -> Opened:
    """Open a page that shows runs."""

    def show(*runs: str, **options: object) -> Page:
        return open_page(f"{address}?{'&'.join(f'runs={run}' for run in runs)}", **options)

    return show


def entry(name: str = "weight", center: float = 0.0, others: int = 0) -> dict[str, Any]:
    """Return a parameter of 10 values in four bins from -1 to 1 around a centre."""
    return {"name": name, "counts": [1, 2, 3, 4, others], "range": [center - 1, center + 1]}


def weights(*entries: dict[str, Any]) -> dict[str, Any]:
    """Return what a document keeps of parameters, all of them of as many bins."""
    return {
        "names": [entry["name"] for entry in entries],
        "counts": np.array([entry["counts"] for entry in entries], np.int64),
        "ranges": np.array([entry["range"] for entry in entries], np.float64),
    }


def step(run: Run | str, number: int, *entries: dict[str, Any], epoch: float | None = None) -> dict[str, Any]:
    return document(run, number, weights(*entries), epoch=epoch)


def document(run: Run | str, number: int, weights: Any, **parts: Any) -> dict[str, Any]:
    return {
        "run": run if isinstance(run, str) else run.id,
        "kind": "histograms",
        "name": "weights",
        "step": number,
        "epoch": None,
        "weights": weights,
        **parts,
    }


def study(store: Store, name: str = "study", steps: int = 5) -> str:
    """Log weights that move up by 1 each step of 10; return the run's id."""
    with Run(store, name) as run:
        pass
    store.collection(MEDIA).create(
        [step(run, 10 * n, entry(center=n), entry("bias", center=-n), epoch=n) for n in range(1, steps + 1)]
    )
    return run.id


def chart(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def says(page: Page, name: str, *words: str) -> None:
    """Wait until a chart's description has these words."""
    for each in words:
        expect(chart(page, name).locator("canvas")).to_have_attribute(
            "aria-label", re.compile(re.escape(each))
        )


def painted(page: Page, name: str) -> int:
    """Count the pixels of a chart that something is drawn on."""
    count: int = (
        chart(page, name)
        .locator("canvas")
        .evaluate(
            """(canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
                .data.filter((part, n) => n % 4 === 3 && part > 20).length"""
        )
    )
    return count


def test_weights_and_gradients_arrive_while_a_run_logs(store: Store, showing: Opened) -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(8, 4), torch.nn.Linear(4, 1))
    with Run(store, "live") as run:
        page = showing(run.id)
        expect(page.get_by_text("This run has logged no weights yet.")).to_be_visible()
        expect(page.get_by_text("run.log_histograms(model)")).to_be_visible()
        for epoch in range(1, 4):
            run.log(epoch=epoch, loss=1.0)
            run.log_histograms(model)
            says(page, "live", "weights of 0.weight in live by step", f"{epoch} step")
        expect(page.get_by_text("This run has logged no weights yet.")).to_be_hidden()
        assert painted(page, "live") > 1_000
        page.get_by_role("radio", name="Gradients").check()
        expect(chart(page, "live")).to_contain_text("No gradient of 0.weight was logged: it is frozen")
        model(torch.ones(1, 8)).sum().backward()
        run.log(epoch=4, loss=1.0)
        run.log_histograms(model)
        says(page, "live", "gradients of 0.weight in live by step: 1 step")


def test_a_bin_is_read_by_keys_and_pointer(store: Store, showing: Opened) -> None:
    page = showing(study(store))
    says(page, "study", "5 steps, drawn from 0 to 6", "At step 50, epoch 5: median 5.3333")
    said = chart(page, "study").get_by_role("status")
    chart(page, "study").locator(".area").focus()
    page.keyboard.press("Home")
    expect(said).to_have_text("step 10, epoch 1: 3 of 10 values from 1 to 1.5 (30.0%)")
    page.keyboard.press("ArrowUp")
    expect(said).to_have_text("step 10, epoch 1: 4 of 10 values from 1.5 to 2 (40.0%)")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("step 20, epoch 2: 2 of 10 values from 1.5 to 2 (20.0%)")
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text("step 20, epoch 2: 1 of 10 values from 1 to 1.5 (10.0%)")
    page.keyboard.press("Escape")
    expect(said).to_have_text("")
    box = chart(page, "study").locator(".area").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 15, box["y"] + 22)
    expect(said).to_contain_text("step 50, epoch 5: 4 of 10 values from 5.5 to 6")


def test_a_parameter_is_chosen_from_many(store: Store, showing: Opened) -> None:
    with Run(store, "wide") as run:
        pass
    names = [f"layer {n}.weight" for n in range(1_000)]
    store.collection(MEDIA).create(step(run, 1, *(entry(name) for name in names)))
    page = showing(run.id)
    says(page, "wide", "weights of layer 0.weight")
    expect(page.get_by_text("500 more: type a part of the name.")).to_be_visible()
    page.get_by_role("searchbox", name="Find a parameter").fill("layer 99")
    expect(page.get_by_text("11 parameters of 1,000")).to_be_visible()
    page.get_by_role("listbox", name="Parameter").select_option("layer 995.weight")
    says(page, "wide", "weights of layer 995.weight")


def test_two_runs_have_the_same_range(store: Store, showing: Opened) -> None:
    page = showing(study(store, "one", 3), study(store, "two", 8))
    says(page, "one", "3 steps, drawn from 0 to 9")
    says(page, "two", "8 steps, drawn from 0 to 9")
    page.get_by_label("By", exact=True).select_option("epoch")
    says(page, "two", "by epoch")
    expect(chart(page, "two").locator(".axes text").last).to_have_text("epoch")
    page.get_by_role("listbox", name="Parameter").select_option("bias")
    says(page, "one", "weights of bias", "drawn from −9 to 0")


def test_what_is_no_number_is_marked_and_counted(store: Store, showing: Opened) -> None:
    with Run(store, "wrong") as run:
        pass
    nothing = {"name": "weight", "counts": [0, 0, 0, 0, 10], "range": [0.0, 0.0]}
    store.collection(MEDIA).create(
        [
            step(run, 1, entry()),
            step(run, 2, entry(others=3)),
            step(run, 3, nothing),
        ]
    )
    page = showing(run.id)
    expect(chart(page, "wrong")).to_contain_text("13 values not a number or infinite, at 2 steps.")
    marks = chart(page, "wrong").locator(".fault title")
    expect(marks).to_have_text(
        ["3 values not a number or infinite at step 2", "10 values not a number or infinite at step 3"]
    )
    chart(page, "wrong").locator(".area").focus()
    page.keyboard.press("End")
    said = chart(page, "wrong").get_by_role("status")
    expect(said).to_contain_text("step 3: 0 of 0 values")
    expect(said).to_contain_text("and 10 values not a number or infinite")
    chart(page, "wrong").locator("summary").click()
    cells = chart(page, "wrong").locator("tbody tr").nth(1).locator("td")
    expect(cells).to_have_text(["2", "", "10", "−1", "0.33333", "1", "3"])


def test_what_is_damaged_says_so_and_the_rest_is_shown(store: Store, showing: Opened) -> None:
    run = study(store, "damaged", 2)
    media = store.collection(MEDIA)
    media.create(document(run, 30, {"names": ["weight"], "counts": 3}))
    # As an entry for each parameter.
    old = [{"name": "weight", "weight": {"counts": np.arange(4), "low": 0.0, "high": 1.0, "others": 0}}]
    media.create({"run": run, "kind": "histograms", "step": 40, "histograms": old})
    media.create({"run": run, "kind": "histograms", "weights": weights(entry())})
    page = showing(run)
    says(page, "damaged", "2 steps")
    words = chart(page, "damaged").locator(".damaged")
    expect(words).to_contain_text("Step 30 is damaged: histograms are missing in it")
    expect(words).to_contain_text("Step 40 is damaged: histograms are missing in it")
    expect(words).to_contain_text("A step is damaged: it does not say at which step.")


def test_a_thousand_parameters_and_their_gradients_at_many_steps_stay_quick(
    store: Store, showing: Opened
) -> None:
    with Run(store, "long") as run:
        pass
    names = [f"layer {n}" for n in range(1_000)]
    random = np.random.default_rng(0)

    def part() -> dict[str, Any]:
        # No two alike, as in a training: what is alike a store keeps once.
        counts = random.integers(0, 100_000, (len(names), 65))
        low = random.uniform(-2, -1, len(names))
        return {"names": names, "counts": counts, "ranges": np.stack([low, low + 3], 1)}

    media = store.collection(MEDIA)
    for number in range(200):
        media.create(document(run, number, part(), gradients=part()))
    page = showing(run.id)
    begun = time.monotonic()
    says(page, "long", "weights of layer 0", "At step 199")
    assert time.monotonic() - begun < 3
    says(page, "long", "51 steps")
    assert time.monotonic() - begun < 6
    expect(chart(page, "long")).to_contain_text("51 of 200 steps drawn.")
    page.evaluate(
        """() => {
          window.late = []
          const hear = (seen) => window.late.push(...seen.getEntries().map(({ duration }) => duration))
          new PerformanceObserver(hear).observe({entryTypes: ["longtask"]})
        }"""
    )
    begun = time.monotonic()
    page.get_by_role("listbox", name="Parameter").select_option("layer 200")
    says(page, "long", "weights of layer 200", "51 steps")
    page.get_by_role("radio", name="Gradients").check()
    says(page, "long", "gradients of layer 200", "51 steps")
    assert time.monotonic() - begun < 3
    assert max(page.evaluate("window.late"), default=0) < 250


def test_names_are_text_and_numbers_may_be_extreme(store: Store, showing: Opened) -> None:
    with Run(store, SCRIPT) as run:
        pass
    great = {"name": SCRIPT, "counts": [1, 2, 0], "range": [-1.7e308, 1.7e308]}
    same = {"counts": [5, 0, 0], "range": [3.0, 3.0]}
    store.collection(MEDIA).create(
        [
            step(run, 5, great, {"name": "__proto__", **same}),
            step(run, 4, great, {"name": "constructor", **same}),
        ]
    )
    page = showing(run.id)
    says(page, SCRIPT, f"weights of {SCRIPT} in {SCRIPT} by step: 2 steps")
    page.get_by_role("listbox", name="Parameter").select_option("__proto__")
    says(page, SCRIPT, "weights of __proto__", "1 step", "median 3")
    assert painted(page, SCRIPT) > 0
    assert page.evaluate("window.ran") is None
    assert math.isfinite(page.evaluate("document.documentElement.scrollWidth"))


def test_empty_views_say_how_to_begin(showing: Opened) -> None:
    page = showing()
    expect(page.get_by_text("No run is chosen. Choose one or more runs")).to_be_visible()
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
    says(page, "study", "5 steps")
    expect(problem).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(store: Store, showing: Opened, scheme: str) -> None:
    runs = [study(store, f"run {n} " + "with a long name " * 3 * n) for n in range(3)]
    with Run(store, "wrong") as wrong:
        pass
    long = [entry(f"encoder.layers.{n}.self_attention.output.projection.weight", others=n) for n in range(20)]
    store.collection(MEDIA).create(step(wrong, 1, *long, entry(others=2)))
    for options in ({}, {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}):
        page = showing(*runs, wrong.id, color_scheme=scheme, **options)
        expect(page.locator("section.chart")).to_have_count(4)
        says(page, "wrong", "weights of weight")
        chart(page, "wrong").locator("summary").click()
        chart(page, "wrong").locator(".area").focus()
        page.keyboard.press("End")
        found = Axe().run(page)
        assert not found.response["violations"], [
            (f["id"], n["html"]) for f in found.response["violations"] for n in f["nodes"]
        ]
        assert page.evaluate("document.documentElement.scrollWidth") <= (390 if options else 1280)
    parts = page.locator(".weights").locator("button, select, summary, .choice, input[type=search]")
    tall = "(all) => all.map((one) => one.getBoundingClientRect().height)"
    assert min(parts.filter(visible=True).evaluate_all(tall)) >= 40
