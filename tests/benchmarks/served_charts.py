"""Charts of a million rows in a served app: a brush that moves, from the pointer to the pixels."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.benchmarks.brushing import brushed
from tests.e2e.served import Served, chromium

__all__ = ["rows"]

APP = """
import numpy as np
import pyarrow as pa

from imlkit import Dashboard, SummaryCharts, Table

random = np.random.default_rng(0)
table = Table(pa.table({f"x{n}": random.normal(n, 1 + n, 1_000_000) for n in range(6)}))
app = Dashboard(title="Charts")
app.page("Main").use(SummaryCharts(table))
app.servable()
"""


def rows() -> list[tuple[str, str, float, bool]]:
    """Return what was measured: what, its bar, the value and whether it holds."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        script = Path(folder) / "charts.py"
        script.write_text(APP)
        served = Served([sys.executable, "-m", "imlkit", "serve", str(script), "--port", "0"], Path(folder))
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(served.url)
            page.get_by_text("1,000,000 rows", exact=True).first.wait_for()
            page.locator(".charts .area").nth(5).wait_for()
            updates = brushed(page)
        finally:
            served.stop()
    return [
        ("served charts of 1,000,000 rows: brush updates a second", "at least 25", updates, updates >= 25)
    ]
