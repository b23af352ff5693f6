"""Linked views of a table in a notebook: one state, samples, the same views as elsewhere, many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from imlkit.tables import LinkedState
from imlkit.tables.seen import Seen
from tests.e2e import animals, million, things
from tests.e2e.jupyter import Lab, Notebook
from tests.e2e.served import until

pytestmark = pytest.mark.e2e

BEGIN = f"{animals.DEFINITION}\ntable, state = animals(), LinkedState()\nshown = views(table, state)"


@pytest.fixture(scope="module")
def faults() -> list[str]:
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, lab: Lab, faults: list[str]) -> Iterator[Page]:
    # High enough for all cells: those out of sight are drawn as one comes to them.
    context = browser.new_context(viewport={"width": 1280, "height": 2500})
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    lab.visit(page)
    yield page
    context.close()


@pytest.fixture
def opened(lab: Lab, page: Page, faults: list[str]) -> Iterator[Callable[..., Notebook]]:
    """Open a notebook of some cells and run all of them."""
    notebooks = []

    def open_one(*cells: str) -> Notebook:
        notebooks.append(Notebook(lab, page, cells))
        notebooks[-1].run_all()
        return notebooks[-1]

    yield open_one
    for notebook in notebooks:
        notebook.close()
    assert not faults, faults


def animals_in(opened: Callable[..., Notebook]) -> tuple[Notebook, animals.Views]:
    notebook = opened(BEGIN, *(f"shown[{n}]" for n in range(5)))
    return notebook, animals.Views(notebook.page, notebook.views())


def seen(notebook: Notebook) -> Seen:
    """Return what Python reads from the state in the notebook."""
    notebook.run("print(state.to_json())")
    return Seen.from_json(notebook.said(len(notebook.cells()) - 1))


def test_state_filter_group_and_select_once_and_every_view_follows(
    opened: Callable[..., Notebook], tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    notebook, shown = animals_in(opened)
    shown.filter_group_and_select()
    shown.show_what_was_done()
    words = shown.brush(0.2, 0.6)
    shown.leaves(words)
    expect(shown.apart.locator(".status")).to_have_text("600 rows")
    # The next cell reads what the person did.
    until(lambda: len(seen(notebook).filters.parts) == 3)
    left = notebook.run("len(table.filtered(state).to_dicts())")
    assert words == f"{left} of 600 rows"
    assert (
        notebook.run("[row['id'] for row in table.selected(state).to_dicts()]") == "['animal 0', 'animal 3']"
    )
    alone = shown.brush(0.5, 0.7, apart=True)
    assert alone != "600 rows"
    shown.leaves(words)
    # Who opens the address sees the same on an exported page, and what is changed there comes back.
    notebook.run(
        f"from imlkit import export\npage = export({str(tmp_path / 'page')!r}, *views(table, LinkedState()))"
    )
    notebook.run("print(state.to_url(page.as_uri()))")
    other = open_page(notebook.said(len(notebook.cells()) - 1))
    there = animals.Views(other, other.locator(".linked"))
    there.leaves(words)
    expect(there.charts.locator(".legend")).to_have_text("2 selected")
    there.charts.get_by_role("button", name="Clear all filters").click()
    there.leaves("600 rows")
    there.charts.get_by_role("region", name="kind").get_by_role("button", name="cow").click()
    there.leaves("200 of 600 rows")
    until(lambda: "cow" in LinkedState.from_url(other.evaluate("location.href")).to_json())
    notebook.run(f"state.show(LinkedState.from_url({other.evaluate('location.href')!r}).seen)")
    shown.leaves("200 of 600 rows")
    assert notebook.run("{row['kind'] for row in table.filtered(state).to_dicts()}") == "{'cow'}"
    # A cell sets what all views show.
    notebook.run("state.filter(InRange('age', 15, 19, closed=True))\nstate.groups.set([Group('age')])")
    notebook.run("state.selection.set(['animal 35'])")
    shown.leaves("50 of 600 rows")
    expect(shown.instances.get_by_role("heading", name="age: 15", exact=True)).to_be_visible()
    expect(shown.line("animal 35")).to_have_attribute("aria-selected", "true")
    expect(shown.apart.locator(".status")).to_have_text(alone)


def test_samples_are_looked_at_as_images_sounds_texts_series_rows_and_a_type_of_ones_own(
    opened: Callable[..., Notebook], lab: Lab, tmp_path: Path
) -> None:
    media = tmp_path / "media"
    files = things.write_files(media)
    cells = [f"{things.DEFINITION}\nshown = views(things({str(media)!r}))"]
    notebook = opened(*cells, *(f"shown[{n}]" for n in range(7)))
    things.look_through(notebook.page, notebook.views())
    # They were read where they lie.
    assert {path.name: path.read_bytes() for path in media.iterdir()} == files
    assert not [path for end in ("png", "wav") for path in lab.notebooks.rglob(f"*.{end}")]


def test_places_what_is_done_in_a_notebook_is_what_is_done_everywhere(
    opened: Callable[..., Notebook],
) -> None:
    notebook, shown = animals_in(opened)
    shown.filter_group_and_select()
    shown.show_what_was_done()
    until(lambda: seen(notebook) == animals.DONE)
    assert notebook.run("len(table.filtered(state).to_dicts())") == "200"


def test_scale_a_brush_over_a_million_rows_counts_each_of_them_at_every_move(
    opened: Callable[..., Notebook],
) -> None:
    notebook = opened(f"{million.DEFINITION}\nstate = LinkedState()\nviews(million(), state)")
    readings, last = million.brush(notebook.page, notebook.views())
    until(lambda: seen(notebook).filters.parts != ())
    million.check(readings, last, seen(notebook))
