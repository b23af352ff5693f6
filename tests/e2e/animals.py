"""Linked views of a table of animals, defined once for every place, and what a person does with them."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from imlkit.tables import All, Group, InRange, OneOf
from imlkit.tables.seen import Seen

__all__ = ["DEFINITION", "DONE", "Views", "drag", "named"]

DEFINITION = """
import pyarrow
from imlkit import InstanceList, InstanceTable, LinkedState, SummaryCharts, Table, Toolbar
from imlkit.tables import All, Equals, Group, InRange, OneOf

def animals(n=600):
    return Table(pyarrow.table({
        "id": [f"animal {k}" for k in range(n)],
        "kind": [("cat", "dog", "cow")[k % 3] for k in range(n)],
        "age": [k % 20 for k in range(n)],
        "weight": [(k * 37 % n) / 10 for k in range(n)],
    }), title="Animals")

def views(table, state):
    apart = SummaryCharts(table, state, columns=["weight"], title="Apart")
    apart.unlink()
    return [
        Toolbar(table, state, share=True),
        SummaryCharts(table, state, columns=["weight", "kind"], title="Charts"),
        InstanceList(table, state, column="", page_size=20, title="Instances"),
        InstanceTable(table, state, title="Rows"),
        apart,
    ]
"""
"""The one Python text that a script, an app, a notebook and an exported page are made of."""

DONE = Seen(
    filters=All((OneOf("kind", ("cat", "dog")), InRange("age", 0, 9, closed=True))),
    groups=(Group("kind"),),
    selection=("animal 0", "animal 3"),
)
"""What :meth:`Views.filter_group_and_select` leaves."""


def named() -> dict[str, Any]:
    """Return what the definition defines, by name."""
    names: dict[str, Any] = {}
    exec(DEFINITION, names)
    return names


class Views:
    """The views of the definition as a person meets them, in whichever place.

    Args:
        page: the browser's page.
        views: them, in their order.
    """

    def __init__(self, page: Page, views: Locator) -> None:
        self.page = page
        self.toolbar, self.charts, self.instances, self.rows, self.apart = map(views.nth, range(5))
        expect(views).to_have_count(5, timeout=30_000)
        for view in (self.toolbar, self.charts, self.apart):
            expect(status(view)).to_have_text(re.compile("600 rows"), timeout=30_000)
        for chart in (self.charts, self.apart):
            expect(chart.get_by_role("region", name="weight").locator(".area")).to_be_visible()

    def filter_group_and_select(self) -> None:
        """Filter in a chart and in the toolbar, group in the toolbar, select in the list and in the table."""
        kinds = self.charts.get_by_role("region", name="kind", exact=True)
        kinds.get_by_role("button", name="cat").click()
        self.leaves("200 of 600 rows")
        kinds.get_by_role("button", name="dog").click()
        self.leaves("400 of 600 rows")
        self.toolbar.get_by_role("button", name="Add a filter").click()
        editor = self.toolbar.get_by_role("form", name="Filter")
        editor.get_by_label("Column").select_option("age")
        editor.get_by_label("At least, age").fill("0")
        editor.get_by_label("At most, age").fill("9")
        editor.get_by_role("button", name="Apply").click()
        self.leaves("200 of 600 rows")
        groups = self.toolbar.get_by_role("group", name="Groups")
        groups.get_by_label("Group by", exact=True).select_option(label="kind")
        expect(self.tile("animal 0")).to_be_visible()
        self.tile("animal 0").click()
        expect(self.line("animal 0")).to_have_attribute("aria-selected", "true")
        self.line("animal 3").get_by_role("checkbox").check()

    def show_what_was_done(self) -> None:
        """Expect of every view that it shows what :data:`DONE` says, and of that apart that it does not."""
        self.leaves("200 of 600 rows")
        # A chart shows what else could be chosen: its own filter is not among those it counts by.
        sizes = self.charts.get_by_role("region", name="kind", exact=True).locator("button.value .size")
        expect(sizes).to_have_text(["100", "100", "100"])
        for kind in ("cat", "dog"):
            heading = self.page.get_by_role("heading", name=f"kind: {kind}", exact=True)
            expect(self.instances.locator("section", has=heading)).to_contain_text("100 rows")
        expect(self.instances.get_by_role("heading", name=re.compile("^kind: "))).to_have_count(2)
        expect(self.toolbar.get_by_role("group", name="Selected rows", exact=True)).to_contain_text("2 rows")
        expect(self.charts.locator(".legend")).to_have_text("2 selected")
        for name in ("animal 0", "animal 3"):
            expect(self.tile(name)).to_have_attribute("aria-selected", "true")
            expect(self.line(name)).to_have_attribute("aria-selected", "true")
        expect(status(self.apart)).to_have_text("600 rows")

    def leaves(self, words: str | re.Pattern[str]) -> None:
        """Expect of every linked view that it shows so many rows, such as ``"400 of 600 rows"``."""
        more = r"( in \d+ groups?)?(, \d+ selected)?$"
        some = words if isinstance(words, re.Pattern) else re.compile(f"^{words}{more}")
        for view in (self.toolbar, self.charts, self.instances, self.rows):
            expect(status(view)).to_have_text(some)

    def brush(self, low: float, high: float, apart: bool = False) -> str:
        """Brush the chart of weights, and return how many rows its view then says there are left."""
        view = self.apart if apart else self.charts
        before = status(view).inner_text()
        drag(self.page, view.get_by_role("region", name="weight").locator(".area"), low, high)
        expect(status(view)).not_to_have_text(before)
        self.page.mouse.up()
        # The view's own count comes once more from the answer to the state that was set.
        expect(view.locator(".charts")).not_to_have_attribute("aria-busy", "true")
        return status(view).inner_text()

    def tile(self, name: str) -> Locator:
        """Return a row in the list."""
        return self.instances.locator(f".tile[aria-label='{name}']")

    def line(self, name: str) -> Locator:
        """Return a row in the table."""
        box = self.page.get_by_role("checkbox", name=f"Select {name}", exact=True)
        return self.rows.locator(".table-line", has=box)


def status(view: Locator) -> Locator:
    return view.locator(".status").first


def drag(page: Page, area: Locator, low: float, high: float, steps: int = 10) -> None:
    """Brush over a part of a chart, in fractions of its width, without letting go."""
    # Waits until it stands still.
    area.hover()
    box = area.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + low * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + high * box["width"], middle, steps=steps)
