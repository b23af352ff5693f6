"""Rows as a table, in a served app."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.instances import column, instances_served, line, shows, tile

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with instances_served(tmp_path_factory.mktemp("instances")) as url:
        yield url


@pytest.fixture
def page(address: str, open_page: Callable[..., Page]) -> Page:
    page = open_page(address)
    expect(tile(page, "row 0").locator("img")).to_be_visible()
    return page


def test_filters_set_in_python_are_followed_and_none_left_can_be_cleared(page: Page) -> None:
    page.get_by_role("button", name="Dogs").click()
    expect(tile(page, "row 0")).to_have_count(0)
    expect(tile(page, "row 1")).to_be_visible()
    expect(line(page, 0)).to_contain_text("row 1")
    page.get_by_role("button", name="Cows").click()
    expect(page.get_by_text("No row is left by the filters.")).to_have_count(2)
    page.get_by_role("button", name="Clear the filters").first.click()
    expect(page.get_by_text("200 rows")).to_have_count(2)
    expect(tile(page, "row 0")).to_be_visible()
    expect(line(page, 0)).to_contain_text("row 0")
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_text("No row is left by the filters.")).to_have_count(2)


def test_the_table_tells_kinds_of_values_apart(page: Page) -> None:
    at = column(page, "score").get_attribute("aria-colindex")
    score = [line(page, n).locator(f"[aria-colindex='{at}']") for n in range(7)]
    score[0].scroll_into_view_if_needed()
    for n, words in enumerate(["0.1235", "missing", "NaN", "∞", "−∞", "1E12", "2026"]):
        line(page, n).locator(".marks").scroll_into_view_if_needed()
        expect(score[n]).to_have_text(words)
    when = column(page, "when").get_attribute("aria-colindex")
    expect(line(page, 1).locator(f"[aria-colindex='{when}']")).to_have_text("2026-01-01 01:00:00")
    expect(line(page, 0).locator(f"[aria-colindex='{when}']")).to_have_text("2026-01-01")


def test_headings_sort_and_shift_sorts_by_several(page: Page) -> None:
    column(page, "id").click()
    shows(page, sort=[{"column": "id", "descending": False}])
    expect(column(page, "id")).to_have_attribute("aria-sort", "ascending")
    column(page, "id").click()
    expect(column(page, "id")).to_have_attribute("aria-sort", "descending")
    expect(line(page, 0)).to_contain_text("row 99")
    expect(page.locator(".tile").first).to_have_attribute("aria-label", "row 99")
    column(page, "id").click()
    expect(column(page, "id")).to_have_attribute("aria-sort", "none")
    column(page, "class").click()
    column(page, "id").click(modifiers=["Shift"])
    shows(page, sort=[{"column": "class", "descending": False}, {"column": "id", "descending": False}])


def test_the_table_works_by_keyboard(page: Page) -> None:
    column(page, "id").focus()
    page.keyboard.press("Enter")
    expect(column(page, "id")).to_have_attribute("aria-sort", "ascending")
    expect(line(page, 2)).to_contain_text("row 10")
    page.keyboard.press("ArrowDown")
    expect(line(page, 0).locator("[aria-colindex='2']")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    shows(page, selection=["row 1"])
    page.keyboard.press("Shift+ArrowDown")
    shows(page, selection=["row 1", "row 10"])
    page.keyboard.press("Control+End")
    expect(line(page, 199).locator(".cell").last).to_be_focused()
    expect(line(page, 199).locator(".marks input")).to_have_attribute("aria-label", "Select row 99")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Details of row 99")
    expect(dialog).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("dialog", name="Details of row 98")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(line(page, 198).locator(".cell").last).to_be_focused()


def test_lines_are_selected_by_their_boxes_and_by_ranges(page: Page) -> None:
    line(page, 0).get_by_role("checkbox").check()
    line(page, 2).get_by_role("checkbox").check()
    shows(page, selection=["row 0", "row 2"])
    page.locator(".table-grid:visible").evaluate("grid => { grid.scrollTop = 1e6; }")
    expect(line(page, 199)).to_contain_text("row 199")
    line(page, 199).locator("[aria-colindex='2']").click(modifiers=["Shift"])
    shows(page, selection=[f"row {n}" for n in range(2, 200)])


def test_what_is_pointed_at_in_one_view_is_marked_in_the_other(page: Page) -> None:
    tile(page, "row 2").hover()
    expect(line(page, 2)).to_have_class("table-line pointed")
    line(page, 1).locator("[aria-colindex='2']").hover()
    expect(tile(page, "row 1")).to_have_class("tile pointed")


def test_hundreds_of_thousands_of_rows_scroll(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{address}#many")
    expect(line(page, 0)).to_contain_text("0")
    grid = page.locator(".table-grid:visible")
    expect(grid).to_have_attribute("aria-rowcount", "300001")
    grid.evaluate("grid => { grid.scrollTop = 1e9; }")
    expect(line(page, 299_999)).to_contain_text("299,999")
    grid.evaluate("grid => { grid.scrollTop = grid.scrollHeight / 2; }")
    expect(line(page, 299_999)).to_have_count(0)
    first = page.locator(".table-line:visible").first
    expect(first).to_contain_text("150,00")
    before = int(str(first.get_attribute("aria-rowindex")))
    grid.hover()
    page.mouse.wheel(0, 360)
    expect(line(page, before - 2 + 10)).to_be_visible()
    expect(line(page, before - 2)).to_have_count(0)
    assert page.locator(".table-line:visible").count() < 60
    page.locator(".table-line:visible .cell:not(.marks)").nth(20).click()
    page.keyboard.press("Control+Home")
    expect(line(page, 0)).to_be_visible()
    page.keyboard.press("Control+End")
    expect(line(page, 299_999).locator(".cell").last).to_be_focused()
    page.get_by_role("button", name="Select all").first.click()
    expect(page.get_by_text("The first 100,000 rows of 300,000 are selected")).to_be_visible()
    expect(page.get_by_text("300,000 rows, 100,000 selected")).to_be_visible()
    pages = page.get_by_role("group", name="Pages")
    expect(pages).to_contain_text("of 5,000")
    pages.get_by_role("spinbutton").fill("5000")
    pages.get_by_role("spinbutton").press("Enter")
    expect(tile(page, "299,999")).to_be_visible()


def test_of_thousands_of_columns_those_in_sight_are_shown(
    address: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{address}#wide")
    expect(line(page, 1)).to_contain_text("−1")
    assert page.locator(".table-grid .cell:visible").count() < 100
    button = page.get_by_role("button", name="Columns (1,801 not shown)")
    button.click()
    picker = page.get_by_role("dialog", name="Columns to show")
    picker.get_by_label("Find a column").fill("c1999")
    picker.get_by_label("c1999").check()
    picker.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("button", name="Columns (1,800 not shown)")).to_be_visible()
    line(page, 1).locator(".cell:not(.marks)").first.click()
    page.keyboard.press("End")
    expect(column(page, "c1999")).to_be_visible()
    expect(line(page, 1).locator(".cell").last).to_have_text("−1999")
    field = page.get_by_role("combobox", name="Caption", exact=True)
    field.fill("c123")
    field.press("Enter")
    expect(page.locator(".tile:visible").nth(1).locator(".name")).to_have_text("-123")


@pytest.mark.parametrize("name", ["both", "groups", "many", "empty"])
def test_the_views_fit_a_phone(address: str, open_page: Callable[..., Page], name: str) -> None:
    page = open_page(f"{address}#{name}", viewport={"width": 390, "height": 844}, has_touch=True)
    expect(page.locator(".status").first).to_contain_text("rows")
    expect(page.locator(":is(.tile, .table-line, .empty):visible").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
