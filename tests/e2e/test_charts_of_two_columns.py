"""Points, cells and maps of a table in a browser, as people use them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.plotting import Plane, lasso, plot_of, view, within
from tests.e2e.served import Served, serving, until

pytestmark = pytest.mark.e2e

ROWS = 3_000
MANY = 200_000

SOURCE = """
import numpy as np
import pyarrow as pa

from imlkit import Dashboard
from imlkit.components.tables.heatmap import Heatmap
from imlkit.components.tables.projection import Projection
from imlkit.components.tables.scatter import Scatter
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.tables import LinkedState, Table


def numbers(rows):
    random = np.random.default_rng(1)
    x = random.normal(size=rows)
    return {"x": x, "y": 0.5 * x + random.normal(size=rows), "age": random.integers(0, 90, rows)}


def table(rows):
    found = numbers(rows)
    kind = np.where(found["x"] > 0.5, "<b>high</b>", "low")
    missing = pa.array(found["x"], mask=np.arange(rows) < 12)
    return Table(pa.table({"id": np.arange(rows), **found, "x": missing, "kind": kind}))


app = Dashboard(title="Two columns")
few, many = table(3_000), table(200_000)
one, other, third = LinkedState(), LinkedState(), LinkedState()
points = [Scatter(few, one, "x", "y", "kind"), Scatter(few, one, "age", "y")]
app.page("Points").use(*points, SummaryCharts(few, one, ["kind"]))
app.page("Many").use(Scatter(many, other))
app.page("Cells").use(Heatmap(few, third, "kind", "age", bins=6), SummaryCharts(few, third, ["kind", "age"]))
random = np.random.default_rng(2)
vectors = np.repeat(np.eye(3, 5) * 9, 40, axis=0) + random.normal(size=(120, 5))
mapped = Table({"vector": [None, *vectors.tolist()[1:]], "group": [f"group {n // 40}" for n in range(120)]})
fourth = LinkedState()
app.page("Map").use(Projection(mapped, fourth, color="group"), SummaryCharts(mapped, fourth, ["group"]))
# Enough of them that one can stop while they are placed.
app.page("Large map").use(Projection({"vector": random.normal(size=(5_000, 5)).tolist()}))
app.servable()

STATE = __import__("pathlib").Path(__file__).with_name("states")
STATE.mkdir(exist_ok=True)
for name, state in {"few": one, "many": other, "cells": third, "map": fourth}.items():
    state.showing.subscribe(lambda seen, name=name: (STATE / name).write_text(seen.to_json()))
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("two")
    with serving(folder, "two", SOURCE) as served:
        served.folder = folder  # type: ignore[attr-defined]
        yield served


Open = Callable[..., Page]


def numbers(rows: int) -> dict[str, Any]:
    random = np.random.default_rng(1)
    x = random.normal(size=rows)
    found = {"x": x, "y": 0.5 * x + random.normal(size=rows), "age": random.integers(0, 90, rows)}
    x[:12] = np.nan
    return found


def state(served: Served, name: str) -> dict[str, Any]:
    folder: Path = served.folder  # type: ignore[attr-defined]
    try:
        found: dict[str, Any] = json.loads((folder / "states" / name).read_text())
    except ValueError:
        return {}
    return found


def opened(open_page: Open, served: Served, page: str, **options: Any) -> Page:
    return open_page(f"{served.url}#{page.lower()}", **options)


def test_a_lasso_selects_exactly_the_rows_in_it_in_every_linked_view(open_page: Open, served: Served) -> None:
    page = opened(open_page, served, "Points")
    plot = plot_of(page)
    expect(page.get_by_text("12 rows have no numbers here.").first).to_be_visible()
    plane = Plane(plot)
    corners = [(-1.0, -1.0), (1.2, -0.7), (0.3, 0.2), (1.0, 1.4), (-1.1, 0.9)]
    # Whole pixels are what a pointer knows.
    places = [tuple(map(round, plane.at(*corner))) for corner in corners]
    lasso(page, places)  # type: ignore[arg-type]
    found = numbers(ROWS)
    polygon = [plane.number(*place) for place in places]
    expected = [n for n in range(ROWS) if within(polygon, found["x"][n], found["y"][n])]
    assert len(expected) > 100
    until(lambda: state(served, "few").get("selection") == expected)
    expect(plot).to_have_attribute("data-chosen", str(len(expected)))
    expect(page.locator(".point-plot:visible").nth(1)).to_have_attribute("data-chosen", str(len(expected)))
    # Alt takes away, Shift adds.
    page.keyboard.down("Alt")
    lasso(page, places)  # type: ignore[arg-type]
    page.keyboard.up("Alt")
    until(lambda: not state(served, "few").get("selection"))
    expect(plot).to_have_attribute("data-chosen", "0")


def test_a_filter_elsewhere_is_followed_and_the_part_shown_becomes_one(
    open_page: Open, served: Served
) -> None:
    page = opened(open_page, served, "Points")
    plot = plot_of(page)
    expect(plot).to_have_attribute("data-total", str(ROWS - 12))
    page.locator("button.value", has_text="<b>high</b>").click()
    high = int((numbers(ROWS)["x"] > 0.5).sum())
    expect(plot).to_have_attribute("data-total", str(high))
    page.locator("button.value", has_text="<b>high</b>").click()
    expect(plot).to_have_attribute("data-total", str(ROWS - 12))
    plot.focus()
    for _ in range(3):
        page.keyboard.press("+")
    until(lambda: int(plot.get_attribute("data-total") or 0) < ROWS - 12)
    x0, x1, y0, y1 = view(plot)
    page.get_by_role("button", name="Filter to this part").first.click()
    until(lambda: bool(state(served, "few").get("filters")))
    (part,) = state(served, "few")["filters"]["all"]
    assert {condition["column"] for condition in part["all"]} == {"x", "y"}
    found = numbers(ROWS)
    left = (found["x"] >= x0) & (found["x"] <= x1) & (found["y"] >= y0) & (found["y"] <= y1)
    expect(plot_of(page, n=1)).to_have_attribute("data-total", str(int(left.sum())))
    # The points themselves do not follow their own filter.
    page.get_by_role("button", name="Whole").first.click()
    expect(plot).to_have_attribute("data-total", str(ROWS - 12))
    expect(plot.locator(".over .region")).to_be_visible()
    page.get_by_role("button", name="Clear this filter").first.click()
    expect(plot_of(page, n=1)).to_have_attribute("data-total", str(ROWS))


def test_what_is_pointed_at_is_read_and_marked_elsewhere(open_page: Open, served: Served) -> None:
    page = opened(open_page, served, "Points")
    plot = plot_of(page)
    found = numbers(ROWS)
    row = int(np.nanargmax(found["x"]))
    page.mouse.move(*Plane(plot).at(found["x"][row], found["y"][row]))
    readouts = page.locator(".readout:visible")
    expect(readouts.nth(0)).to_contain_text(f"id {row:,}")
    expect(readouts.nth(0)).to_contain_text("kind <b>high</b>")
    expect(readouts.nth(1)).to_contain_text(f"id {row:,}")
    expect(page.locator(".readout b b")).to_have_count(0)


def test_points_are_moved_and_selected_by_the_keyboard(open_page: Open, served: Served) -> None:
    page = opened(open_page, served, "Points")
    plot = plot_of(page)
    plot.focus()
    whole = view(plot)
    page.keyboard.press("+")
    until(lambda: view(plot)[1] - view(plot)[0] < 0.8 * (whole[1] - whole[0]))
    before = view(plot)
    page.keyboard.press("ArrowRight")
    until(lambda: view(plot)[0] > before[0])
    page.keyboard.press("ArrowUp")
    until(lambda: view(plot)[2] > before[2])
    shown = int(plot.get_attribute("data-total") or 0)
    page.get_by_role("button", name="Select all shown").first.press("Enter")
    expect(plot).to_have_attribute("data-chosen", str(shown))
    plot.focus()
    page.keyboard.press("0")
    until(lambda: view(plot) == whole)
    page.keyboard.press(".")
    page.keyboard.press("Enter")
    leftmost = int(np.nanargmin(numbers(ROWS)["x"]))
    until(lambda: state(served, "few").get("selection") == [leftmost])
    picture = plot.get_by_role("img")
    expect(picture).to_have_attribute("aria-label", _contains("1 of them selected"))
    page.get_by_role("button", name="Clear the selection").first.click()
    expect(plot).to_have_attribute("data-chosen", "0")


def test_very_many_rows_are_a_density_that_becomes_points_and_a_box_selects_exactly(
    open_page: Open, served: Served
) -> None:
    page = opened(open_page, served, "Many")
    plot = plot_of(page, "density")
    expect(plot).to_have_attribute("data-total", str(MANY - 12))
    expect(page.get_by_text("Rows in a cell")).to_be_visible()
    plane = Plane(plot)
    page.get_by_role("button", name="Box").click()
    start, end = (tuple(map(round, plane.at(*corner))) for corner in ((-0.4, -0.5), (0.5, 0.4)))
    lasso(page, [start, end])  # type: ignore[list-item]
    (x0, y0), (x1, y1) = plane.number(*start), plane.number(*end)
    found = numbers(MANY)
    held = (found["x"] > x0) & (found["x"] < x1) & (found["y"] > y0) & (found["y"] < y1)
    expected = np.flatnonzero(held).tolist()
    assert len(expected) > 20_000
    until(lambda: state(served, "many").get("selection") == expected)
    expect(plot).to_have_attribute("data-chosen", str(len(expected)))
    # The wheel zooms where the pointer is, until they are few enough.
    page.mouse.move(*plane.at(0.1, 0.1))
    page.mouse.move(*plane.at(0, 0))
    for _ in range(4):
        page.mouse.wheel(0, -300)
    expect(plot).to_have_attribute("data-shown", "points", timeout=30_000)
    x0, x1, y0, y1 = view(plot)
    left = (found["x"] >= x0) & (found["x"] <= x1) & (found["y"] >= y0) & (found["y"] <= y1)
    expect(plot).to_have_attribute("data-total", str(int(left.sum())))
    assert 0 < left.sum() < 100_000
    page.get_by_role("button", name="Whole").click()
    expect(plot).to_have_attribute("data-shown", "density", timeout=30_000)


def test_axes_and_colours_are_chosen_and_change_places(open_page: Open, served: Served) -> None:
    page = opened(open_page, served, "Points")
    plot = plot_of(page)
    page.get_by_label("Across").first.select_option("age")
    expect(plot).to_have_attribute("aria-label", "Points of age and y")
    expect(plot).to_have_attribute("data-total", str(ROWS))
    page.get_by_label("Up").first.select_option("age")
    expect(plot).to_have_attribute("aria-label", "Points of y and age")
    page.get_by_label("Colour by").first.select_option("age")
    expect(page.locator(".legend:visible").first).to_contain_text("age")
    expect(page.locator(".legend .swatch:visible").first).to_be_visible()


def test_a_cell_filters_and_the_same_again_clears(open_page: Open, served: Served) -> None:
    page = opened(open_page, served, "Cells")
    grid = page.get_by_role("grid")
    expect(grid).to_have_attribute("data-all", str(ROWS))
    found = numbers(ROWS)
    cell = grid.get_by_role("gridcell", name=re.compile(r"^kind low, age 0\sto\s"))
    low = ~(np.random.default_rng(1).normal(size=ROWS) > 0.5)
    edges = np.linspace(found["age"].min(), found["age"].max(), 7)
    expected = int((low & (found["age"] < edges[1])).sum())
    expect(cell).to_have_text(f"{expected:,}")
    cell.click()
    expect(cell).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text(f"{expected:,} of {ROWS:,} rows")).to_be_visible()
    expect(grid).to_have_attribute("data-all", str(ROWS))
    cell.click()
    expect(page.locator("span.status:visible")).to_have_text(f"{ROWS:,} rows")


def test_cells_are_chosen_by_dragging_and_by_the_keyboard(open_page: Open, served: Served) -> None:
    page = opened(open_page, served, "Cells")
    grid = page.get_by_role("grid")
    cells = grid.locator("td[role=gridcell]")
    expect(cells).to_have_count(12)
    cells.nth(0).hover()
    page.mouse.down()
    cells.nth(3).hover()
    page.mouse.up()
    expect(grid.locator("[aria-selected=true]")).to_have_count(4)
    cells.nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(cells.nth(3)).to_be_focused()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    expect(grid.locator("[aria-selected=true]")).to_have_count(2)
    until(lambda: len(state(served, "cells").get("filters", {}).get("all", [])) == 1)
    page.get_by_role("button", name="Clear this filter").click()
    expect(grid.locator("[aria-selected=true]")).to_have_count(0)
    page.get_by_label("Cells say").select_option("row")
    expect(cells.nth(0)).to_contain_text("%")


def test_a_map_of_vectors_is_computed_and_its_filter_holds_elsewhere(open_page: Open, served: Served) -> None:
    page = opened(open_page, served, "Map")
    expect(page.get_by_text("1 row has no vector")).to_be_visible(timeout=60_000)
    plot = plot_of(page)
    expect(plot).to_have_attribute("data-total", "119")
    page.locator("button.value", has_text="group 1").click()
    expect(plot).to_have_attribute("data-total", "40")
    page.locator("button.value", has_text="group 1").click()
    expect(plot).to_have_attribute("data-total", "119")
    page.get_by_role("button", name="Zoom in").click()
    until(lambda: 0 < int(plot.get_attribute("data-total") or 0) < 119)
    left = plot.get_attribute("data-total")
    page.get_by_role("button", name="Filter to this part").click()
    expect(page.get_by_text(f"{left} of 120 rows")).to_be_visible()
    page.get_by_text("What this shows, and what it does not").click()
    expect(page.get_by_text("need not be alike")).to_be_visible()
    page.get_by_label("Method").select_option("umap")
    expect(page.get_by_text("distances between groups").first).to_be_visible()


def test_a_map_by_umap_says_how_far_it_is_is_cancelled_and_computed_again(
    open_page: Open, served: Served
) -> None:
    page = opened(open_page, served, "Large map")
    plot = plot_of(page)
    expect(plot).to_have_attribute("data-total", re.compile(r"^[1-9]"), timeout=60_000)
    before = plot.get_attribute("data-total")
    page.get_by_label("Method").select_option("umap")
    compute, cancel = (page.get_by_role("button", name=name, exact=True) for name in ("Compute", "Cancel"))
    compute.click()
    expect(page.get_by_role("progressbar", name="Computing the map")).to_be_visible()
    expect(page.locator(".busy [role=status]")).to_have_text(re.compile(r"\d+ s$"))
    expect(compute).to_be_disabled()
    cancel.click()
    said = page.locator(".said")
    expect(said).to_have_text("Cancelled. Compute again whenever you like.")
    expect(cancel).to_be_hidden()
    # The map before stays.
    expect(plot).to_have_attribute("data-total", before or "")
    expect(plot.get_by_role("img")).to_have_attribute("aria-label", _contains("vector"))
    compute.click()
    # Once its code is compiled it says of how many steps it has done how many.
    expect(page.locator(".busy [role=status]")).to_have_text(
        re.compile(r"^\d+ of \d+ steps"), timeout=120_000
    )
    expect(said).to_have_attribute("data-state", "done", timeout=120_000)
    expect(page.get_by_role("progressbar", name="Computing the map")).to_be_hidden()
    expect(plot_of(page)).to_have_attribute("data-total", before or "")


def _contains(words: str) -> Any:

    return re.compile(re.escape(words))
