"""Charts whose bars are divided by the state's groups, and that select rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow
import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.tables import Group, InRange, LinkedState, Table
from imlkit.tables.exports.export import export_file
from imlkit.tables.predicates.predicate_json import predicate_from_json
from tests.e2e.served import Served, until

pytestmark = pytest.mark.e2e

DATA = """
import numpy as np

random = np.random.default_rng(0)
n = 4_000
x = random.normal(size=n)
ROWS = {
    "id": np.arange(n),
    "x": x,
    "kind": np.array(["cat", "dog", "<img src=x>"])[np.digitize(x + random.normal(size=n), [0.2, 1.5])],
    "digit": random.choice(10, n, p=np.arange(1, 11) / 55),
    "odd": np.arange(n) % 2 == 1,
    "gaps": np.where(np.arange(n) % 10 == 0, np.nan, random.random(n)),
}
"""

APP = f"""
{DATA}
import pyarrow
from imlkit import Button, Dashboard, Text
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.tables import Group, LinkedState, Table

state = LinkedState()
state.groups.set((Group("kind"),))
charts = SummaryCharts(Table(pyarrow.table(ROWS)), state)
said = Text()
state.showing.subscribe(lambda seen: said.value.set(f"state {{seen.to_json()}}"))
digits, back = Button("Digits"), Button("Back")
digits.clicks.subscribe(lambda _: state.groups.set((Group("digit"),)))
back.clicks.subscribe(lambda _: state.undo())
app = Dashboard(title="Divided")
app.page("Main").use(said, [digits, back], charts)
app.servable()
"""

NAMES: dict[str, Any] = {}
exec(DATA, NAMES)
ROWS: dict[str, npt.NDArray[Any]] = NAMES["ROWS"]

STACKS = """paths => paths.map((path) => Object.fromEntries(
    [...(path.getAttribute('d') ?? '').matchAll(/M([\\d.]+) [\\d.]+v-([\\d.]+)h/g)]
        .map(([, x, high]) => [Math.floor(Number(x)), Number(high)])))"""

# At one moment: a legend may change between two questions.
LEGEND = "all => all.map((one) => ['.name', '.size'].map((part) => one.querySelector(part).textContent))"


@pytest.fixture
def page(tmp_path: Path, serve: Callable[..., Served], open_page: Callable[..., Page]) -> Page:
    script = tmp_path / "divided.py"
    script.write_text(APP)
    page = open_page(serve(script).url)
    expect(page.locator(".divisions .size").first).to_have_text(re.compile(r"\d"), timeout=30_000)
    expect(card(page, "gaps").locator("svg .part")).to_have_count(4, timeout=30_000)
    expect(card(page, "odd").locator("[data-divided]")).to_have_count(1, timeout=30_000)
    return page


def card(page: Page, column: str) -> Locator:
    return page.get_by_role("region", name=column, exact=True)


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.get_by_text(re.compile("^state ")).inner_text()[6:])
    return found


def stacks(page: Page, column: str) -> npt.NDArray[np.float64]:
    """The height of each group's part of each bar, groups first."""
    layers = card(page, column).locator("svg .part").evaluate_all(STACKS)
    bars = card(page, column).locator("svg .bar").count()
    return np.array([[layer.get(str(bar), 0.0) for bar in range(bars)] for layer in layers])


def legend(page: Page) -> dict[str, int]:
    entries = page.locator(".divisions li:not([hidden])").evaluate_all(LEGEND)
    return {title: int(size.replace(",", "")) if size else -1 for title, size in entries}


def kinds(mask: npt.NDArray[np.bool_]) -> dict[str, int]:
    """How many rows of each kind there are, the largest kind of all rows first."""
    return {
        f"kind: {kind}": int((ROWS["kind"][mask] == kind).sum()) for kind in ("cat", "dog", "<img src=x>")
    }


def press(page: Page, column: str, low: float, high: float) -> None:
    area = card(page, column).locator(".area")
    area.hover()
    box = area.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + low * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + high * box["width"], middle, steps=8)


def test_each_bar_is_a_stack_of_the_groups(page: Page) -> None:
    everything = np.ones(len(ROWS["id"]), bool)
    until(lambda: legend(page) == kinds(everything))
    found = stacks(page, "digit")
    counts = np.array(
        [
            [((ROWS["digit"] == digit) & (ROWS["kind"] == kind)).sum() for digit in range(10)]
            for kind in ("cat", "dog", "<img src=x>")
        ]
    )
    expected = counts / counts.sum(0).max() * 84
    assert np.allclose(found[:3], expected, atol=0.01)
    assert not found[3].any()
    # Values have stripes as wide as their shares.
    background = card(page, "odd").locator(".front").first.evaluate("bar => bar.style.background")
    even = kinds(ROWS["id"] % 2 == 0)
    share = 100 * even["kind: cat"] / sum(even.values())
    (edge,) = re.findall(r"rgb\(0, 114, 178\) 0%,? ?(?:rgb\(0, 114, 178\) )?([\d.]+)%", background)
    assert float(edge) == pytest.approx(share, abs=0.01)
    mean = page.get_by_label("Colour by the mean of")
    expect(mean).to_be_disabled()
    expect(mean).to_have_attribute("title", re.compile("Ungroup"))


def test_bars_are_compared_by_shares(page: Page) -> None:
    page.get_by_role("button", name="Shares").click()
    expect(page.get_by_role("button", name="Shares")).to_have_attribute("aria-pressed", "true")
    until(lambda: np.allclose(stacks(page, "digit").sum(0), 84, atol=0.02))
    found = stacks(page, "digit")
    dogs = [
        ((ROWS["digit"] == digit) & (ROWS["kind"] == "dog")).sum() / (ROWS["digit"] == digit).sum()
        for digit in range(10)
    ]
    assert np.allclose(found[1] / 84, dogs, atol=0.001)
    expect(card(page, "digit").locator("svg .behind")).to_be_hidden()


def test_parts_are_right_while_a_brush_moves_and_when_it_rests(page: Page) -> None:
    press(page, "x", 0.3, 0.6)
    expect(page.locator(".charts")).to_have_attribute("data-brushed", re.compile("-120$"))
    live, said = stacks(page, "digit"), legend(page)
    assert "filters" not in state(page)
    page.mouse.up()
    until(lambda: "filters" in state(page))
    condition = predicate_from_json(state(page)["filters"]["all"][0])
    assert isinstance(condition, InRange)
    assert isinstance(condition.low, float)
    assert isinstance(condition.high, float)
    mask = (ROWS["x"] >= condition.low) & (ROWS["x"] < condition.high)
    assert said == kinds(mask)
    cats = np.array(
        [(mask & (ROWS["kind"] == "cat") & (ROWS["digit"] == digit)).sum() for digit in range(10)]
    )
    most = np.bincount(ROWS["digit"]).max()
    assert np.allclose(live[0], cats / most * 84, atol=0.01)
    expect(page.locator(".charts")).not_to_have_attribute("aria-busy", "true")
    until(lambda: np.allclose(stacks(page, "digit"), live) and legend(page) == said)


def test_many_groups_share_the_last_colour_and_an_undo_brings_the_first_back(page: Page) -> None:
    page.get_by_role("button", name="Digits").click()
    until(lambda: len(legend(page)) == 8 and -1 not in legend(page).values())
    shown = legend(page)
    assert list(shown)[:7] == [f"digit: {digit}" for digit in range(3, 10)]
    assert shown["3 more groups"] == int((ROWS["digit"] < 3).sum())
    # The groups' own column is divided as well: each bar into one.
    until(lambda: stacks(page, "digit").shape[0] == 8)
    assert ((stacks(page, "digit") > 0).sum(0) == 1).all()
    page.get_by_role("button", name="Back").click()
    until(lambda: legend(page) == kinds(np.ones(len(ROWS["id"]), bool)))
    page.get_by_role("button", name="Back").click()
    expect(page.locator(".divisions")).to_be_hidden()
    expect(page.locator("svg .part")).to_have_count(0)
    expect(page.get_by_role("button", name="Shares")).to_be_hidden()
    expect(page.get_by_label("Colour by the mean of")).to_be_enabled()


def test_the_groups_of_a_bar_are_said_in_words(page: Page) -> None:
    nan = card(page, "gaps").get_by_role("button", name="NaN: 400")
    nan.focus()
    own = kinds(np.isnan(ROWS["gaps"]))
    words = "; ".join(f"{title}: {size}" for title, size in own.items() if size)
    expect(nan).to_have_attribute("aria-description", words)
    readout = page.locator(".readout")
    expect(readout).to_be_visible()
    assert readout.locator(".size").all_inner_texts() == [str(size) for size in own.values() if size]
    page.keyboard.press("Escape")
    expect(readout).to_be_hidden()
    card(page, "kind").get_by_role("button", name="dog").hover()
    expect(readout).to_contain_text("kind: dog")
    expect(readout).to_contain_text("100 %")


def test_a_click_selects_and_filters_nothing(page: Page) -> None:
    page.get_by_role("button", name="Select", exact=True).click()
    dog = card(page, "kind").get_by_role("button", name="dog")
    dog.focus()
    dog.press("Enter")
    until(lambda: "selection" in state(page))
    assert state(page)["selection"] == ROWS["id"][ROWS["kind"] == "dog"].tolist()
    assert "filters" not in state(page)
    expect(dog).to_have_attribute("aria-pressed", "false")
    card(page, "gaps").get_by_role("button", name="NaN: 400").click()
    until(lambda: state(page)["selection"] == ROWS["id"][np.isnan(ROWS["gaps"])].tolist())
    page.get_by_role("button", name="Clear the selection").click()
    until(lambda: not state(page).get("selection"))


def test_a_brush_selects_and_vanishes(page: Page) -> None:
    page.get_by_role("button", name="Select", exact=True).click()
    press(page, "x", 0.5, 0.7)
    expect(page.locator(".charts")).to_have_attribute("data-brushed", re.compile("-"))
    page.mouse.up()
    until(lambda: "selection" in state(page))
    chosen = np.isin(ROWS["id"], state(page)["selection"])
    low, high = ROWS["x"][chosen].min(), ROWS["x"][chosen].max()
    assert 0 < chosen.sum() < len(chosen)
    assert (chosen == ((ROWS["x"] >= low) & (ROWS["x"] <= high))).all()
    assert "filters" not in state(page)
    expect(page.get_by_role("button", name="Clear the range of x")).to_be_hidden()
    expect(page.locator(".status").first).to_have_text("4,000 rows")
    until(lambda: legend(page) == kinds(np.ones(len(chosen), bool)))


def test_a_brush_by_the_keyboard_selects_when_enter_is_pressed(page: Page) -> None:
    page.get_by_role("button", name="Select", exact=True).click()
    low, high = (card(page, "x").get_by_role("slider", name=f"{side}, x") for side in ("From", "To"))
    low.focus()
    for _ in range(8):
        low.press("PageUp")
    page.keyboard.press("Tab")
    expect(high).to_be_focused()
    for _ in range(6):
        high.press("PageDown")
    expect(card(page, "x").locator(".note")).to_contain_text("Enter selects")
    expect(low).to_have_attribute("aria-valuenow", "80")
    assert "selection" not in state(page)
    high.press("Enter")
    until(lambda: "selection" in state(page))
    edges = np.linspace(ROWS["x"].min(), ROWS["x"].max(), 201)
    between = (ROWS["x"] >= edges[80]) & (ROWS["x"] < edges[140])
    assert state(page)["selection"] == ROWS["id"][between].tolist()
    expect(low).to_have_attribute("aria-valuenow", "0")
    high.press("PageDown")
    expect(high).to_have_attribute("aria-valuenow", "190")
    high.press("Escape")
    expect(high).to_have_attribute("aria-valuenow", "200")
    assert "filters" not in state(page)


def test_an_exported_page_divides_and_selects(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    linked = LinkedState()
    linked.groups.set((Group("kind"),))
    charts = SummaryCharts(Table(pyarrow.table(ROWS)), linked, divided="shares")
    page = open_page(f"file://{export_file(tmp_path / 'divided.html', charts)}")
    until(lambda: legend(page) == kinds(np.ones(len(ROWS["id"]), bool)))
    until(lambda: np.allclose(stacks(page, "digit").sum(0), 84, atol=0.02))
    page.get_by_role("button", name="Stacked").click()
    until(lambda: stacks(page, "digit").sum(0).min() < 40)
    press(page, "x", 0.3, 0.6)
    expect(page.locator(".charts")).to_have_attribute("data-brushed", re.compile("-120$"))
    said = legend(page)
    page.mouse.up()
    page.wait_for_url(lambda url: "state=" in url)
    condition = LinkedState.from_url(page.url).filters.value.parts[0]
    assert isinstance(condition, InRange)
    assert isinstance(condition.low, float)
    assert isinstance(condition.high, float)
    assert said == kinds((ROWS["x"] >= condition.low) & (ROWS["x"] < condition.high))
    page.get_by_role("button", name="Select", exact=True).click()
    card(page, "kind").get_by_role("button", name="dog").click()
    expect(page.locator(".legend")).to_have_text(f"{said['kind: dog']:,} selected")
