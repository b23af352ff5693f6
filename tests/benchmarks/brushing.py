"""A brush that moves over charts, timed from the pointer to the pixels."""

from __future__ import annotations

import time

from playwright.sync_api import Page

__all__ = ["brushed"]

MOVES = 120

# Counts the frames in which a chart that is not brushed was drawn anew; views are in shadow trees.
WATCH = """(chart) => {
  window.drawn = new Set();
  new MutationObserver(() => window.drawn.add(document.timeline.currentTime)).observe(
    chart, { subtree: true, attributes: true, childList: true });
}"""


def brushed(page: Page) -> float:
    """Return how often a second another chart is drawn anew while a brush moves."""
    charts = page.locator(".charts .area")
    box = charts.first.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.2 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.3 * box["width"], middle, steps=5)
    page.locator("[data-brushed]").wait_for()
    charts.nth(1).locator("svg").evaluate(WATCH)
    start = time.perf_counter()
    for n in range(MOVES):
        page.mouse.move(box["x"] + (0.3 + 0.6 * (n % 40) / 40) * box["width"], middle)
    seconds = time.perf_counter() - start
    page.mouse.up()
    frames: int = page.evaluate("window.drawn.size")
    return frames / seconds
