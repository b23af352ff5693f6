"""Charts of a table's columns that filter one another, in a served app."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit.tables import All, Equals, InRange, Table
from imlkit.tables.predicates.predicate_json import predicate_from_json
from tests.e2e.served import Served, until

pytestmark = pytest.mark.e2e

DATA = """
import numpy as np

random = np.random.default_rng(0)
n = 5_000
x = random.normal(size=n)
ROWS = {
    "id": np.arange(n),
    "x": x,
    "y": x + random.normal(size=n),
    "kind": random.choice(["cat", "dog", "<img src=x onerror='window.ran = true'>"], n, p=[0.6, 0.3, 0.1]),
    "odd": np.arange(n) % 2 == 1,
    "gaps": np.where(np.arange(n) % 10 == 0, np.nan, random.random(n)),
    "__proto__": random.integers(0, 5, n),
    "note": [f"this is a rather long note, the {k}th of its kind, about nothing at all" for k in range(n)],
}
"""

APP = f"""
{DATA}
import pyarrow
from imlkit import Button, Dashboard, Text
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.tables import InRange, LinkedState, Table

table = Table(pyarrow.table(ROWS))
state = LinkedState()
charts = SummaryCharts(table, state)
beside = SummaryCharts(table, state, columns=["x"], title="Again")
alone = SummaryCharts(table, state, columns=["y"], title="Alone")
alone.unlink()
said = Text()
state.showing.subscribe(
    lambda seen: said.value.set(f"{{state.undoable.value}} steps, state {{seen.to_json()}}"))
narrow, back, some = Button("Narrow"), Button("Back"), Button("Some")
some.clicks.subscribe(lambda _: state.selection.set([2 * n for n in range(200)]))
narrow.clicks.subscribe(lambda _: state.filter(InRange("y", 0, 1)))
back.clicks.subscribe(lambda _: state.undo())
app = Dashboard(title="Charts")
app.page("Main").use(said, [narrow, back, some], charts, beside, alone)
app.servable()
"""


@pytest.fixture
def table() -> Table:
    names: dict[str, Any] = {}
    exec(DATA, names)
    import pyarrow

    return Table(pyarrow.table(names["ROWS"]))


@pytest.fixture
def page(tmp_path: Path, serve: Callable[..., Served], open_page: Callable[..., Page]) -> Page:
    script = tmp_path / "charts.py"
    script.write_text(APP)
    page = open_page(serve(script).url)
    expect(card(page, "note").locator("button.value").first).to_be_visible()
    return page


def view(page: Page, title: str = "Columns") -> Locator:
    index = ["Columns", "Again", "Alone"].index(title)
    return page.locator(".linked").nth(index)


def card(page: Page, column: str, title: str = "Columns") -> Locator:
    return view(page, title).get_by_role("region", name=column, exact=True)


def left(page: Page, title: str = "Columns") -> Locator:
    return view(page, title).locator(".status")


def state(page: Page) -> dict[str, Any]:
    text = page.get_by_text(re.compile("steps, state ")).inner_text()
    found: dict[str, Any] = json.loads(text.partition("state ")[2])
    return found


def shown(page: Page, column: str) -> list[float]:
    heights: list[float] = (
        card(page, column)
        .locator("svg .bar")
        .evaluate_all("bars => bars.map(bar => Number(bar.getAttribute('height')))")
    )
    return heights


def dragged(page: Page, column: str, low: float, high: float) -> None:
    area = card(page, column).locator(".area")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + low * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + high * box["width"], middle, steps=10)


def test_all_charts_follow_while_a_brush_moves_and_python_hears_when_it_rests(
    page: Page, table: Table
) -> None:
    expect(left(page)).to_have_text("5,000 rows")
    before = shown(page, "y")
    dragged(page, "x", 0.25, 0.5)
    expect(left(page)).to_have_text(re.compile(r"^[\d,]+ of 5,000 rows$"))
    until(lambda: shown(page, "y") != before)
    # Nobody but this view knows while it moves.
    assert state(page) == {}
    expect(left(page, "Again")).to_have_text("5,000 rows")
    words = left(page).inner_text()
    page.mouse.up()
    expect(left(page, "Again")).to_have_text(words)
    expect(left(page)).to_have_text(words)
    said = state(page)["filters"]
    found = table.count(predicate_from_json(said))
    assert words == f"{found:,} of 5,000 rows"
    (condition,) = said["all"]
    assert condition["column"] == "x"
    expect(page.get_by_text(re.compile("^1 steps, state"))).to_be_visible()
    expect(left(page, "Alone")).to_have_text("5,000 rows")
    # The brushed chart itself still shows what else could be chosen.
    assert sum(shown(page, "x")) > sum(shown(page, "y"))
    page.get_by_role("button", name="Back", exact=True).click()
    expect(left(page)).to_have_text("5,000 rows")
    expect(card(page, "x").get_by_role("button", name="Clear the range of x")).to_be_hidden()


def test_a_brush_counts_as_the_state_that_it_sets(page: Page, table: Table) -> None:
    dragged(page, "gaps", 0.1, 0.9)
    page.mouse.up()
    card(page, "gaps").get_by_role("button", name=re.compile("NaN: 500")).click()
    expect(left(page)).to_have_text(re.compile(" of 5,000 rows"))
    until(lambda: "any" in json.dumps(state(page)))
    found = table.count(predicate_from_json(state(page)["filters"]))
    expect(left(page)).to_have_text(f"{found:,} of 5,000 rows")
    dragged(page, "x", 0.5, 1.0)
    words = None
    until(lambda: left(page).inner_text() != f"{found:,} of 5,000 rows")
    words = left(page).inner_text()
    page.mouse.up()
    until(lambda: len(state(page)["filters"]["all"]) == 2)
    found = table.count(predicate_from_json(state(page)["filters"]))
    assert words == f"{found:,} of 5,000 rows"
    expect(left(page)).to_have_text(words)


def test_values_are_chosen_by_clicks_and_text_is_looked_for(page: Page, table: Table) -> None:
    kinds = card(page, "kind")
    kinds.get_by_role("button", name="cat").click()
    expect(kinds.get_by_role("button", name="cat")).to_have_attribute("aria-pressed", "true")
    kinds.get_by_role("button", name="img src").click()
    found = table.count(~Equals("kind", "dog"))
    expect(left(page)).to_have_text(f"{found:,} of 5,000 rows")
    kinds.get_by_role("button", name="cat").click()
    kinds.get_by_role("button", name="img src").click()
    expect(left(page)).to_have_text("5,000 rows")
    search = card(page, "note").get_by_role("searchbox")
    search.fill("the 77th")
    search.press("Enter")
    expect(left(page)).to_have_text("1 of 5,000 rows")
    view(page).get_by_role("button", name="Clear all filters").click()
    expect(left(page)).to_have_text("5,000 rows")
    expect(search).to_have_value("")
    assert page.evaluate("window.ran") is None


def test_what_python_sets_is_followed(page: Page, table: Table) -> None:
    page.get_by_role("button", name="Narrow").click()
    found = table.count(All((InRange("y", 0, 1),)))
    expect(left(page)).to_have_text(f"{found:,} of 5,000 rows")
    expect(card(page, "y").get_by_role("slider", name="From, y")).to_have_attribute(
        "aria-valuetext", re.compile("^0|^-0")
    )


def test_the_selected_rows_are_shown_in_every_chart(page: Page) -> None:
    odd = card(page, "odd").locator(".picked")
    expect(odd).to_have_count(2)
    expect(view(page).locator(".legend")).to_be_hidden()
    page.get_by_role("button", name="Some", exact=True).click()
    expect(view(page).locator(".legend")).to_have_text("200 selected")
    # Rows of even numbers: none of them is odd.
    until(
        lambda: (
            [one.evaluate("bar => bar.getBoundingClientRect().width > 0") for one in odd.all()]
            == [True, False]
        )
    )
    expect(card(page, "x").locator("svg .picked")).to_have_attribute("d", re.compile("M"))
    expect(view(page, "Alone").locator(".legend")).to_be_hidden()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(view(page).locator(".legend")).to_be_hidden()
    expect(card(page, "x").locator("svg .picked")).to_have_attribute("d", "")


def test_a_brush_is_moved_by_the_keyboard(page: Page, table: Table) -> None:
    handle = card(page, "x").get_by_role("slider", name="From, x")
    handle.focus()
    for _ in range(5):
        handle.press("PageUp")
    expect(handle).to_have_attribute("aria-valuenow", "50")
    until(lambda: state(page) != {})
    found = table.count(predicate_from_json(state(page)["filters"]))
    expect(left(page)).to_have_text(f"{found:,} of 5,000 rows")
    handle.press("Escape")
    expect(left(page)).to_have_text("5,000 rows")


def test_bars_are_coloured_by_the_mean_of_a_column(page: Page) -> None:
    plain = card(page, "odd").locator(".front").first.evaluate("bar => getComputedStyle(bar).backgroundColor")
    view(page).get_by_label("Colour by the mean of").select_option("x")
    bar = card(page, "odd").locator(".front").first
    until(lambda: bar.evaluate("bar => getComputedStyle(bar).backgroundColor") != plain)
    expect(view(page).locator(".scale")).to_be_visible()
    colors = card(page, "x").locator("svg .bar").evaluate_all("bars => bars.map(bar => bar.style.fill)")
    assert len(set(colors)) > 10


def test_columns_are_found_by_their_names(page: Page) -> None:
    search = view(page).get_by_label("Find a column")
    search.fill("proto")
    expect(card(page, "__proto__")).to_be_visible()
    expect(card(page, "x")).to_be_hidden()
    search.fill("nowhere")
    expect(view(page).get_by_text("No column is called “nowhere”")).to_be_visible()


def test_an_empty_table_says_how_to_begin(tmp_path: Path, serve: Any, open_page: Any) -> None:
    script = tmp_path / "empty.py"
    script.write_text(APP.replace("n = 5_000", "n = 0"))
    page = open_page(serve(script).url)
    expect(
        view(page).get_by_text(re.compile("No number in this column|has no rows yet")).first
    ).to_be_visible()
    assert isinstance(np.nan, float)
