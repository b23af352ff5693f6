"""A table of rows in groups, in a served app and on an exported page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from imlkit.components.tables.instance_table import InstanceTable
from imlkit.tables import Group, LinkedState, Seen, Table
from imlkit.tables.exports.export import export_file
from tests.e2e.served import serving

pytestmark = pytest.mark.e2e

SCRIPT = "<img src=x onerror='window.ran = true'>"

KINDS = ["cat", "dog", SCRIPT, None]
FEW: dict[str, list[Any]] = {
    "id": [f"row {n:02}" for n in range(40)],
    "kind": [KINDS[n % 4] for n in range(40)],
    "size": [float((n * 7) % 40) for n in range(40)],
}
"""Ten rows of each kind."""

APP = f"""
import asyncio

import numpy as np
import pyarrow
from imlkit import Button, Dashboard, Text
from imlkit.components.data.dataset import Dataset
from imlkit.components.tables.instance_table import InstanceTable
from imlkit.components.tables.toolbar import Toolbar
from imlkit.stores.memory import MemoryStore
from imlkit.tables import Equals, Group, LinkedState, Seen, Table

few = Table({FEW!r}, title="Animals")
grouped = Seen(groups=(Group("kind"),))
state = LinkedState(grouped)
said = Text()
state.selection.subscribe(lambda ids: said.value.set("Chosen: " + " ".join(ids)))
acts = {{
    "Undo a step": state.undo,
    "No groups": lambda: state.groups.set(()),
    "By size": lambda: state.groups.set((Group("size", 4),)),
    "By kind": lambda: state.groups.set((Group("kind"),)),
    "Cats": lambda: state.filter(Equals("kind", "cat")),
    "Cows": lambda: state.filter(Equals("kind", "cow")),
}}
buttons = [Button(name) for name in acts]
for one, act in zip(buttons, acts.values()):
    one.clicks.subscribe(lambda _, act=act: act())

# 200,000 rows: 3 of group 0, 150,000 of group 1, the others in 997 groups of some 50.
n = np.arange(200_000)
group = np.where(n < 3, 0, np.where(n < 150_003, 1, 2 + n % 997))
many = Table(pyarrow.table({{"id": n, "group": group, "square": n**2}}))
each = Table(pyarrow.table({{"id": np.arange(10_005), "square": np.arange(10_005) ** 2}}))
live = Dataset("animals", MemoryStore())
live.create([{{"x": n, "y": ["cat", "dog"][n % 2]}} for n in range(8)])
more = Button("More")
more.clicks.subscribe(lambda _: live.create([{{"x": n, "y": ["cow", "cat"][n % 2]}} for n in range(6)]))
app = Dashboard(title="Groups")
app.page("Few").use(said, buttons, InstanceTable(few, state), Toolbar(few, state))
app.page("Many").use(InstanceTable(many, LinkedState(Seen(groups=(Group("group"),)))))
app.page("Each").use(InstanceTable(each, LinkedState(Seen(groups=(Group("square"),)))))
app.page("Live").use(more, InstanceTable(Table(live), LinkedState(Seen(groups=(Group("y"),)))))
app.servable()
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("groups")
    with serving(folder, "groups", APP) as served:
        yield served.url


@pytest.fixture
def page(address: str, open_page: Callable[..., Page]) -> Page:
    page = open_page(address)
    expect(group(page, "cat")).to_be_visible(timeout=30_000)
    return page


def group(page: Page, kind: str) -> Locator:
    title = page.get_by_role("rowheader", name=f": {kind} ")
    return page.locator(".group-line:visible").filter(has=title)


def line(page: Page, row: int) -> Locator:
    return page.locator(f".table-line[aria-rowindex='{row + 2}']:visible")


def grid(page: Page) -> Locator:
    return page.get_by_role("treegrid", name="Rows")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).and_(page.locator(":visible")).first.click()


def ids_of(page: Page, first: int, count: int) -> list[str]:
    """The ids in some lines that follow one another, scrolled to."""
    table = page.get_by_label("Rows", exact=True).and_(page.locator(".table-grid"))
    table.evaluate("(table, line) => { table.scrollTop = line * 36; }", first)
    for n in range(first, first + count):
        expect(line(page, n).locator("[aria-colindex='2']")).not_to_be_empty()
    return [line(page, n).locator("[aria-colindex='2']").inner_text() for n in range(first, first + count)]


def chosen(page: Page, *ids: str) -> None:
    expect(page.get_by_text("Chosen:", exact=False)).to_have_text(f"Chosen: {' '.join(ids)}".strip())


def of_kind(kind: str | None, by: str = "") -> list[str]:
    """The ids of a kind as pandas finds them."""
    rows = pd.DataFrame(FEW)
    found = rows[rows["kind"].isna() if kind is None else rows["kind"] == kind]
    return list((found.sort_values(by) if by else found)["id"])


def test_rows_come_in_groups_each_under_its_name_and_number(page: Page) -> None:
    expect(page.get_by_text("40 rows in 4 groups")).to_be_visible()
    expect(grid(page)).to_have_attribute("aria-rowcount", "45")
    expect(line(page, 0)).to_contain_text(f"kind: {SCRIPT}")
    assert ids_of(page, 1, 10) == of_kind(SCRIPT)
    expect(line(page, 11)).to_contain_text("kind: cat")
    expect(line(page, 11)).to_contain_text("10 rows")
    expect(line(page, 11)).to_have_attribute("aria-level", "1")
    expect(line(page, 12)).to_have_attribute("aria-level", "2")
    page.get_by_role("columnheader", name="size", exact=True).click()
    expect(line(page, 1)).to_contain_text(of_kind(SCRIPT, "size")[0])
    assert ids_of(page, 1, 10) == of_kind(SCRIPT, "size")
    grid(page).evaluate("grid => { grid.scrollTop = 1e6; }")
    expect(line(page, 33)).to_contain_text("kind: no value")
    assert ids_of(page, 34, 10) == of_kind(None, "size")
    assert page.evaluate("window.ran") is None


def test_groups_are_folded_and_stay_so_while_they_are_the_same(page: Page) -> None:
    fold = group(page, "cat").get_by_role("button")
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(fold).to_be_focused()
    expect(line(page, 12)).to_contain_text("kind: dog")
    expect(grid(page)).to_have_attribute("aria-rowcount", "35")
    press(page, "Cats")
    expect(page.get_by_text("10 of 40 rows in 1 group")).to_be_visible()
    expect(group(page, "cat")).to_have_attribute("aria-expanded", "false")
    press(page, "Undo a step")
    expect(grid(page)).to_have_attribute("aria-rowcount", "35")
    press(page, "By size")
    expect(page.locator(".group-line").first.get_by_role("button")).to_have_attribute("aria-expanded", "true")
    press(page, "Fold all")
    expect(page.locator(".table-line:visible")).to_have_count(4)
    press(page, "Unfold all")
    expect(grid(page)).to_have_attribute("aria-rowcount", "45")
    press(page, "By kind")
    expect(group(page, "cat").get_by_role("button")).to_have_attribute("aria-expanded", "true")


def test_the_rows_of_a_group_are_selected_and_undone_in_one_step(page: Page) -> None:
    box = group(page, "cat").get_by_role("checkbox")
    box.check()
    chosen(page, *of_kind("cat"))
    expect(group(page, "cat")).to_contain_text("10 rows, 10 selected")
    expect(group(page, "cat")).to_have_attribute("aria-selected", "true")
    line(page, 13).get_by_role("checkbox").uncheck()
    expect(group(page, "cat")).to_contain_text("9 selected")
    expect(box).to_have_js_property("indeterminate", True)
    grid(page).evaluate("grid => { grid.scrollTop = 200; }")
    group(page, "dog").get_by_role("checkbox").check()
    left = [id for id in of_kind("cat") if id != "row 04"]
    chosen(page, *left, *of_kind("dog"))
    press(page, "Undo a step")
    chosen(page, *left)
    box.click()
    chosen(page, *left, "row 04")
    expect(box).to_be_checked()
    box.uncheck()
    chosen(page)


def test_the_keyboard_goes_over_groups_folds_and_selects_them(page: Page) -> None:
    line(page, 10).locator("[aria-colindex='2']").click()
    page.keyboard.press("ArrowDown")
    title = group(page, "cat").get_by_role("rowheader")
    expect(title).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(group(page, "cat")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    expect(group(page, "cat")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowRight")
    expect(line(page, 12).locator("[aria-colindex='2']")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(title).to_be_focused()
    page.keyboard.press("Space")
    chosen(page, "row 38", *of_kind("cat"))
    page.keyboard.press("Enter")
    expect(group(page, "cat")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(group(page, "dog").get_by_role("rowheader")).to_be_focused()
    page.keyboard.press("Control+End")
    expect(line(page, 33).locator(".cell").last).to_be_focused()


def test_a_range_reaches_over_groups_but_not_into_folded_ones(page: Page) -> None:
    group(page, "cat").get_by_role("button").click()
    line(page, 9).locator("[aria-colindex='2']").click()
    chosen(page, "row 34")
    line(page, 13).locator("[aria-colindex='2']").click(modifiers=["Shift"])
    chosen(page, "row 34", "row 38", "row 01")
    page.keyboard.press("Shift+ArrowDown")
    chosen(page, "row 34", "row 38", "row 01", "row 05")
    group(page, "cat").get_by_role("button").click()
    line(page, 10).locator("[aria-colindex='2']").click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    chosen(page, "row 38", "row 00")


def test_a_row_is_shown_in_full_and_the_next_is_of_the_next_group(page: Page) -> None:
    line(page, 10).dblclick()
    expect(page.get_by_role("dialog", name="Details of row 38")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="Details of row 00")).to_be_visible()
    page.keyboard.press("Escape")
    expect(line(page, 12).locator(":focus")).to_have_count(1)


def test_rows_are_saved_in_the_order_of_their_groups(page: Page) -> None:
    press(page, "Select all")
    expect(page.get_by_text("40 rows in 4 groups, 40 selected")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the selected rows as CSV").click()
    saved = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text("utf-8"))))
    assert [row["id"] for row in saved] == [
        id for kind in (SCRIPT, "cat", "dog", None) for id in of_kind(kind)
    ]


def test_no_rows_and_no_groups_are_told_and_shown_as_before(page: Page) -> None:
    press(page, "Cows")
    expect(page.get_by_text("No row is left by the filters.").first).to_be_visible()
    expect(page.get_by_role("button", name="Fold all", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Clear the filters").first.click()
    expect(group(page, "cat")).to_be_visible()
    press(page, "No groups")
    expect(page.get_by_role("grid", name="Rows")).to_have_attribute("aria-rowcount", "41")
    expect(page.locator(".group-line:visible")).to_have_count(0)
    assert ids_of(page, 0, 5) == FEW["id"][:5]


def test_many_rows_in_uneven_groups_scroll(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{address}#many")
    expect(line(page, 5)).to_contain_text("3", timeout=30_000)
    expect(line(page, 4)).to_contain_text("group: 1")
    expect(line(page, 4)).to_contain_text("150,000 rows")
    expect(grid(page)).to_have_attribute("aria-rowcount", str(1 + 200_000 + 999))
    grid(page).evaluate("grid => { grid.scrollTop = grid.scrollHeight / 2; }")
    expect(page.locator(".table-pinned .group-cell:visible")).to_have_text("group: 1")
    middle = page.locator(".table-line:visible").nth(8)
    expect(middle.locator("[aria-colindex='2']")).not_to_be_empty()
    place = int(str(middle.get_attribute("aria-rowindex"))) - 2
    expect(middle.locator("[aria-colindex='2']")).to_have_text(f"{place - 2:,}")
    grid(page).evaluate("grid => { grid.scrollTop = 1e9; }")
    last = pd.Series(range(150_003, 200_000))
    last = last[2 + last % 997 == 998]
    expect(line(page, 200_998)).to_contain_text(f"{last.iloc[-1]:,}")
    expect(page.locator(".table-pinned .group-cell:visible")).to_have_text("group: 998")
    assert page.locator(".table-line:visible").count() < 60
    line(page, 200_998).locator("[aria-colindex='2']").click()
    page.keyboard.press("Control+Home")
    expect(group(page, "0")).to_be_visible()
    page.keyboard.press("Shift+Control+End")
    expect(page.get_by_text("200,000 rows in 999 groups, 1 selected")).to_be_visible()
    press(page, "Fold all")
    expect(grid(page)).to_have_attribute("aria-rowcount", "1000")
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()


def test_groups_beyond_what_is_shown_are_told(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{address}#each")
    expect(page.get_by_text("The 10,000 largest groups are shown, 5 more are not")).to_be_visible(
        timeout=30_000
    )
    grid(page).evaluate("grid => { grid.scrollTop = 1e9; }")
    expect(line(page, 19_999).locator("[aria-colindex='2']")).not_to_be_empty()


def test_groups_that_are_replaced_before_they_came_are_not_shown(page: Page) -> None:
    for name in ("By size", "By kind", "No groups", "By size", "By kind"):
        press(page, name)
    press(page, "Undo a step")
    expect(page.locator(".group-line:visible").first).to_contain_text("size: ")
    expect(page.locator(".group-line:visible").filter(has_text="kind: ")).to_have_count(0)
    expect(grid(page)).not_to_have_attribute("aria-busy", "true")


def test_groups_follow_a_table_that_grows_and_stay_folded(
    address: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{address}#live")
    expect(group(page, "cat")).to_contain_text("4 rows", timeout=30_000)
    group(page, "cat").get_by_role("button").click()
    expect(group(page, "cat")).to_have_attribute("aria-expanded", "false")
    press(page, "More")
    expect(group(page, "cat")).to_contain_text("7 rows")
    expect(group(page, "cat")).to_have_attribute("aria-expanded", "false")
    expect(group(page, "cow")).to_contain_text("3 rows")
    expect(page.get_by_text("14 rows in 3 groups")).to_be_visible()


def test_the_groups_of_an_exported_page_fold_and_are_selected(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    table = Table(FEW)
    shown = InstanceTable(table, LinkedState(Seen(groups=(Group("kind"),))))
    page = open_page(f"file://{export_file(tmp_path / 'page.html', shown)}")
    expect(line(page, 11)).to_contain_text("kind: cat")
    assert ids_of(page, 12, 10) == of_kind("cat")
    group(page, "cat").get_by_role("button").click()
    expect(line(page, 12)).to_contain_text("kind: dog")
    group(page, "cat").get_by_role("checkbox").check()
    expect(page.get_by_text("40 rows in 4 groups, 10 selected")).to_be_visible()
    grid(page).evaluate("grid => { grid.scrollTop = 300; }")
    line(page, 13).locator("[aria-colindex='2']").click()
    line(page, 22).locator("[aria-colindex='2']").click(modifiers=["Shift"])
    expect(group(page, "dog")).to_contain_text("10 selected")


def test_groups_fit_a_phone_and_are_accessible(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(address, viewport={"width": 390, "height": 844}, has_touch=True)
    expect(group(page, "cat")).to_be_visible(timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
