"""Linked views of a table in an exported page: one state, samples, the same views as elsewhere, many rows.

Each page is written by a script of its own, and opened from a static server and by a double click.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from imlkit.tables import LinkedState
from imlkit.tables.seen import Seen
from tests.e2e import animals, million, things
from tests.e2e.served import static_server, until

pytestmark = pytest.mark.e2e

HEADLESS = f"""
{animals.DEFINITION}
import json, sys
from imlkit import export

table, state = animals(), LinkedState()
shown = views(table, state)
export(sys.argv[1], *shown, title="Animals")
# Headless, the same views filter, group and select.
state.filter(OneOf("kind", ("cat", "dog")))
state.filter(InRange("age", 0, 9, closed=True))
state.groups.set([Group("kind")])
state.selection.set(["animal 0", "animal 3"])
print(json.dumps({{
    "state": shown[0].state.to_json(),
    "linked": [view.state is state for view in shown],
    "apart": shown[-1].state.to_json(),
    "left": [row["id"] for row in table.filtered(state).to_dicts()],
    "selected": [row["id"] for row in table.selected(state).to_dicts()],
}}))
"""


def written(folder: Path, source: str) -> str:
    """Run a script that writes a page to the folder it is given, and return what it said."""
    script = folder.parent / f"{folder.name}.py"
    script.write_text(source)
    environment = {**os.environ, "IMLKIT_CACHE": str(folder.parent / "cache")}
    command = [sys.executable, str(script), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all pages are in."""
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def said(root: Path) -> str:
    return written(root / "animals", HEADLESS)


@pytest.fixture(params=["static server", "double click"])
def place(request: pytest.FixtureRequest, root: Path) -> Iterator[str]:
    """The address of the folder of all pages, as those who open them have it."""
    if request.param == "double click":
        yield root.as_uri()
    else:
        with static_server(root) as url:
            yield url


def views(page: Page) -> animals.Views:
    return animals.Views(page, page.locator(".linked"))


def address(page: Page) -> str:
    # What Playwright knows of it is renewed only while it waits for something of the page.
    return str(page.evaluate("location.href"))


def seen(page: Page) -> Seen:
    """Return what Python reads from the address."""
    return LinkedState.from_url(address(page)).seen


def test_state_filter_group_and_select_once_and_every_view_follows(
    place: str, said: str, open_page: Callable[..., Page]
) -> None:
    table = animals.named()["animals"]()
    page = open_page(f"{place}/animals/index.html")
    shown = views(page)
    shown.filter_group_and_select()
    shown.show_what_was_done()
    words = shown.brush(0.2, 0.6)
    shown.leaves(words)
    expect(shown.apart.locator(".status")).to_have_text("600 rows")
    until(lambda: len(seen(page).filters.parts) == 3)
    # Python has the same rows, the same groups and the same selection from the address.
    came = LinkedState.from_url(address(page))
    rows = table.filtered(came).to_dicts()
    assert words == f"{len(rows)} of 600 rows"
    assert {row["kind"] for row in rows} == {"cat", "dog"}
    assert came.groups.value == animals.DONE.groups
    assert [row["id"] for row in table.selected(came).to_dicts()] == ["animal 0", "animal 3"]
    alone = shown.brush(0.5, 0.7, apart=True)
    assert alone != "600 rows"
    shown.leaves(words)
    until(lambda: "state2=" in address(page))
    # Who opens the address sees the same, in what is linked and in what is not.
    there = views_at(open_page(address(page)), words)
    expect(there.apart.locator(".status")).to_have_text(alone)
    # Python sets what a page shows.
    came.unfilter("weight")
    came.unfilter("age")
    set_by_python = came.to_url(f"{place}/animals/index.html")
    views_at(open_page(set_by_python), f"{table.count(came.filters.value)} of 600 rows")


def views_at(page: Page, words: str) -> animals.Views:
    """Expect linked views that show so many rows, two of them selected, in groups."""
    there = animals.Views(page, page.locator(".linked"))
    there.leaves(words)
    expect(there.charts.locator(".legend")).to_have_text("2 selected")
    expect(there.instances.get_by_role("heading", name="kind: dog", exact=True)).to_be_visible()
    expect(there.toolbar.get_by_role("group", name="Selected rows", exact=True)).to_contain_text("2 rows")
    return there


def test_samples_are_looked_at_as_images_sounds_texts_series_rows_and_a_type_of_ones_own(
    place: str, root: Path, open_page: Callable[..., Page]
) -> None:
    media = root / "media"
    if not media.exists():
        things.write_files(media)
        source = f"""
{things.DEFINITION}
import sys
from imlkit import export
sampled = ["picture", "sound", "series", "colour"]
shown = views(things({str(media)!r}))
export(sys.argv[1], *shown, title="Things", samples=sampled, whole_samples=True)
"""
        written(root / "things", source)
        # The page is whole in itself.
        for path in media.iterdir():
            path.unlink()
    page = open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{place}/things/index.html")
    things.look_through(page, page.locator(".linked"))
    assert not [url for url in asked if not url.startswith((f"{place}/things/", "data:", "blob:"))]


def test_places_what_is_done_on_a_page_is_what_a_script_does(
    place: str, said: str, open_page: Callable[..., Page]
) -> None:
    script = json.loads(said)
    assert Seen.from_json(script["state"]) == animals.DONE
    assert script["linked"] == [True, True, True, True, False]
    assert script["apart"] == "{}"
    assert len(script["left"]) == 200
    assert script["selected"] == ["animal 0", "animal 3"]
    page = open_page(f"{place}/animals/index.html")
    shown = views(page)
    shown.filter_group_and_select()
    shown.show_what_was_done()
    until(lambda: seen(page) == animals.DONE)
    table = animals.named()["animals"]()
    left = table.filtered(LinkedState.from_url(address(page))).to_dicts()
    assert [row["id"] for row in left] == script["left"]


def test_scale_a_brush_over_a_million_rows_counts_each_of_them_at_every_move(
    place: str, root: Path, open_page: Callable[..., Page]
) -> None:
    if not (root / "million").exists():
        source = f"""
{million.DEFINITION}
import sys
from imlkit import export
export(sys.argv[1], views(million(), LinkedState()), title="Million")
"""
        written(root / "million", source)
    page = open_page(f"{place}/million/index.html")
    readings, last = million.brush(page, page.locator(".linked"))
    page.wait_for_url(re.compile("state="))
    until(lambda: seen(page).filters.parts != ())
    million.check(readings, last, seen(page))
