"""An exported page of a million rows in Chromium: opening, answering, brushing."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
from playwright.sync_api import Browser, Page

from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.tables import Table
from imlkit.tables.exports.export import export
from tests.benchmarks.brushing import brushed
from tests.e2e.served import chromium, static_server

ROWS = 1_000_000
COLUMNS = [f"x{n}" for n in range(6)]
OPENINGS = 3

ASK = """async (names) => {
  const { Table } = await import("imlkit/page_table.js");
  const { fromFile } = await import("imlkit/page_files.js");
  const [told] = JSON.parse(document.getElementById("page").textContent).tables;
  const table = new Table(told, (n) => fromFile(`column-0-${n}`, told.files[n]));
  await table.load([...names, told.id]);
  const timed = async (question) => {
    const start = performance.now();
    await table.answer(question);
    return performance.now() - start;
  };
  const bars = [];
  for (const column of names) bars.push(await timed({ ask: "bars", column, most: 20 }));
  const [active, ...charts] = names.map((name) => [name, 20]);
  const filters = { all: [{ column: charts[0][0], range: [0, 2], closed: false }] };
  const cube = await timed({ ask: "cube", active, positions: 200, charts });
  const filtered = await timed({ ask: "cube", active, positions: 199, charts, filters });
  return [Math.max(...bars), Math.max(cube, filtered)];
}"""


def opened(browser: Browser, url: str) -> tuple[Page, float]:
    """Open the page; return it and the seconds until all charts have their bars."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    start = time.perf_counter()
    page.goto(url)
    page.locator(".charts svg").nth(len(COLUMNS) - 1).wait_for()
    page.get_by_text(f"{ROWS:,} rows", exact=True).first.wait_for()
    return page, time.perf_counter() - start


def rows() -> list[tuple[str, str, float, bool]]:
    """Return what was measured: what, its bar, the value and whether it holds."""
    random = np.random.default_rng(0)
    table = Table(pa.table({name: random.normal(n, 1 + n, ROWS) for n, name in enumerate(COLUMNS)}))
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        export(Path(folder) / "page", SummaryCharts(table))
        with static_server(Path(folder) / "page") as url:
            seconds = []
            for _ in range(OPENINGS):
                page, taken = opened(browser, f"{url}/index.html")
                seconds.append(taken)
                page.close()
            page, _ = opened(browser, f"{url}/index.html")
            updates = brushed(page)
            bars, cube = page.evaluate(ASK, COLUMNS)
    size = f"{ROWS // 1_000_000} million rows × {len(COLUMNS)}"
    opening = median(seconds)
    return [
        (f"exported page of {size}: opens from a static server, s", "under 3", opening, opening < 3),
        (f"exported page of {size}: brush updates a second", "at least 25", updates, updates >= 25),
        (f"exported page of {size}: bars of a column, ms", "under 100", bars, bars < 100),
        (f"exported page of {size}: count cube of 5 charts, ms", "under 100", cube, cube < 100),
    ]
