"""A million rows that are brushed, and counted beside with NumPy."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Locator, Page, expect

from imlkit.tables import InRange
from imlkit.tables.seen import Seen

from .animals import drag

__all__ = ["DEFINITION", "Reading", "brush", "check"]

DEFINITION = """
import numpy as np
import pyarrow
from imlkit import LinkedState, SummaryCharts, Table

def million(n=1_000_000):
    random = np.random.default_rng(0)
    x = random.normal(size=n)
    # Which size a row has depends on x: no part of the rows has the shares of all.
    size = np.array(["small", "medium", "large"])[np.digitize(x + random.normal(size=n), [-0.5, 1.0])]
    return {"id": np.arange(n), "x": x, "size": size, "odd": np.arange(n) % 2 == 1}

def views(rows, state):
    return SummaryCharts(Table(pyarrow.table(rows)), state, columns=["x", "size", "odd"], title="Charts")
"""

READ = """view => {
    const number = (text) => Number(text.replaceAll(",", ""));
    const text = (node, part) => node.querySelector(part).textContent;
    const sizes = (column) => {
        const values = [...view.querySelectorAll(`.card[aria-label='${column}'] .value`)];
        return Object.fromEntries(values.map((one) => [text(one, ".name"), number(text(one, ".size"))]));
    };
    return [number(view.querySelector(".status").textContent.split(" ")[0]), sizes("size"), sizes("odd")];
}"""


class Reading(NamedTuple):
    """What the charts say at one moment: rows left, of each size, and odd or not."""

    left: int
    sizes: dict[str, int]
    odd: dict[str, int]


def brush(page: Page, view: Locator) -> tuple[list[Reading], Reading]:
    """Brush the chart of x in a few moves, and let go.

    Returns:
        what the charts said after each move, while the button was down, and what they say at the end.
    """
    expect(view.locator(".status")).to_have_text("1,000,000 rows", timeout=60_000)
    expect(view.locator(".card .value .size")).to_have_count(5, timeout=60_000)
    area = view.get_by_role("region", name="x", exact=True).locator(".area")
    drag(page, area, 0.4, 0.45)
    charts = view.locator(".charts")
    expect(charts).to_have_attribute("data-brushed", re.compile("-"), timeout=60_000)
    box = area.bounding_box()
    assert box is not None
    readings = []
    for part in (0.5, 0.55, 0.6):
        before = charts.get_attribute("data-brushed") or ""
        page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        expect(charts).not_to_have_attribute("data-brushed", before)
        readings.append(Reading(*view.evaluate(READ)))
    page.mouse.up()
    expect(view.get_by_role("button", name="Clear the range of x")).to_be_visible()
    expect(view.get_by_role("button", name="Clear all filters")).to_be_visible()
    expect(charts).not_to_have_attribute("aria-busy", "true", timeout=60_000)
    return readings, Reading(*view.evaluate(READ))


def counted(seen: Seen) -> Reading:
    """Count the rows that a state leaves with NumPy alone."""
    names: dict[str, Any] = {}
    exec(DEFINITION, names)
    rows: dict[str, npt.NDArray[Any]] = names["million"]()
    (span,) = seen.filters.parts
    assert isinstance(span, InRange)
    assert not span.closed
    assert isinstance(span.low, float)
    assert isinstance(span.high, float)
    left = (rows["x"] >= span.low) & (rows["x"] < span.high)
    sizes, counts = np.unique(rows["size"][left], return_counts=True)
    odd = int(np.count_nonzero(rows["odd"][left]))
    total = int(np.count_nonzero(left))
    return Reading(
        total, dict(zip(sizes.tolist(), counts.tolist(), strict=True)), {"yes": odd, "no": total - odd}
    )


def check(readings: list[Reading], last: Reading, seen: Seen) -> None:
    """Expect right totals at every move: each row is in one bar of every chart, and more with each move."""
    for left, sizes, odd in readings:
        assert sum(sizes.values()) == sum(odd.values()) == left
    assert 0 < readings[0].left < readings[1].left < readings[2].left < 1_000_000
    # What was said while the button was down is what the rows say.
    assert readings[-1] == last == counted(seen)
