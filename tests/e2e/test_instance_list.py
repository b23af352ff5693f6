"""Rows as samples, in a served app."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.instances import SCRIPT, column, instances_served, loaded, shows, tile

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


def test_pictures_sounds_series_texts_and_rows_are_shown(page: Page) -> None:
    loaded(tile(page, "row 0").locator("img"))
    choice = page.get_by_label("Show", exact=True)
    choice.select_option("sound")
    expect(tile(page, "row 0").get_by_alt_text("0.25 s")).to_be_visible()
    loaded(tile(page, "row 0").locator("img"))
    choice.select_option("series")
    loaded(tile(page, "row 1").get_by_alt_text("50 values, min"))
    choice.select_option("said")
    expect(tile(page, "row 2")).to_contain_text(f"This is the 2th of some long texts {SCRIPT}")
    choice.select_option("The whole row")
    expect(tile(page, "row 2")).to_contain_text("id: row 2")
    expect(tile(page, "row 2")).to_contain_text("sound: 2.wav")


def test_what_cannot_be_shown_says_why_in_its_place(page: Page) -> None:
    expect(tile(page, "row 3")).to_contain_text("“broken.png” is damaged")
    expect(tile(page, "row 4")).to_contain_text("There is no file “none.png”")
    expect(tile(page, "row 5")).to_contain_text("There is no value")
    loaded(tile(page, "row 6").locator("img"))


def test_what_is_selected_on_the_page_is_selected_in_python(page: Page) -> None:
    tile(page, "row 1").click()
    shows(page, selection=["row 1"])
    tile(page, "row 6").click(modifiers=["Control"])
    shows(page, selection=["row 1", "row 6"])
    tile(page, "row 8").click(modifiers=["Shift"])
    shows(page, selection=["row 6", "row 7", "row 8"])
    expect(page.locator(".tile[aria-selected='true']")).to_have_count(3)
    expect(page.locator(".table-line[aria-selected='true']")).to_have_count(3)
    page.get_by_role("button", name="Deselect").first.click()
    expect(page.locator("[aria-selected='true']")).to_have_count(0)
    page.get_by_role("button", name="Select these").click()
    expect(page.get_by_text("200 rows, 50 selected")).to_have_count(2)


def test_what_is_selected_in_python_is_selected_on_the_page(page: Page) -> None:
    page.get_by_role("button", name="Select two").click()
    expect(tile(page, "row 1")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("200 rows, 2 selected")).to_have_count(2)


def test_every_row_that_the_filters_leave_is_selected(page: Page) -> None:
    page.get_by_role("button", name="Dogs").click()
    expect(page.get_by_text("50 of 200 rows")).to_have_count(2)
    page.get_by_role("button", name="Select all filtered").first.click()
    shows(page, selection=[f"row {n}" for n in range(1, 200, 4)])


def test_what_is_shown_can_be_chosen_on_the_page_and_in_python(page: Page) -> None:
    page.get_by_role("button", name="List", exact=True).click()
    expect(page.get_by_text("list of None")).to_be_visible()
    expect(tile(page, "row 0")).to_contain_text("class cat")
    page.get_by_role("button", name="Texts").click()
    expect(page.get_by_text("list of said")).to_be_visible()
    expect(tile(page, "row 0")).to_contain_text("This is the 0th")
    page.get_by_label("Caption", exact=True).select_option("class")
    expect(page.locator(".tile").nth(1).locator(".name")).to_have_text("dog")


def test_the_list_works_by_keyboard(page: Page) -> None:
    tile(page, "row 0").focus()
    page.keyboard.press("ArrowRight")
    expect(tile(page, "row 1")).to_be_focused()
    page.keyboard.press("Space")
    shows(page, selection=["row 1"])
    page.keyboard.press("Shift+ArrowRight")
    shows(page, selection=["row 1", "row 2"])
    page.keyboard.press("ArrowDown")
    expect(tile(page, "row 2")).not_to_be_focused()
    page.keyboard.press("PageDown")
    expect(tile(page, "row 50")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[aria-selected='true']")).to_have_count(0)
    page.keyboard.press("PageUp")
    page.keyboard.press("Home")
    expect(tile(page, "row 0")).to_be_focused()


def test_a_row_is_shown_in_full_and_its_neighbours_by_keys(page: Page) -> None:
    tile(page, "row 0").focus()
    page.keyboard.press("End")
    expect(tile(page, "row 49")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Details of row 49")
    loaded(dialog.locator("figure img").first)
    expect(dialog.locator("audio")).to_have_js_property("error", None)
    expect(dialog.get_by_text("60 × 40 pixels")).to_be_visible()
    expect(dialog.locator("dd").first).to_have_text("row 49")
    page.keyboard.press("ArrowRight")
    dialog = page.get_by_role("dialog", name="Details of row 50")
    expect(dialog.get_by_text("of some long texts")).to_contain_text(
        f"This is the 50th of some long texts {SCRIPT}"
    )
    dialog.get_by_label("Selected").check()
    shows(page, selection=["row 50"])
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(tile(page, "row 50")).to_be_focused()


def test_groups_are_sections_with_their_counts(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{address}#groups")
    for name in ("cat", "dog", SCRIPT, "no value"):
        heading = page.get_by_role("heading", name=f"class: {name}", exact=True)
        heading.scroll_into_view_if_needed()
        section = page.locator("section", has=heading)
        expect(section).to_contain_text("50 rows")
        expect(section.locator(".tile")).to_have_count(12)
    section = page.locator("section").filter(has_text="class: dog")
    section.get_by_role("button", name="Last page").click()
    expect(section.locator(".tile").last).to_have_attribute("aria-label", "row 197")
    expect(section.get_by_label("Page", exact=True)).to_have_value("5")
    assert page.evaluate("window.ran") is None


def test_names_and_values_that_hold_script_run_nothing(page: Page) -> None:
    column(page, "id").focus()
    page.keyboard.press("End")
    expect(column(page, SCRIPT)).to_be_visible()
    page.get_by_label("Caption", exact=True).select_option(SCRIPT)
    page.get_by_label("Show", exact=True).select_option("class")
    expect(page.locator(".tile").nth(2)).to_contain_text(SCRIPT)
    page.get_by_role("button", name="Columns").click()
    expect(page.get_by_label(SCRIPT, exact=True).last).to_be_checked()
    page.keyboard.press("Escape")
    page.locator(".tile").nth(2).dblclick()
    expect(page.get_by_role("dialog").locator("dt", has_text=SCRIPT)).to_be_visible()
    assert page.evaluate("window.ran") is None


def test_a_table_without_rows_says_so(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{address}#empty")
    expect(page.get_by_text("This table has no rows.")).to_have_count(2)


def test_the_views_are_accessible(page: Page) -> None:
    page.get_by_role("button", name="Select two").click()
    expect(page.get_by_text("200 rows, 2 selected")).to_have_count(2)
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    tile(page, "row 0").dblclick()
    loaded(page.get_by_role("dialog").locator("figure img").first)
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
