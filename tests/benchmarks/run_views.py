"""What a run logs, on an open page: from the call to the pixels."""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from imlkit.location import data_store
from imlkit.training import Run
from imlkit.training.run_curves import Point, points_document
from tests.e2e.served import chromium, serving

__all__ = ["rows"]

APP = """
import panel as pn

from imlkit import Dashboard
from imlkit.components.experiments.run_plot import RunPlot

run = pn.state.session_args["run"][0].decode()
app = Dashboard(title="Curves")
app.page("Main").use(RunPlot("runs", run))
app.servable()
"""

HISTORY = """
from imlkit import Dashboard, TrainingHistory

app = Dashboard(title="History")
app.page("Main").use(TrainingHistory("runs"))
app.servable()
"""

TIMES = 20
BAR = 500
"""Milliseconds."""
RUNS, POINTS = 1_000, 1_000
OPENED = 5
OPENS = 2.0
"""Seconds."""

# Resolves, with the time since 1970, once the chart tells of a value and has been drawn with it.
SHOWN = """async (words) => {
  const deep = (root, name) => { for (const e of root.querySelectorAll('*')) {
    if (e.matches(name)) return e;
    const found = e.shadowRoot && deep(e.shadowRoot, name); if (found) return found; } return null; };
  const canvas = deep(document, '.chart canvas');
  const told = () => canvas.getAttribute('aria-label').includes(words);
  if (!told()) await new Promise((done) => {
    const seen = new MutationObserver(() => { if (told()) { seen.disconnect(); done(); } });
    seen.observe(canvas, {attributes: true});
    if (told()) done();
  });
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return Date.now();
}"""


def rows() -> list[tuple[str, str, float, bool]]:
    """Return what was measured: what, its bar, the value and whether it holds."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        with serving(folder, "curves", APP) as served, Run(data_store(folder / "runs"), "live") as run:
            run.log(loss=0)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{served.url}?run={run.id}")
            page.locator(".chart canvas[aria-label*='1 point']").wait_for()
            delay = statistics.median(logged(page, run, value) for value in range(1, TIMES + 1))
        opened = history_opened(browser)
    return [
        ("a logged scalar to its point on an open page, median, ms", f"under {BAR}", delay, delay < BAR),
        (
            f"TrainingHistory with {RUNS:,} runs of {POINTS:,} points opens, median, s",
            f"under {OPENS:g}",
            opened,
            opened < OPENS,
        ),
    ]


def history_opened(browser: Browser) -> float:
    """Return the seconds from asking for a page until the lines of many runs are on it: a median."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "runs")
        with serving(folder, "history", HISTORY) as served:
            taken = []
            for _ in range(OPENED):
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                begun = time.perf_counter()
                page.goto(served.url)
                page.get_by_text(f"{RUNS:,} runs").first.wait_for()
                page.get_by_text(re.compile(r"^run \d+$")).first.wait_for()
                taken.append(time.perf_counter() - begun)
                page.close()
    return statistics.median(taken)


def fill(folder: Path) -> None:
    """Make a store of finished runs, each with its points."""
    store = data_store(folder)
    with Run(store, "run 0", {"rate": 0.1}) as run:
        run.log(loss=1.0, accuracy=0.5)
    like = store.collection("runs").get(run.id)
    runs, bundles = [], []
    for number in range(1, RUNS):
        id = f"{number:032}"
        runs.append(
            {**like, "id": id, "name": f"run {number}", "params": {"rate": 1 / number, "layers": number % 5}}
        )
        points: list[Point] = [
            (metric, n, float(n // 100), n / 10, 1 / (n + number))
            for n in range(POINTS)
            for metric in ("loss", "accuracy")
        ]
        bundles.append(points_document(id, 0, points))
    store.collection("runs").create(runs)
    store.collection("run_points").create(bundles)
    store.close()


def logged(page: Page, run: Run, value: int) -> float:
    """Return after how many milliseconds a value that was logged is on the page."""
    # Not in step with what looks for changes.
    page.wait_for_timeout(1000 + 37 * value)
    before = time.time()
    run.log(loss=value)
    return float(page.evaluate(SHOWN, f"last {value},") - 1000 * before)
