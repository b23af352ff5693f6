"""The confusion matrix of two columns, linked with other views, in a served app."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow
import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit.components.tables.table_confusion import LinkedConfusionMatrix
from imlkit.components.tables.toolbar import Toolbar
from imlkit.tables import LinkedState, Table
from imlkit.tables.exports.export import export
from tests.e2e.served import Served, serving

pytestmark = pytest.mark.e2e

APP = """
import pyarrow
from imlkit import Button, Dashboard
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.components.tables.table_confusion import LinkedConfusionMatrix
from imlkit.components.tables.toolbar import Toolbar
from imlkit.tables import InRange, LinkedState, Table

BAD = "<img src=x onerror='window.ran = true'>"
# (label, prediction): rows
PAIRS = {
    ("cat", "cat"): 6, ("cat", "dog"): 3, ("cat", None): 1,
    ("dog", "dog"): 4, ("dog", "cat"): 1, ("dog", "wolf"): 2,
    (BAD, BAD): 2, ("bird", "cat"): 1,
    (None, "cat"): 5,
}
pairs = [pair for pair, rows in PAIRS.items() for _ in range(rows)]
n = len(pairs)
table = Table(pyarrow.table({
    "id": list(range(n)),
    "label": [one for one, _ in pairs],
    "prediction": [other for _, other in pairs],
    "truth": [k % 2 == 0 for k in range(n)],
    "guess": [k % 3 == 0 for k in range(n)],
    "number": [k % 12 for k in range(n)],
    "guessed": [(k * 5) % 12 for k in range(n)],
    "text": [str(k % 12) for k in range(n)],
    "age": list(range(n)),
}))
state = LinkedState()
narrow, none = Button("Narrow"), Button("None")
narrow.clicks.subscribe(lambda _: state.filter(InRange("age", 0, 9, True)))
none.clicks.subscribe(lambda _: state.filter(InRange("age", -2, -1, True)))
many = 120
large = Table(pyarrow.table({
    "label": [k % many for k in range(3_000)],
    "prediction": [(k if k % 7 else k + 1) % many for k in range(3_000)],
}))
app = Dashboard(title="Confusion")
app.page("Main").use(
    Toolbar(table, state), LinkedConfusionMatrix(table, "label", "prediction", state),
    SummaryCharts(table, state, columns=["age"]), narrow, none)
app.page("Numbers").use(LinkedConfusionMatrix(table, "number", "guessed", title="Numbers"))
app.page("Many").use(LinkedConfusionMatrix(large, "label", "prediction", title="Many"))
app.page("Empty").use(LinkedConfusionMatrix(
    pyarrow.table({"a": pyarrow.array([], "string"), "b": pyarrow.array([], "string")}), "a", "b"))
app.servable()
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("confusion"), "confusion", APP) as served:
        yield served


@pytest.fixture
def page(served: Served, open_page: Callable[..., Page]) -> Page:
    page = open_page(served.url)
    expect(page.get_by_text("Accuracy 63.2 %")).to_be_visible()
    return page


def cell(page: Page, label: str, prediction: str) -> Locator:
    words = "recognised" if label == prediction else f"taken for {prediction}"
    return page.get_by_role("gridcell", name=re.compile(rf"of {re.escape(label)} {re.escape(words)}")).first


def line(page: Page, label: str) -> Locator:
    return page.get_by_role("row", name=re.compile(rf"^{re.escape(label)}")).first


def heading(page: Page, role: str, name: str) -> Locator:
    return page.get_by_role("columnheader" if role == "prediction" else "rowheader", name=name).first


def rows(page: Page) -> Locator:
    return page.locator(".linked .status").first


def test_counts_accuracy_precision_and_recall_are_right_or_absent(page: Page) -> None:
    # 12 of the 19 rows that have both a label and a prediction.
    expect(page.get_by_text("12 of 19 rows have the label as prediction")).to_be_visible()
    expect(page.get_by_text("5 rows without a label are not counted.")).to_be_visible()
    expect(page.get_by_text("1 row with a label, without a prediction: counted apart.")).to_be_visible()
    expect(cell(page, "cat", "cat")).to_have_text("6")
    expect(cell(page, "dog", "wolf")).to_have_text("2")
    expect(cell(page, "wolf", "wolf")).to_have_text("0")
    extras = line(page, "cat").locator(".extra")
    expect(extras).to_have_text(["1", "9", "66.7 %"])
    # A class that is never a label has no recall, one that is never predicted no precision: 0/0.
    expect(line(page, "wolf").locator(".extra")).to_have_text(["·", "0", "–"])
    expect(heading(page, "label", "wolf")).to_contain_text("never a label")
    expect(heading(page, "prediction", "bird")).to_contain_text("never a prediction")
    precision = page.get_by_role("row", name=re.compile("^precision")).locator("td")
    expect(precision).to_have_text(["100 %", "–", "75 %", "57.1 %", "0 %", "", "", ""])
    assert page.evaluate("window.ran") is None


def test_the_numbers_are_shares_of_labels_predictions_or_all(page: Page) -> None:
    numbers = page.get_by_label("What the numbers say")
    numbers.select_option("label")
    expect(cell(page, "cat", "cat")).to_have_text("67 %")
    numbers.select_option("prediction")
    expect(cell(page, "cat", "cat")).to_have_text("75 %")
    numbers.select_option("all")
    expect(cell(page, "cat", "cat")).to_have_text("32 %")


def test_a_click_on_a_number_shows_its_rows_and_leaves_its_own_filter_out_of_counting(page: Page) -> None:
    cell(page, "cat", "dog").click()
    expect(rows(page)).to_have_text("3 of 25 rows")
    expect(
        page.get_by_role("button", name="Remove the filter label: cat and prediction: dog")
    ).to_be_visible()
    expect(cell(page, "cat", "dog")).to_have_attribute("aria-selected", "true")
    expect(cell(page, "cat", "cat")).to_have_text("6")
    expect(page.get_by_text("All numbers are of before what is chosen here.")).to_be_visible()
    cell(page, "dog", "wolf").click(modifiers=["Control"])
    expect(rows(page)).to_have_text("5 of 25 rows")
    cell(page, "cat", "dog").click(modifiers=["Control"])
    expect(rows(page)).to_have_text("2 of 25 rows")
    cell(page, "dog", "wolf").click()
    expect(rows(page)).to_have_text("25 rows")


def test_headings_show_the_rows_of_a_class(page: Page) -> None:
    heading(page, "label", "dog").click()
    expect(rows(page)).to_have_text("7 of 25 rows")
    heading(page, "label", "cat").click(modifiers=["Control"])
    expect(rows(page)).to_have_text("17 of 25 rows")
    expect(heading(page, "label", "cat")).to_have_attribute("aria-selected", "true")
    heading(page, "prediction", "wolf").click()
    expect(rows(page)).to_have_text("2 of 25 rows")
    page.get_by_role("button", name="Clear the choice").click()
    expect(rows(page)).to_have_text("25 rows")


def test_other_filters_narrow_the_counts_and_classes_stay(page: Page) -> None:
    page.get_by_role("button", name="Narrow").click()
    expect(page.get_by_text("6 of 9 rows have the label as prediction")).to_be_visible()
    expect(heading(page, "label", "bird")).to_be_visible()
    expect(line(page, "dog").locator(".extra")).to_have_text(["·", "0", "–"])
    page.get_by_role("button", name="None", exact=True).click()
    expect(page.get_by_text("No row that is shown has both a label and a prediction.")).to_be_visible()
    expect(page.get_by_text("NaN")).to_have_count(0)


def test_the_grid_is_walked_through_by_keyboard(page: Page) -> None:
    cell(page, "cat", "cat").focus()
    page.keyboard.press("ArrowRight")
    expect(cell(page, "cat", "dog")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_text("3 of 25 rows")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+ ")
    expect(rows(page)).to_have_text("4 of 25 rows")
    page.keyboard.press("Home")
    expect(heading(page, "label", "dog")).to_be_focused()
    page.keyboard.press(" ")
    expect(rows(page)).to_have_text("7 of 25 rows")
    page.keyboard.press("Control+End")
    expect(cell(page, "wolf", "wolf")).to_be_focused()
    # One stop for Tab, however many cells there are.
    assert page.locator(".matrix [tabindex='0']").count() == 1


def test_the_most_confused_pairs_are_listed_first(page: Page) -> None:
    pairs = page.get_by_role("group", name="Most confused").first.get_by_role("button")
    expect(pairs.first).to_have_text("cat taken for dog3 (33.3 % of cat)")
    expect(pairs).to_have_count(4)
    pairs.nth(1).click()
    expect(rows(page)).to_have_text("2 of 25 rows")
    expect(pairs.nth(1)).to_have_attribute("aria-pressed", "true")


def test_numbers_are_classes_in_their_order_and_truth_values_too(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{served.url}#numbers")
    expect(page.get_by_role("columnheader").filter(has=page.locator(".class"))).to_have_text(
        [str(n) for n in range(12)]
    )
    page.get_by_label("Prediction").last.select_option(label="text")
    expect(page.get_by_text("values of different types")).to_be_visible()
    page.get_by_label("Label").last.select_option(label="truth")
    page.get_by_label("Prediction").last.select_option(label="guess")
    expect(page.get_by_text(re.compile(r"Accuracy 52 %: 13 of 25 rows"))).to_be_visible()
    page.get_by_label("Prediction").last.select_option(label="truth")
    expect(page.get_by_role("alert").filter(has_text="both label and prediction")).to_be_visible()


def test_many_classes_scroll_within_the_matrix(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{served.url}#many", viewport={"width": 390, "height": 844})
    expect(page.get_by_text("The 100 most frequent of 120 classes are shown")).to_be_visible()
    expect(page.get_by_role("gridcell", name="recognised")).to_have_count(100)
    expect(page.get_by_role("group", name="Most confused").get_by_role("button")).to_have_count(10)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_empty_table_says_how_to_begin(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{served.url}#empty")
    expect(page.get_by_text("This table has no rows yet.")).to_be_visible()


def test_an_exported_page_counts_and_filters_without_python(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    numbers = [1.0, 2.0, math.nan, None, 2.0]
    table = Table(pyarrow.table({"label": numbers, "prediction": [1, 1, 2, 1, 2], "note": ["x" * 2_000] * 5}))
    state = LinkedState()
    matrix = LinkedConfusionMatrix(table, "label", "prediction", state)
    page = open_page(export(tmp_path / "page", Toolbar(table, state, share=True), matrix).as_uri())
    expect(page.get_by_text("Accuracy 66.7 %: 2 of 3 rows")).to_be_visible()
    expect(page.get_by_text("2 rows without a label are not counted.")).to_be_visible()
    cell(page, "2", "1").click()
    expect(rows(page)).to_have_text("1 of 5 rows")
    page.get_by_role("button", name="Invert").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the selected rows as JSON").click()
    assert json.loads(Path(waiting.value.path()).read_text("utf-8")) == [
        {"label": 2, "prediction": 1, "note": "x" * 2_000, "id": 1}
    ]
    cell(page, "2", "1").focus()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(rows(page)).to_have_text("5 rows")


def test_it_is_accessible_in_light_and_dark(served: Served, open_page: Callable[..., Page]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for scheme in ("light", "dark"):
        page = open_page(served.url, color_scheme=scheme)
        cell(page, "cat", "dog").click()
        expect(rows(page)).to_have_text("3 of 25 rows")
        found = Axe().run(page).response["violations"]
        faults = [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]
        assert not [fault for fault in faults if "data-at" in fault or "confus" in fault], faults
