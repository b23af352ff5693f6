"""Cells that are divided by groups, show what is selected and select: served and on an exported page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit.components.tables.heatmap import Heatmap
from imlkit.components.tables.table_confusion import LinkedConfusionMatrix
from imlkit.components.tables.toolbar import Toolbar
from imlkit.tables import Group, LinkedState, Table
from imlkit.tables.exports.export import export
from tests.e2e.served import Served, serving, until

pytestmark = pytest.mark.e2e

DATA = """
import numpy as np

ROWS = 1_200
SITES = np.array(["<b>north</b>", "south", "east", "west", "sea", "air", "cave", "hill"])
CLASSES = np.array(["bird", "cat", "dog"])


def columns():
    random = np.random.default_rng(3)
    # Some sites have more rows than others, and in the cave more are wrong.
    site = SITES[np.minimum(random.integers(0, 36, ROWS).astype(float) ** 0.5 * 1.34, 7).astype(int)]
    label = random.integers(0, 3, ROWS)
    wrong = random.random(ROWS) < np.where(site == "cave", 0.6, 0.2)
    prediction = np.where(wrong, (label + random.integers(1, 3, ROWS)) % 3, label)
    return {
        "id": np.arange(ROWS), "site": site, "label": CLASSES[label], "prediction": CLASSES[prediction],
        "age": random.integers(0, 90, ROWS), "hour": random.integers(0, 24, ROWS),
    }
"""

APP = f"""{DATA}
import pyarrow as pa

from imlkit import Button, Dashboard
from imlkit.components.tables.heatmap import Heatmap
from imlkit.components.tables.table_confusion import LinkedConfusionMatrix
from imlkit.components.tables.toolbar import Toolbar
from imlkit.tables import Group, InRange, LinkedState, Table

table = Table(pa.table(columns()))
state, other = LinkedState(), LinkedState()


def hurry(_):
    for _ in range(4):
        state.groups.set((Group("site"),))
        state.filter(InRange("hour", 0, 5, True))
        state.groups.set(())
        state.unfilter("hour")
    state.groups.set((Group("prediction"),))


divide, mark, rush = Button("Divide"), Button("Mark"), Button("Hurry")
divide.clicks.subscribe(lambda _: [one.groups.set((Group("site"),)) for one in (state, other)])
mark.clicks.subscribe(lambda _: [one.selection.set(tuple(range(0, ROWS, 5))) for one in (state, other)])
rush.clicks.subscribe(hurry)
app = Dashboard(title="Cells")
app.page("Cells").use(
    divide, mark, rush, Toolbar(table, state), Heatmap(table, state, "label", "age", bins=3))
app.page("Matrix").use(
    divide, mark, Toolbar(table, other), LinkedConfusionMatrix(table, "label", "prediction", other))
app.servable()

STATE = __import__("pathlib").Path(__file__).with_name("states")
STATE.mkdir(exist_ok=True)
for name, one in {{"cells": state, "matrix": other}}.items():
    one.showing.subscribe(lambda seen, name=name: (STATE / name).write_text(seen.to_json()))
"""

made: dict[str, Any] = {}
exec(DATA, made)
FOUND: dict[str, Any] = made["columns"]()
ROWS: int = made["ROWS"]
BINS = np.linspace(FOUND["age"].min(), FOUND["age"].max(), 4)

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("divided")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serving(folder, "divided", APP) as served:
        yield served


def state(folder: Path, name: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / "states" / name).read_text())
    except ValueError:
        return {}
    return found


def opened(open_page: Open, served: Served, page: str, **options: Any) -> Page:
    found = open_page(f"{served.url}#{page}", **options)
    expect(found.get_by_role("grid")).to_have_count(1, timeout=30_000)
    return found


def shown(page: Page) -> Locator:
    return page.locator("section.part:visible")


def part(page: Page, site: str) -> Locator:
    return page.get_by_role("region", name=f"site: {site}", exact=True)


def titles(page: Page) -> list[str]:
    return [words.removeprefix("site: ") for words in page.locator(".part h3 .title").all_text_contents()]


def low_age(grid: Locator, label: str) -> Locator:
    """The cell of a label's youngest rows."""
    return grid.get_by_role("gridcell", name=re.compile(rf"^label {label}, age 0\sto\s"))


def young(label: str, site: str | None = None) -> Any:
    found = (FOUND["label"] == label) & (FOUND["age"] < BINS[1])
    return found if site is None else found & (FOUND["site"] == site)


def test_cells_are_counted_in_each_group_and_a_filter_marks_them_in_all(
    open_page: Open, served: Served, folder: Path
) -> None:
    page = opened(open_page, served, "cells")
    page.get_by_role("button", name="Divide").click()
    expect(shown(page)).to_have_count(6)
    sizes = sorted(((FOUND["site"] == site).sum() for site in made["SITES"]), reverse=True)
    names = titles(page)
    assert [(FOUND["site"] == site).sum() for site in names] == sizes[:6]
    for site in names:
        rows = int((FOUND["site"] == site).sum())
        expect(part(page, site).get_by_role("heading")).to_have_text(f"site: {site} {rows} rows")
        expect(part(page, site).get_by_role("grid")).to_have_attribute("data-all", str(rows))
        for label in made["CLASSES"]:
            expect(low_age(part(page, site), label)).to_have_text(str(young(label, site).sum()))
    expect(page.get_by_text(f"{ROWS:,} rows counted.")).to_be_visible()
    page.get_by_role("button", name="Show more groups (2 not shown)").click()
    expect(shown(page)).to_have_count(8)
    expect(page.get_by_role("button", name=re.compile("^Show more groups"))).to_have_count(0)
    assert set(titles(page)) == set(made["SITES"])
    # Every grid counts rows the filter of its own cells would leave out, in one scale of colours.
    low_age(part(page, names[1]), "cat").click()
    expect(page.locator(".heat [aria-selected=true]")).to_have_count(8)
    expect(page.get_by_text(f"{young('cat').sum()} of {ROWS:,} rows")).to_be_visible()
    expect(part(page, names[0]).get_by_role("grid")).to_have_attribute("data-all", str(sizes[0]))
    until(lambda: len(state(folder, "cells").get("filters", {}).get("all", [])) == 1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".heat [aria-selected=true]")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(shown(page)).to_have_count(0)
    expect(page.get_by_role("grid")).to_have_attribute("data-all", str(ROWS))


def test_cells_show_what_is_selected_and_select_their_rows_in_one_group(
    open_page: Open, served: Served, folder: Path
) -> None:
    page = opened(open_page, served, "cells")
    page.get_by_role("button", name="Mark").click()
    selected = np.isin(FOUND["id"], range(0, ROWS, 5))
    cell = low_age(page.get_by_role("grid"), "dog")
    expect(cell).to_have_attribute("title", re.compile(rf", {(young('dog') & selected).sum()} selected$"))
    expect(page.locator(".picks")).to_have_text(f"{selected.sum()} selected")
    page.get_by_role("button", name="Divide").click()
    for site in ("cave", "sea"):
        marked = (young("dog", site) & selected).sum()
        expect(low_age(part(page, site), "dog")).to_have_attribute(
            "aria-label", re.compile(rf", {marked} selected$" if marked else r"rows$")
        )
    page.locator(".choices:visible").get_by_role("button", name="Select", exact=True).click()
    low_age(part(page, "cave"), "dog").click()
    wanted = np.flatnonzero(young("dog", "cave"))
    until(lambda: state(folder, "cells").get("selection") == wanted.tolist())
    expect(low_age(part(page, "cave"), "dog")).to_have_attribute("style", re.compile(r"--picked: 1\b"))
    expect(page.locator("td.picked")).to_have_count(1)
    assert not state(folder, "cells").get("filters", {}).get("all")
    # By keyboard, in another group's grid: two cells.
    low_age(part(page, "sea"), "bird").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    wanted = np.flatnonzero(young("bird", "sea") | young("cat", "sea"))
    until(lambda: state(folder, "cells").get("selection") == wanted.tolist())
    expect(low_age(part(page, "sea"), "cat")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".picks")).to_have_text(f"{young('dog', 'cave').sum()} selected")
    page.locator(".picked-legend").get_by_role("button", name="Deselect").click()
    expect(page.locator("td.picked")).to_have_count(0)


def test_the_newest_groups_and_filters_are_what_is_counted(open_page: Open, served: Served) -> None:
    page = opened(open_page, served, "cells")
    page.get_by_role("button", name="Hurry").click()
    expect(shown(page)).to_have_count(3)
    for name in made["CLASSES"]:
        grid = page.get_by_role("region", name=f"prediction: {name}").get_by_role("grid")
        expect(grid).to_have_attribute("data-all", str((FOUND["prediction"] == name).sum()))
    expect(page.get_by_text(f"{ROWS:,} rows counted.")).to_be_visible()
    expect(page.locator(".heat-place")).not_to_have_attribute("aria-busy", "true")


def test_matrices_say_for_which_group_predictions_are_worse(
    open_page: Open, served: Served, folder: Path
) -> None:
    from sklearn.metrics import accuracy_score, confusion_matrix

    page = opened(open_page, served, "matrix")
    page.get_by_role("button", name="Divide").click()
    page.get_by_role("button", name="Show more groups (2 not shown)").click()
    expect(shown(page)).to_have_count(8)
    overall = accuracy_score(FOUND["label"], FOUND["prediction"])
    expect(page.get_by_text(re.compile(rf"^Accuracy {100 * overall:.1f}".removesuffix(".0")))).to_be_visible()
    for site in ("cave", "<b>north</b>"):
        here = FOUND["site"] == site
        label, prediction = FOUND["label"][here], FOUND["prediction"][here]
        accuracy = accuracy_score(label, prediction)
        heading = part(page, site).get_by_role("heading")
        right, rows = int((label == prediction).sum()), int(here.sum())
        expect(heading).to_contain_text(f"accuracy {100 * accuracy:.1f}".removesuffix(".0"))
        expect(heading).to_contain_text(f": {right} of {rows} rows")
        points = f"{100 * abs(accuracy - overall):.1f}".removesuffix(".0")
        expect(heading).to_contain_text(f"{points} points {'below' if accuracy < overall else 'above'} all")
        expected = confusion_matrix(label, prediction, labels=made["CLASSES"]).ravel()
        cells = part(page, site).locator("td.cell")
        expect(cells).to_have_text([str(n) if n or at % 4 == 0 else "·" for at, n in enumerate(expected)])
    page.get_by_role("button", name="Mark").click()
    selected = FOUND["id"] % 5 == 0
    both = (FOUND["label"] == "cat") & (FOUND["prediction"] == "cat") & (FOUND["site"] == "cave")
    cell = part(page, "cave").get_by_role("gridcell", name=re.compile("of cat recognised"))
    expect(cell).to_have_attribute("title", re.compile(rf"rows, {(both & selected).sum()} selected$"))
    cell.click()
    expect(page.locator("td.cell[aria-selected=true]")).to_have_count(8)
    until(lambda: len(state(folder, "matrix").get("filters", {}).get("all", [])) == 1)
    page.get_by_role("button", name="Clear the choice").click()
    expect(page.locator("td.cell[aria-selected=true]")).to_have_count(0)
    until(lambda: not state(folder, "matrix").get("filters", {}).get("all", []))
    select = page.locator(".choices:visible").get_by_role("button", name="Select", exact=True)
    select.click()
    expect(select).to_have_attribute("aria-pressed", "true")
    cell.click()
    until(lambda: state(folder, "matrix").get("selection") == np.flatnonzero(both).tolist())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Enter")
    more = both | ((FOUND["label"] == "cat") & (FOUND["prediction"] == "dog") & (FOUND["site"] == "cave"))
    until(lambda: state(folder, "matrix").get("selection") == np.flatnonzero(more).tolist())
    part(page, "cave").get_by_role("rowheader", name="dog").click()
    wanted = np.flatnonzero((FOUND["label"] == "dog") & (FOUND["site"] == "cave")).tolist()
    until(lambda: state(folder, "matrix").get("selection") == wanted)
    assert not state(folder, "matrix").get("filters", {}).get("all")


def test_an_exported_page_divides_and_selects_on_a_phone(tmp_path: Path, open_page: Open) -> None:
    table = Table(pyarrow.table(FOUND))
    linked = LinkedState()
    linked.groups.set((Group("site"),))
    linked.selection.set(tuple(range(0, ROWS, 5)))
    parts = [
        Toolbar(table, linked),
        Heatmap(table, linked, "label", "age", bins=3),
        LinkedConfusionMatrix(table, "label", "prediction", linked),
    ]
    address = export(tmp_path / "page", *parts).as_uri()
    page = open_page(address, viewport={"width": 390, "height": 844})
    heat = page.locator(".heat-place section.part")
    expect(heat).to_have_count(6, timeout=30_000)
    cave = heat.filter(has_text="site: cave")
    expect(low_age(cave, "dog")).to_have_text(str(young("dog", "cave").sum()))
    marked = (young("dog", "cave") & (FOUND["id"] % 5 == 0)).sum()
    expect(low_age(cave, "dog")).to_have_attribute("title", re.compile(rf", {marked} selected$"))
    matrices = page.locator("section.part:has(.matrix)")
    expect(matrices).to_have_count(6)
    here = FOUND["site"] == "cave"
    right = int((here & (FOUND["label"] == FOUND["prediction"])).sum())
    expect(matrices.filter(has_text="site: cave")).to_contain_text(f"{right} of {here.sum()} rows")
    # One under the other, none wider than the page.
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    lefts = heat.evaluate_all("all => all.map((one) => Math.round(one.getBoundingClientRect().left))")
    assert len(set(lefts)) == 1
    page.locator(".choices").get_by_role("button", name="Select", exact=True).first.click()
    low_age(cave, "bird").click()
    expect(page.locator(".picks").first).to_have_text(f"{young('bird', 'cave').sum()} selected")
    expect(matrices.filter(has_text="site: cave").locator("td.picked").first).to_be_visible()
