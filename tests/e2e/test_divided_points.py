"""Points that have the colours and shapes of their groups, and are looked at a kind at a time."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit.components.tables.scatter import Scatter
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.tables import Group, LinkedState, Table
from imlkit.tables.exports.export import export_file
from tests.e2e.plotting import Plane, lasso, plot_of, view, within
from tests.e2e.served import Served, serving, until

pytestmark = pytest.mark.e2e

COLORS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8a6d00"]
GREY = "#999999"
MANY = 150_000

COLUMNS = '''
import numpy as np


CODES = [f"c{n % 15}" for n in range(540)]


def columns():
    """Nine kinds, k0 the most frequent, each around a place of its own across."""
    random = np.random.default_rng(5)
    kind = np.repeat(np.arange(9), np.arange(100, 10, -10))
    x = kind + random.uniform(-0.2, 0.2, len(kind))
    y = random.uniform(0, 10, len(kind))
    names = [f"k{n}" if n else "<b>k0</b>" for n in kind]
    half = np.where(y < 5, "low", "high")
    return {"x": x, "y": y, "kind": names, "half": half, "number": kind, "code": CODES}
'''
SCRIPT = """
from imlkit import Dashboard
from imlkit.components.tables.projection import Projection
from imlkit.components.tables.scatter import Scatter
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.components.tables.toolbar import Toolbar
from imlkit.tables import Group, LinkedState, Table

STATE = __import__("pathlib").Path(__file__).with_name("states")
STATE.mkdir(exist_ok=True)
states = {}


def state(name, *groups):
    states[name] = LinkedState()
    states[name].groups.set(groups)
    states[name].showing.subscribe(lambda seen: (STATE / name).write_text(seen.to_json()))
    return states[name]


few = Table(columns())
many = np.random.default_rng(6)
side = np.where(np.arange(150_000) % 3, "a", "b")
dense = Table({"x": many.normal(size=150_000), "y": many.normal(size=150_000), "side": side})
vectors = np.repeat(np.eye(3, 5) * 9, 40, axis=0) + np.random.default_rng(2).normal(size=(120, 5))
mapped = Table({"vector": vectors.tolist(), "team": [f"team {n // 40}" for n in range(120)]})
app = Dashboard(title="Groups")
one = state("groups", Group("kind"))
app.page("Groups").use(Scatter(few, one), SummaryCharts(few, one, ["half"]))
two = state("alone", Group("half"))
app.page("Alone").use(Scatter(few, two), SummaryCharts(few, two, ["kind"]))
three = state("steps")
app.page("Steps").use(Toolbar(few, three), Scatter(few, three))
app.page("Columns").use(Scatter(few, state("columns", Group("half")), color="kind"))
app.page("Dense").use(Scatter(dense, state("dense", Group("side"))))
app.page("Missing").use(Scatter({"x": [1.0, 2.0], "y": [3.0, 4.0]}, state("missing", Group("kind"))))
app.page("Map").use(Projection(mapped, state("map", Group("team"))))
app.servable()
"""

made: dict[str, Any] = {}
exec(COLUMNS, made)
ROWS = {name: np.asarray(values) for name, values in made["columns"]().items()}
KINDS = ["<b>k0</b>", *(f"k{n}" for n in range(1, 9))]
SIZES = {f"kind: {name}": size for name, size in zip(KINDS, range(100, 10, -10), strict=True)}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("divided")
    with serving(folder, "divided", COLUMNS + SCRIPT) as served:
        served.folder = folder  # type: ignore[attr-defined]
        yield served


Open = Callable[..., Page]


def state(served: Served, name: str) -> dict[str, Any]:
    folder: Path = served.folder  # type: ignore[attr-defined]
    try:
        found: dict[str, Any] = json.loads((folder / "states" / name).read_text())
    except (OSError, ValueError):
        return {}
    return found


def counted(plot: Locator) -> dict[str, int]:
    """Return how many points of each kind the plot tells those who hear it."""
    words = plot.get_by_role("img").get_attribute("aria-label") or ""
    said = re.search(r"(?:Groups|half|kind):(.*)\.$", words)
    listed = re.findall(r" (.+?) \(([\d,]+)\)(?:;|$)", said[1] if said else "")
    return {name: int(number.replace(",", "")) for name, number in listed}


def colors(plot: Locator, places: list[tuple[float, float]]) -> list[str]:
    """Return the colours that the canvas has in the middle of these points, "" for none."""
    x0, x1, y0, y1 = view(plot)
    shares = [[(x - x0) / (x1 - x0), 1 - (y - y0) / (y1 - y0)] for x, y in places]
    found: list[str] = plot.locator("canvas.points").evaluate(
        """(canvas, shares) => shares.map(([x, y]) => {
            const pen = canvas.getContext("2d");
            const at = [x * canvas.width, y * canvas.height].map(Math.floor);
            const [r, g, b, a] = pen.getImageData(...at, 1, 1).data;
            return a > 100 ? [r, g, b].join(" ") : "";
        })""",
        shares,
    )
    return [_nearest(one) if one else "" for one in found]


def _nearest(rgb: str) -> str:
    parts = [int(part) for part in rgb.split()]
    known = {name: [int(name[n : n + 2], 16) for n in (1, 3, 5)] for name in [*COLORS, GREY]}
    distances = {
        name: max(abs(a - b) for a, b in zip(parts, each, strict=True)) for name, each in known.items()
    }
    least = min(distances, key=lambda name: distances[name])
    return least if distances[least] <= 6 else f"rgb({rgb})"


def drawn(plot: Locator, column: str, order: list[str]) -> list[str]:
    """Return the colour that most points of each kind are drawn in."""
    found = []
    for name in order:
        rows = np.flatnonzero(ROWS[column] == name)
        places = [(float(ROWS["x"][n]), float(ROWS["y"][n])) for n in rows]
        found.append(Counter(colors(plot, places)).most_common(1)[0][0])
    return found


def legend(page: Page) -> Locator:
    return page.locator(".legend:visible").first


def chooser_of(page: Page) -> Locator:
    return page.locator('select[aria-label="Colour by"]:visible')


def entry(page: Page, name: str) -> Locator:
    return legend(page).get_by_role("button", name=name, exact=True)


def test_points_have_the_colours_of_the_seven_largest_groups(open_page: Open, served: Served) -> None:
    page = open_page(f"{served.url}#groups")
    plot = plot_of(page)
    expect(chooser_of(page).locator("option:checked")).to_have_text("the groups")
    shown = [*list(SIZES)[:7], "2 other groups", "All groups"]
    expect(legend(page).get_by_role("button")).to_have_text(shown)
    expect(legend(page).locator("b b")).to_have_count(0)
    assert counted(plot) == {**{name: SIZES[name] for name in shown[:7]}, "2 other groups": 50}
    until(lambda: drawn(plot, "kind", KINDS) == [*COLORS, GREY, GREY])
    page.locator("button.value", has_text="low").click()
    low = ROWS["half"] == "low"
    expect(plot).to_have_attribute("data-total", str(int(low.sum())))
    until(lambda: counted(plot).get("kind: k3") == int((low & (ROWS["kind"] == "k3")).sum()))
    page.locator("button.value", has_text="low").click()
    expect(plot).to_have_attribute("data-total", "540")
    # The others are looked at as one.
    entry(page, "2 other groups").click()
    expect(plot).to_have_attribute("data-total", "50")
    until(lambda: drawn(plot, "kind", KINDS) == [""] * 7 + [GREY] * 2)


def test_a_group_is_looked_at_alone_and_others_views_do_not_follow(open_page: Open, served: Served) -> None:
    page = open_page(f"{served.url}#alone")
    plot = plot_of(page)
    low = ROWS["half"] == "low"
    assert counted(plot) == {"half: low": int(low.sum()), "half: high": int((~low).sum())}
    order = ["low", "high"] if low.sum() > (~low).sum() else ["high", "low"]
    until(lambda: drawn(plot, "half", order) == COLORS[:2])
    entry(page, "half: low").press("Enter")
    expect(plot).to_have_attribute("data-total", str(int(low.sum())))
    expect(entry(page, "half: low")).to_have_attribute("aria-pressed", "true")
    expect(entry(page, "half: low")).to_be_focused()
    expect(page.get_by_text("only of “half: low”")).to_be_visible()
    until(lambda: drawn(plot, "half", ["high"]) == [""])
    expect(page.locator("span.status:visible")).to_have_text("540 rows")
    assert not state(served, "alone").get("filters")
    # A lasso around everything selects what is shown.
    x0, x1, y0, y1 = view(plot)
    plane = Plane(plot)
    middle, height = (x0 + x1) / 2, (y1 - y0) * 0.02
    corners = [(x0 + 0.1, y0 + height), (middle, y0 + height), (middle, y1 - height), (x0 + 0.1, y1 - height)]
    places = [plane.at(*corner) for corner in corners]
    lasso(page, [(round(x), round(y)) for x, y in places])
    polygon = [plane.number(round(x), round(y)) for x, y in places]
    held = np.array([within(polygon, x, y) for x, y in zip(ROWS["x"], ROWS["y"], strict=True)])
    expected = np.flatnonzero(held & low)
    assert 50 < len(expected) < held.sum()
    until(lambda: len(state(served, "alone").get("selection", [])) == len(expected))
    expect(plot).to_have_attribute("data-chosen", str(len(expected)))
    page.get_by_role("button", name="Select all shown").click()
    expect(plot).to_have_attribute("data-chosen", str(int(low.sum())))
    page.get_by_role("button", name="Filter to this part").click()
    expect(page.get_by_text("The filter leaves every row in this part")).to_be_visible()
    page.get_by_role("button", name="Clear this filter").click()
    # One press after another: the last one holds.
    for name in ("half: low", "half: high", "half: low", "All groups", "half: high"):
        entry(page, name).click()
    expect(plot).to_have_attribute("data-total", str(int((~low).sum())))
    expect(plot).to_have_attribute("data-chosen", "0")
    entry(page, "half: high").click()
    expect(plot).to_have_attribute("data-total", "540")
    expect(plot).to_have_attribute("data-chosen", str(int(low.sum())))
    expect(entry(page, "All groups")).to_have_attribute("aria-pressed", "true")


def test_groups_that_are_taken_back_leave_all_points_in_one_colour(open_page: Open, served: Served) -> None:
    page = open_page(f"{served.url}#steps")
    plot = plot_of(page)
    expect(legend(page).get_by_role("button")).to_have_count(0)
    chooser = chooser_of(page)
    expect(chooser.locator("option:checked")).to_have_text("nothing")
    page.locator('select[aria-label="Group by"]:visible').select_option(label="half")
    entry(page, "half: low").click()
    low = ROWS["half"] == "low"
    expect(plot).to_have_attribute("data-total", str(int(low.sum())))
    page.get_by_role("button", name="Undo").click()
    expect(plot).to_have_attribute("data-total", "540")
    expect(legend(page).get_by_role("button")).to_have_count(0)
    until(lambda: drawn(plot, "half", ["low", "high"]) == [COLORS[0]] * 2)
    page.get_by_role("button", name="Redo").click()
    expect(entry(page, "All groups")).to_have_attribute("aria-pressed", "true")
    expect(plot).to_have_attribute("data-total", "540")
    for _ in range(3):
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name="Redo").click()
    expect(legend(page).get_by_role("button")).to_have_count(3)
    until(lambda: sorted(drawn(plot, "half", ["low", "high"])) == sorted(COLORS[:2]))
    # Numbers in bins are groups as well.
    page.get_by_label("Do not group by half").click()
    page.locator('select[aria-label="Group by"]:visible').select_option(label="number")
    page.get_by_label("Number of bins of number").fill("3")
    page.get_by_label("Number of bins of number").press("Enter")
    until(lambda: sorted(counted(plot).values()) == [90, 180, 270])
    until(lambda: drawn(plot, "kind", KINDS) == [color for color in COLORS[:3] for _ in range(3)])
    # Nothing may be coloured, whatever is grouped.
    chooser.select_option("nothing")
    expect(legend(page).get_by_role("button")).to_have_count(0)
    until(lambda: drawn(plot, "kind", KINDS) == [COLORS[0]] * 9)
    chooser.select_option("the groups")
    expect(entry(page, "All groups")).to_be_visible()


def test_a_column_that_was_chosen_comes_before_the_groups(open_page: Open, served: Served) -> None:
    page = open_page(f"{served.url}#columns")
    plot = plot_of(page)
    chooser = chooser_of(page)
    expect(chooser.locator("option:checked")).to_have_text("kind")
    entry(page, "k1").click()
    expect(plot).to_have_attribute("data-total", "90")
    entry(page, "k8").click()
    expect(plot).to_have_attribute("data-total", "20")
    chooser.select_option("code")
    entry(page, "Other values").click()
    expect(plot).to_have_attribute("data-total", "108")
    chooser.select_option("the groups")
    expect(entry(page, "half: low")).to_be_visible()
    expect(plot).to_have_attribute("data-total", "540")
    chooser.select_option("number")
    expect(legend(page).locator(".swatch")).to_be_visible()
    until(lambda: "Coloured by number" in (plot.get_by_role("img").get_attribute("aria-label") or ""))


def test_a_group_of_a_density_is_looked_at_alone_in_words_and_points(open_page: Open, served: Served) -> None:
    page = open_page(f"{served.url}#dense")
    plot = plot_of(page, "density")
    expect(plot).to_have_attribute("data-total", str(MANY))
    expect(
        page.get_by_text("So many points are shown without colours. Press one to see it alone.")
    ).to_be_visible()
    expect(legend(page).locator(".entry canvas")).to_have_count(0)
    entry(page, "side: b").press("Enter")
    expect(plot).to_have_attribute("data-shown", "points", timeout=30_000)
    expect(plot).to_have_attribute("data-total", str(MANY // 3))
    expect(entry(page, "side: b")).to_be_focused()
    page.get_by_role("button", name="Select all shown").click()
    until(lambda: len(state(served, "dense").get("selection", [])) == MANY // 3)
    assert all(row % 3 == 0 for row in state(served, "dense")["selection"])
    entry(page, "All groups").click()
    expect(plot).to_have_attribute("data-shown", "density", timeout=30_000)
    expect(plot).to_have_attribute("data-chosen", str(MANY // 3))


def test_a_map_has_the_colours_of_groups_and_shows_one_alone(open_page: Open, served: Served) -> None:
    page = open_page(f"{served.url}#map")
    plot = plot_of(page)
    teams = {f"team: team {n}": 40 for n in range(3)}
    assert counted(plot) == teams
    entry(page, "team: team 1").click()
    expect(plot).to_have_attribute("data-total", "40")
    page.get_by_role("button", name="Select all shown").click()
    until(lambda: state(served, "map").get("selection") == list(range(40, 80)))
    page.get_by_role("button", name="Filter to this part").click()
    until(lambda: len(state(served, "map").get("filters", {}).get("all", [])) == 1)
    entry(page, "All groups").click()
    expect(plot).to_have_attribute("data-total", "120")


def test_groups_of_a_column_that_is_not_there_are_told_of_beside_the_points(
    open_page: Open, served: Served
) -> None:
    page = open_page(f"{served.url}#missing")
    plot = plot_of(page)
    expect(plot).to_have_attribute("data-total", "2")
    expect(legend(page)).to_have_text("The rows are grouped by kind, which this table does not have.")
    expect(page.locator(".problem:visible")).to_have_count(0)


def test_points_of_an_exported_page_follow_the_groups_without_python(tmp_path: Path, open_page: Open) -> None:
    state = LinkedState()
    state.groups.set((Group("kind"),))
    address = export_file(tmp_path / "points.html", Scatter(Table(ROWS), state))
    page = open_page(f"file://{address}")
    plot = plot_of(page)
    assert counted(plot) == {**dict(list(SIZES.items())[:7]), "2 other groups": 50}
    until(lambda: drawn(plot, "kind", KINDS) == [*COLORS, GREY, GREY])
    entry(page, "kind: k2").click()
    expect(plot).to_have_attribute("data-total", "80")
    until(lambda: drawn(plot, "kind", KINDS) == ["", "", COLORS[2], *[""] * 6])
    page.get_by_role("button", name="Select all shown").click()
    page.wait_for_url(lambda url: "state=" in url)
    chosen = LinkedState.from_url(page.url).selection.value
    assert list(chosen) == np.flatnonzero(ROWS["kind"] == "k2").tolist()
    entry(page, "kind: k2").click()
    expect(plot).to_have_attribute("data-total", "540")


def test_others_that_become_the_largest_groups_are_looked_at_still(tmp_path: Path, open_page: Open) -> None:
    state = LinkedState()
    state.groups.set((Group("kind"),))
    table = Table(ROWS)
    address = export_file(tmp_path / "p.html", Scatter(table, state), SummaryCharts(table, state, ["kind"]))
    page = open_page(f"file://{address}")
    plot = plot_of(page)
    entry(page, "2 other groups").click()
    expect(plot).to_have_attribute("data-total", "50")
    page.locator("button.value", has_text="k7").click()
    expect(plot).to_have_attribute("data-total", "30")
    expect(legend(page).get_by_role("button")).to_have_text(["kind: k7", "2 other groups", "All groups"])
    expect(entry(page, "2 other groups")).to_have_attribute("aria-pressed", "true")
    until(lambda: drawn(plot, "kind", KINDS) == [*[""] * 7, COLORS[0], ""])
    page.locator("button.value", has_text="k7").click()
    expect(plot).to_have_attribute("data-total", "50")
    until(lambda: drawn(plot, "kind", KINDS) == [*[""] * 7, GREY, GREY])
    entry(page, "All groups").click()
    expect(plot).to_have_attribute("data-total", "540")
