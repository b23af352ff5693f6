"""A table of ten thousand columns in a browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.served import Served, serving, until

pytestmark = pytest.mark.e2e

ROWS = 200
COLUMNS = 10_000

SOURCE = """
from pathlib import Path

from imlkit import Dashboard
from imlkit.components.tables.instance_table import InstanceTable
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.components.tables.toolbar import Toolbar
from imlkit.tables import LinkedState
from imlkit.tables.sources.opened import opened

table = opened(Path(__file__).with_name("genes.parquet"))
state = LinkedState()
app = Dashboard(title="Genes")
app.page("All").use(Toolbar(table, state), SummaryCharts(table, state), InstanceTable(table, state))
app.servable()
"""


def numbers() -> Any:
    return np.random.default_rng(1).normal(size=(ROWS, COLUMNS))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("wide")
    columns = {f"gene {n}": values for n, values in enumerate(numbers().T)}
    pq.write_table(pa.table(columns), folder / "genes.parquet")
    with serving(folder, "wide", SOURCE) as served:
        yield served


@pytest.fixture
def page(open_page: Callable[..., Page], served: Served) -> Page:
    page = open_page(served.url)
    expect(card(page, "gene 0").locator(".histogram")).to_be_visible(timeout=60_000)
    return page


def card(page: Page, column: str) -> Locator:
    return page.get_by_role("region", name=column, exact=True)


def cards(page: Page) -> Locator:
    return page.locator(".charts .card:visible")


def column(n: int) -> Any:
    return numbers()[:, n]


def test_a_page_of_ten_thousand_columns_comes_soon_and_says_how_many_there_are(
    open_page: Callable[..., Page], served: Served
) -> None:
    began = time.monotonic()
    page = open_page(served.url)
    expect(page.locator(".charts .histogram")).to_have_count(24, timeout=60_000)
    # A question that goes through all columns takes a second, and there are fifty of them.
    assert time.monotonic() - began < 30
    expect(page.get_by_role("button", name="Show 24 more of 9,976 columns")).to_be_visible()
    expect(page.get_by_role("button", name="Columns (9,801 not shown)")).to_be_visible()
    expect(page.get_by_role("grid", name="Rows")).to_have_attribute("aria-rowcount", str(ROWS + 1))


def test_charts_come_a_few_at_a_time(page: Page) -> None:
    expect(cards(page)).to_have_count(24)
    page.get_by_role("button", name="Show 24 more of 9,976 columns").click()
    expect(cards(page)).to_have_count(48)
    expect(card(page, "gene 47").locator(".histogram")).to_be_visible()
    expect(page.get_by_role("button", name="Show 24 more of 9,952 columns")).to_be_visible()


def test_a_column_is_found_by_its_name_and_what_it_filters_is_followed_everywhere(page: Page) -> None:
    page.get_by_label("Find a column").first.fill("gene 9876")
    expect(cards(page)).to_have_count(1)
    found = card(page, "gene 9876")
    expect(found.locator(".histogram")).to_be_visible()
    handle = found.get_by_role("slider", name="From, gene 9876")
    handle.focus()
    for _ in range(5):
        handle.press("PageUp")
    expect(handle).to_have_attribute("aria-valuenow", "50")
    values = column(9876)
    least = values.min() + (values.max() - values.min()) / 4
    left = int((values >= least).sum())
    assert 0 < left < ROWS
    expect(page.get_by_text(f"{left} of {ROWS} rows")).to_have_count(2)
    expect(page.get_by_role("list", name="Filters").get_by_role("listitem")).to_contain_text("gene 9876")
    expect(page.get_by_role("grid", name="Rows")).to_have_attribute("aria-rowcount", str(left + 1))
    # The others count what is left.
    page.get_by_label("Find a column").first.fill("gene 77")
    other = card(page, "gene 77")
    expect(other.locator(".histogram")).to_be_visible()
    totals, _ = np.histogram(column(77), 24)
    counts, _ = np.histogram(column(77)[values >= least], np.histogram_bin_edges(column(77), 24))
    tallest = 84 / totals.max()
    expected = [round(max(count * tallest, 1) if count else 0) for count in counts]
    high = "bars => bars.map(bar => Math.round(bar.getAttribute('height')))"
    until(lambda: other.locator("svg .bar").evaluate_all(high) == expected)
    page.get_by_role("button", name="Clear all filters").first.click()
    expect(page.get_by_role("grid", name="Rows")).to_have_attribute("aria-rowcount", str(ROWS + 1))


def test_a_column_far_behind_is_shown_in_the_table_of_rows(page: Page) -> None:
    page.get_by_role("button", name="Columns (9,801 not shown)").click()
    dialog = page.get_by_role("dialog", name="Columns to show")
    dialog.get_by_label("Find a column").fill("gene 200")
    dialog.get_by_label("gene 200", exact=True).check()
    dialog.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("button", name="Columns (9,800 not shown)")).to_be_visible()
    expect(page.get_by_role("grid", name="Rows")).to_have_attribute("aria-colcount", "202")
