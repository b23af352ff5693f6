"""Plots of points in a browser: where a number is on the screen, and lines drawn by a mouse."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, Page, expect

__all__ = ["Plane", "lasso", "plot_of", "view", "within"]


def plot_of(page: Page, shown: str = "points", n: int = 0) -> Locator:
    """Return a plot that is in sight, once it shows points or a density."""
    plot = page.locator(".point-plot:visible").nth(n)
    expect(plot).to_have_attribute("data-shown", shown, timeout=30_000)
    return plot


def view(plot: Locator) -> list[float]:
    """Return the part of the plane that a plot shows: x0, x1, y0, y1."""
    said: list[float] = json.loads(plot.get_attribute("data-view") or "[]")
    return said


class Plane:
    """Where numbers are on the screen."""

    def __init__(self, plot: Locator) -> None:
        plot.scroll_into_view_if_needed()
        box = plot.locator(".plot-area").bounding_box()
        assert box is not None
        self.box = box
        self.view = view(plot)

    def at(self, x: float, y: float) -> tuple[float, float]:
        x0, x1, y0, y1 = self.view
        across = (x - x0) / (x1 - x0) * self.box["width"]
        up = (1 - (y - y0) / (y1 - y0)) * self.box["height"]
        return self.box["x"] + across, self.box["y"] + up

    def number(self, px: float, py: float) -> tuple[float, float]:
        x0, x1, y0, y1 = self.view
        across = (px - self.box["x"]) / self.box["width"]
        up = 1 - (py - self.box["y"]) / self.box["height"]
        return x0 + across * (x1 - x0), y0 + up * (y1 - y0)


def lasso(page: Page, places: list[tuple[float, float]]) -> None:
    """Draw a closed line around these places on the screen."""
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def within(polygon: list[tuple[float, float]], x: float, y: float) -> bool:
    """Return whether a closed line holds a point, by the even-odd rule."""
    inside = False
    for (ax, ay), (bx, by) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside
