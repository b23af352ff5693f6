"""The toolbar of linked views, and the state in the address, in a served app."""

from __future__ import annotations

import csv
import io
import json
import re
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit.tables import Equals, Group, InRange, LinkedState, OneOf, Order
from imlkit.tables.seen import Seen
from tests.e2e.served import Served, serving, until

pytestmark = pytest.mark.e2e

BAD = "<img src=x onerror='window.ran = true'>"

APP = f"""
import pyarrow
from imlkit import Button, Dashboard, Text
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.components.tables.toolbar import Toolbar
from imlkit.tables import InRange, LinkedState, Table
from datetime import datetime, timedelta

n = 1_000
table = Table(pyarrow.table({{
    "id": list(range(n)),
    "age": [k % 100 for k in range(n)],
    "kind": [["cat", "dog", {BAD!r}, None][k % 4] for k in range(n)],
    "many": [f"value {{k // 2}}" for k in range(n)],
    "when": [datetime(2020, 1, 1) + timedelta(days=k) for k in range(n)],
    "note": [f"note {{k}}, Cats and dogs, " + "long " * 300 for k in range(n)],
    "ratio": [float("nan") if k % 10 == 0 else k / n for k in range(n)],
    "__proto__": [k % 2 == 0 for k in range(n)],
}}), title="Animals")
state = LinkedState()
toolbar = Toolbar(table, state, share=True)
charts = SummaryCharts(table, state, columns=["age", "kind"])
other = Toolbar(table, LinkedState(), title="Another state")
said = Text()
state.showing.subscribe(lambda seen: said.value.set(seen.to_json()))
choose = Button("Choose some")
choose.clicks.subscribe(lambda _: state.selection.set([1, 2, 3, 5]))
app = Dashboard(title="Rows")
app.page("Main").use(toolbar, charts, choose, said)
app.page("Other page").use(other)
app.servable()
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("toolbar"), "rows", APP) as served:
        yield served


@pytest.fixture
def page(served: Served, open_page: Callable[..., Page]) -> Page:
    page = open_page(served.url)
    expect(status(page)).to_have_text("1,000 rows")
    return page


def opened(open_page: Callable[..., Page], served: Served, seen: Seen, **options: Any) -> Page:
    return open_page(seen.to_url(served.url), **options)


def status(page: Page) -> Locator:
    return page.locator(".linked .status").first


def chips(page: Page) -> Locator:
    return page.get_by_role("list", name="Filters").first.get_by_role("listitem")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).first


def address(page: Page) -> str:
    # What Playwright knows of it is renewed only while it waits for something of the page.
    return str(page.evaluate("location.href"))


def shown(page: Page) -> Seen:
    return Seen.from_url(address(page))


def add(page: Page, column: str, how: str | None = None) -> Locator:
    button(page, "Add a filter").click()
    editor = page.get_by_role("form", name="Filter").first
    editor.get_by_label("Column").select_option(column)
    if how:
        editor.get_by_label("Condition").select_option(how)
    return editor


def test_a_range_is_added_changed_negated_and_removed(page: Page) -> None:
    editor = add(page, "age")
    editor.get_by_label("At least, age").fill("10")
    editor.get_by_label("At most, age").fill("19")
    expect(editor.get_by_role("status")).to_have_text("100 rows of the whole table")
    button(page, "Apply").click()
    expect(status(page)).to_have_text("100 of 1,000 rows")
    expect(editor).to_be_hidden()
    page.get_by_role("button", name="Change the filter age: 10 to 19").click()
    editor.get_by_label("At most, age").fill("14")
    page.keyboard.press("Enter")
    expect(status(page)).to_have_text("50 of 1,000 rows")
    page.get_by_role("button", name="only: age: 10 to 14").click()
    expect(status(page)).to_have_text("950 of 1,000 rows")
    page.get_by_role("button", name="Remove the filter not age: 10 to 14").click()
    expect(status(page)).to_have_text("1,000 rows")
    expect(chips(page)).to_have_count(0)
    expect(button(page, "Add a filter")).to_be_focused()


def test_values_are_found_by_typing_with_their_counts(page: Page) -> None:
    editor = add(page, "kind")
    expect(editor.get_by_role("listitem")).to_have_count(3)
    expect(editor.get_by_role("listitem").filter(has_text="dog")).to_contain_text("250")
    editor.get_by_label("Find a value of kind").fill("img")
    editor.get_by_role("checkbox").check()
    editor.get_by_label("Find a value of kind").fill("")
    editor.get_by_role("checkbox", name="dog").check()
    button(page, "Apply").click()
    expect(status(page)).to_have_text("500 of 1,000 rows")
    expect(chips(page)).to_contain_text("<img src=x")
    assert page.evaluate("window.ran") is None


def test_one_of_many_values_is_found_beyond_those_that_are_listed(page: Page) -> None:
    editor = add(page, "many", "values")
    editor.get_by_label("Find a value of many").fill("value 499")
    box = editor.get_by_role("checkbox", name="value 499")
    box.check()
    button(page, "Apply").click()
    expect(status(page)).to_have_text("2 of 1,000 rows")


def test_text_is_looked_for_by_case_word_and_pattern(page: Page) -> None:
    editor = add(page, "note", "text")
    editor.get_by_label("Text to look for in note").fill("cat")
    button(page, "Apply").click()
    expect(chips(page)).to_contain_text("note: contains “cat”")
    expect(status(page)).to_have_text("1,000 rows")
    page.get_by_role("button", name=re.compile("Change the filter note")).click()
    editor.get_by_label("whole words").check()
    button(page, "Apply").click()
    expect(status(page)).to_have_text("0 of 1,000 rows")
    page.get_by_role("button", name=re.compile("Change the filter note")).click()
    editor.get_by_label("whole words").uncheck()
    editor.get_by_label("regular expression").check()
    editor.get_by_label("Text to look for in note").fill("note [0-9], ")
    button(page, "Apply").click()
    expect(status(page)).to_have_text("10 of 1,000 rows")


def test_a_pattern_that_is_none_is_told_of_and_becomes_no_filter(page: Page) -> None:
    editor = add(page, "note", "text")
    editor.get_by_label("regular expression").check()
    editor.get_by_label("Text to look for in note").fill("(")
    button(page, "Apply").click()
    expect(editor.get_by_role("alert")).not_to_be_empty()
    expect(chips(page)).to_have_count(0)
    editor.get_by_label("Text to look for in note").fill("")
    button(page, "Apply").click()
    expect(editor.get_by_role("alert")).to_have_text("Write the text to look for.")
    page.keyboard.press("Escape")
    expect(editor).to_be_hidden()


def test_a_range_that_is_backwards_is_told_of(page: Page) -> None:
    editor = add(page, "age")
    button(page, "Apply").click()
    expect(editor.get_by_role("alert")).to_contain_text("Give a lower bound")
    editor.get_by_label("At least, age").fill("3")
    editor.get_by_label("At most, age").fill("1")
    button(page, "Apply").click()
    expect(editor.get_by_role("alert")).to_contain_text("give the lower first")


@pytest.mark.parametrize(
    ("column", "how", "field", "value", "rows"),
    [
        ("when", "range", "At most, when (UTC)", "2020-01-10T12:00", "10"),
        ("age", "numbers", "Numbers, age", "1, 2 3", "30"),
        ("kind", "null", None, None, "250"),
        ("ratio", "nan", None, None, "100"),
        ("__proto__", "null", None, None, "0"),
    ],
)
def test_columns_are_filtered_by_their_kind(
    page: Page, column: str, how: str, field: str | None, value: str | None, rows: str
) -> None:
    editor = add(page, column, how)
    if field and value:
        editor.get_by_label(field).fill(value)
    button(page, "Apply").click()
    expect(status(page)).to_have_text(f"{rows} of 1,000 rows")


def test_filters_are_joined_by_or_and_separated(served: Served, open_page: Callable[..., Page]) -> None:
    state = LinkedState()
    state.filter(InRange("age", 0, 10))
    state.filter(Equals("kind", "cat"))
    page = opened(open_page, served, state.seen)
    expect(status(page)).to_have_text("30 of 1,000 rows")
    button(page, "Any of these…").click()
    page.get_by_role("checkbox", name="Join the filter age").check()
    expect(button(page, "Join")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("checkbox", name="Join the filter kind").check()
    button(page, "Join").click()
    expect(chips(page)).to_have_count(1)
    expect(chips(page)).to_contain_text("age: 0 to 10 or kind: cat")
    expect(status(page)).to_have_text("320 of 1,000 rows")
    page.get_by_role("button", name=re.compile("^Separate")).click()
    expect(chips(page)).to_have_count(2)
    expect(status(page)).to_have_text("30 of 1,000 rows")


def test_steps_are_taken_back_by_button_and_by_keys_in_any_linked_view(page: Page) -> None:
    page.get_by_role("region", name="kind").get_by_role("button", name="cat").click()
    expect(status(page)).to_have_text("250 of 1,000 rows")
    page.keyboard.press("Control+z")
    expect(status(page)).to_have_text("1,000 rows")
    page.keyboard.press("Control+Shift+z")
    expect(status(page)).to_have_text("250 of 1,000 rows")
    button(page, "Undo").click()
    expect(status(page)).to_have_text("1,000 rows")
    expect(button(page, "Undo")).to_have_attribute("aria-disabled", "true")
    button(page, "Redo").click()
    expect(status(page)).to_have_text("250 of 1,000 rows")


def test_keys_take_back_what_is_typed_and_not_the_filters(page: Page) -> None:
    page.get_by_role("region", name="kind").get_by_role("button", name="cat").click()
    expect(chips(page)).to_have_count(1)
    editor = add(page, "note", "text")
    editor.get_by_label("Text to look for in note").press_sequentially("abc")
    page.keyboard.press("Control+z")
    expect(editor.get_by_label("Text to look for in note")).to_have_value("")
    expect(status(page)).to_have_text("250 of 1,000 rows")


def test_keys_in_views_of_another_state_leave_this_one(page: Page) -> None:
    page.get_by_role("region", name="kind").get_by_role("button", name="cat").click()
    expect(status(page)).to_have_text("250 of 1,000 rows")
    page.get_by_role("link", name="Other page").click()
    there = page.get_by_role("button", name="Add a filter").last
    there.focus()
    page.keyboard.press("Control+z")
    page.get_by_role("link", name="Main").click()
    expect(status(page)).to_have_text("250 of 1,000 rows")


def test_rows_are_put_in_groups_whose_order_changes(page: Page) -> None:
    groups = page.get_by_role("group", name="Groups").first
    groups.get_by_label("Group by", exact=True).select_option(label="kind")
    groups.get_by_label("Group by", exact=True).select_option(label="age")
    items = groups.get_by_role("listitem")
    expect(items).to_have_count(2)
    groups.get_by_label("Number of bins of age").fill("5")
    page.keyboard.press("Enter")
    until(lambda: shown(page).groups == (Group("kind"), Group("age", 5)))
    groups.get_by_role("button", name="Move age outwards").click()
    expect(items.first).to_contain_text("age")
    until(lambda: shown(page).groups == (Group("age", 5), Group("kind")))
    groups.get_by_role("button", name="Do not group by age").click()
    expect(items).to_have_count(1)
    groups.get_by_role("button", name="Ungroup").click()
    until(lambda: shown(page).groups == ())


def test_the_selected_rows_are_shown_alone_inverted_and_let_go(page: Page) -> None:
    tray = page.get_by_role("group", name="Selected rows").first
    expect(tray).to_contain_text("none")
    button(page, "Choose some").click()
    expect(tray).to_contain_text("4 rows")
    tray.get_by_role("button", name="Show only these").click()
    expect(status(page)).to_have_text("4 of 1,000 rows")
    tray.get_by_role("button", name="Show only these").click()
    expect(status(page)).to_have_text("1,000 rows")
    editor = add(page, "age")
    editor.get_by_label("At most, age").fill("2")
    button(page, "Apply").click()
    expect(status(page)).to_have_text("30 of 1,000 rows")
    expect(tray).to_contain_text("4 rows, 2 of them not shown")
    tray.get_by_role("button", name="Invert").click()
    expect(tray).to_contain_text("30 rows, 2 of them not shown")
    tray.get_by_role("button", name="Deselect").click()
    expect(tray).to_contain_text("none")
    expect(tray.get_by_role("button", name="Invert")).to_be_focused()


def test_the_selected_rows_are_saved_whole(page: Page) -> None:
    button(page, "Choose some").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the selected rows as CSV").click()
    assert waiting.value.suggested_filename == "Animals - selected.csv"
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text("utf-8"))))
    assert [row["id"] for row in rows] == ["1", "2", "3", "5"]
    assert rows[0]["note"] == "note 1, Cats and dogs, " + "long " * 300
    assert rows[1]["kind"] == BAD
    assert rows[2]["kind"] == ""
    assert rows[0]["when"] == "2020-01-02T00:00:00"
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the selected rows as JSON").click()
    said = json.loads(Path(waiting.value.path()).read_text("utf-8"))
    assert [row["kind"] for row in said] == ["dog", BAD, None, "dog"]
    assert said[0]["__proto__"] is False
    expect(page.get_by_role("group", name="Selected rows").first).to_contain_text("4 rows saved.")


def test_ids_are_copied(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(served.url, permissions=["clipboard-read", "clipboard-write"])
    button(page, "Choose some").click()
    button(page, "Copy ids").click()
    expect(page.get_by_role("group", name="Selected rows").first).to_contain_text("4 ids copied.")
    assert page.evaluate("navigator.clipboard.readText()") == "1\n2\n3\n5"


def test_ids_and_the_address_can_be_copied_by_hand_where_the_browser_refuses(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    button(page, "Choose some").click()
    button(page, "Copy ids").click()
    expect(page.get_by_label("Ids of the selected rows")).to_have_value("1\n2\n3\n5")
    button(page, "Share").click()
    field = page.get_by_label("Address of what is seen")
    expect(field).to_be_focused()
    assert LinkedState.from_url(field.input_value()).selection.value == (1, 2, 3, 5)


def test_a_shared_address_shows_what_its_sender_saw(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(served.url, permissions=["clipboard-read", "clipboard-write"])
    editor = add(page, "kind")
    editor.get_by_role("checkbox", name="img").check()
    button(page, "Apply").click()
    expect(status(page)).to_have_text("250 of 1,000 rows")
    button(page, "Share").click()
    expect(page.get_by_text("The address is copied")).to_be_visible()
    there = open_page(page.evaluate("navigator.clipboard.readText()"))
    expect(status(there)).to_have_text("250 of 1,000 rows")
    expect(chips(there)).to_contain_text("kind: <img")
    assert there.evaluate("window.ran") is None


def test_the_address_follows_without_a_reload_and_stays_on_other_pages(page: Page) -> None:
    page.evaluate("window.kept = true")
    page.get_by_role("region", name="kind").get_by_role("button", name="cat").click()
    until(lambda: shown(page).filters.parts == (OneOf("kind", ("cat",)),))
    page.get_by_role("link", name="Other page").click()
    page.wait_for_url("**#other-page")
    assert page.evaluate("window.kept") is True
    assert shown(page).filters.parts == (OneOf("kind", ("cat",)),)
    page.get_by_role("link", name="Main").click()
    page.reload()
    expect(status(page)).to_have_text("250 of 1,000 rows")
    button(page, "Clear all").click()
    until(lambda: "state=" not in address(page))


def test_other_parts_of_the_address_stay(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{served.url}?tutor=A%20B&%zz")
    page.get_by_role("region", name="kind").get_by_role("button", name="cat").click()
    until(lambda: shown(page).filters.parts != ())
    assert "tutor=A%20B&%zz" in address(page)


@pytest.mark.parametrize(
    "damaged", ["{", "%ff%fe", '{"filters":{"column":"age"}}', "[]", "x" * 20_000, '{"other":1}']
)
def test_a_damaged_address_is_told_of_and_left_out(
    served: Served, open_page: Callable[..., Page], damaged: str
) -> None:
    said = damaged if damaged.startswith("%") else urllib.parse.quote(damaged)
    page = open_page(f"{served.url}?state={said}")
    expect(page.get_by_text("The address holds no state that can be shown")).to_be_visible()
    expect(status(page)).to_have_text("1,000 rows")


def test_an_address_as_long_as_they_may_be_is_opened(served: Served, open_page: Callable[..., Page]) -> None:
    seen = Seen(selection=tuple(range(3_000)))
    page = opened(open_page, served, seen)
    expect(page.get_by_role("group", name="Selected rows").first).to_contain_text("3,000 rows")
    assert shown(page) == seen


def test_what_is_too_long_for_an_address_is_told_of(page: Page) -> None:
    page.get_by_role("group", name="Selected rows").first.get_by_role("button", name="Invert").click()
    expect(page.get_by_role("group", name="Selected rows").first).to_contain_text("1,000 rows")
    editor = add(page, "note", "text")
    for text in ["é" * 900] * 8:
        editor.get_by_label("Text to look for in note").fill(text)
        button(page, "Apply").click()
        expect(editor).to_be_hidden()
        button(page, "Add a filter").click()
        editor.get_by_label("Column").select_option("note")
    button(page, "Share").click()
    expect(page.get_by_role("alert").filter(has_text="more than an address holds")).to_be_visible()
    until(lambda: "state=" not in address(page))
    button(page, "Close the notice").click()
    expect(page.get_by_role("alert").filter(has_text="more than an address holds")).to_be_hidden()


def test_rows_are_put_together_by_every_column(page: Page) -> None:
    groups = page.get_by_role("group", name="Groups").first
    names = ("id", "age", "kind", "many", "when", "note", "ratio", "__proto__")
    for name in names:
        groups.get_by_label("Group by", exact=True).select_option(label=name)
    expect(groups.get_by_role("listitem")).to_have_count(len(names))
    expect(groups.get_by_label("Group by", exact=True)).to_be_hidden()


def test_a_filter_on_a_column_that_is_gone_is_marked_and_removed(
    served: Served, open_page: Callable[..., Page]
) -> None:
    state = LinkedState()
    state.filter(Equals("gone", 1))
    state.sort.set(Order("age"))
    page = opened(open_page, served, state.seen)
    expect(chips(page)).to_contain_text("no column “gone” any more")
    expect(status(page)).to_have_text("The rows could not be counted")
    page.get_by_role("button", name="Remove the filter gone: 1").click()
    expect(status(page)).to_have_text("1,000 rows")
    expect(page.get_by_role("alert").filter(has_text="gone")).to_be_hidden()


def test_it_works_on_a_phone_and_is_accessible(served: Served, open_page: Callable[..., Page]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    state = LinkedState()
    state.filter(InRange("age", 0, 10))
    state.filter(~OneOf("kind", ("cat", "dog")))
    state.groups.set([Group("kind"), Group("age", 10)])
    state.selection.set([1, 2])
    for scheme in ("light", "dark"):
        page = opened(
            open_page,
            served,
            state.seen,
            viewport={"width": 390, "height": 844},
            has_touch=True,
            color_scheme=scheme,
        )
        page.get_by_role("button", name=re.compile("Change the filter not kind")).click()
        expect(page.get_by_role("checkbox", name="cat")).to_be_checked()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390
        found = Axe().run(page, context="body")
        faults = [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found.response["violations"]]
        assert not [fault for fault in faults if "linked" in fault or "chip" in fault], faults
