"""Fingers on plots and charts, as a telephone reports them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.plotting import plot_of, view
from tests.e2e.served import Served, serving, until

pytestmark = pytest.mark.e2e

SOURCE = """
import numpy as np

from imlkit import Dashboard
from imlkit.components.tables.scatter import Scatter
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.tables import LinkedState, Table

random = np.random.default_rng(1)
table = Table({"x": random.normal(size=2_000), "y": random.normal(size=2_000)})
state = LinkedState()
app = Dashboard(title="Touch")
app.page("Points").use(Scatter(table, state, "x", "y"))
app.page("Charts").use(SummaryCharts(table, state))
app.servable()
"""
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}

Place = tuple[float, float]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("touch"), "touch", SOURCE) as served:
        yield served


class Fingers:
    """Fingers on the screen of a page."""

    def __init__(self, page: Page) -> None:
        self._devtools = page.context.new_cdp_session(page)

    def go(self, *paths: Sequence[Place]) -> None:
        """Put down a finger for each path, lead all of them along theirs, and lift them."""
        self._tell("touchStart", [path[0] for path in paths])
        for places in list(zip(*paths, strict=True))[1:]:
            self._tell("touchMove", places)
        self._tell("touchEnd", [])

    def _tell(self, kind: str, places: Sequence[Place]) -> None:
        points: list[dict[str, Any]] = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(places)]
        self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def middle(target: Locator) -> tuple[float, float, float, float]:
    """Return where the middle of something on the page is, and how large it is."""
    target.scroll_into_view_if_needed()
    # This waits until it stands still.
    target.hover(trial=True)
    box = target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"], box["height"]


def line(start: Place, end: Place, steps: int = 8) -> list[Place]:
    """Return the places that a finger comes by."""
    (x0, y0), (x1, y1) = start, end
    return [(x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps) for n in range(steps + 1)]


def top(target: Locator) -> float:
    """Return how far from the upper edge of the screen something begins, in pixels."""
    found: float = target.evaluate("node => node.getBoundingClientRect().top")
    return found


def span(plot: Locator) -> float:
    x0, x1, _, _ = view(plot)
    return x1 - x0


def test_two_fingers_zoom_the_points_and_one_moves_them(
    open_page: Callable[..., Page], served: Served
) -> None:
    page = open_page(f"{served.url}#points", **PHONE)
    plot = plot_of(page)
    expect(page.get_by_role("button", name="Move", exact=True)).to_have_attribute("aria-pressed", "true")
    fingers = Fingers(page)
    x, y, *_ = middle(plot.locator(".plot-area"))
    whole = view(plot)
    fingers.go(line((x - 20, y), (x - 80, y)), line((x + 20, y), (x + 80, y)))
    until(lambda: span(plot) < 0.4 * (whole[1] - whole[0]))
    # What lay between the fingers still does, and the page has not been zoomed in its stead.
    x0, x1, *_ = zoomed = view(plot)
    assert abs((x0 + x1) / 2 - (whole[0] + whole[1]) / 2) < 0.1 * (x1 - x0)
    assert page.evaluate("visualViewport.scale") == 1
    before = top(plot)
    fingers.go(line((x, y), (x + 60, y + 40)))
    until(lambda: view(plot)[0] < zoomed[0] and view(plot)[2] > zoomed[2])
    assert span(plot) == pytest.approx(x1 - x0)
    assert top(plot) == before
    expect(plot).to_have_attribute("data-chosen", "0")
    fingers.go(line((x - 80, y), (x - 20, y)), line((x + 80, y), (x + 20, y)))
    until(lambda: span(plot) > 0.9 * (whole[1] - whole[0]))


def test_a_finger_draws_around_points_once_that_is_chosen(
    open_page: Callable[..., Page], served: Served
) -> None:
    page = open_page(f"{served.url}#points", **PHONE)
    plot = plot_of(page)
    page.get_by_role("button", name="Box", exact=True).tap()
    x, y, *_ = middle(plot.locator(".plot-area"))
    Fingers(page).go(line((x - 40, y - 40), (x + 40, y + 40)))
    until(lambda: int(plot.get_attribute("data-chosen") or 0) > 100)
    clear = page.get_by_role("button", name="Clear the selection")

    def cleared() -> bool:
        # A browser makes no click of a finger that comes down a moment after another was lifted.
        if clear.is_visible():
            clear.tap()
        return plot.get_attribute("data-chosen") == "0"

    until(cleared)


def test_a_histogram_is_brushed_by_a_finger_and_the_page_is_scrolled_over_it(
    open_page: Callable[..., Page], served: Served
) -> None:
    page = open_page(f"{served.url}#charts", **{**PHONE, "viewport": {"width": 390, "height": 500}})
    chart = page.get_by_role("region", name="x", exact=True)
    area = chart.locator(".area")
    expect(area).to_be_visible(timeout=30_000)
    x, y, width, _ = middle(area)
    fingers = Fingers(page)
    fingers.go(line((x - width / 4, y), (x + width / 4, y)))
    low, high = (chart.get_by_role("slider", name=f"{side}, x") for side in ("From", "To"))
    expect(low).to_have_attribute("aria-valuenow", "50")
    expect(high).to_have_attribute("aria-valuenow", "150")
    expect(page.locator("span.status:visible").first).to_contain_text("of 2,000 rows")
    # Its whole is moved from within; what clears the filter has pushed it down.
    expect(page.get_by_role("button", name="Clear all filters")).to_be_visible()
    x, y, width, _ = middle(area)
    fingers.go(line((x, y), (x + width / 8, y)))
    expect(low).to_have_attribute("aria-valuenow", "75")
    expect(high).to_have_attribute("aria-valuenow", "175")
    # Up and down scrolls, and leaves the brush alone.
    x, y, *_ = middle(area)
    fingers.go(line((x, y), (x, y - 120), 12))
    until(lambda: top(area) < y - 80)
    expect(low).to_have_attribute("aria-valuenow", "75")
    chart.get_by_role("button", name="Clear the range of x").tap()
    expect(page.locator("span.status:visible").first).to_have_text("2,000 rows")
