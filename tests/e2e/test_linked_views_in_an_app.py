"""Linked views of a table in a served app: one state, samples, the same views as elsewhere, many rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import ibis
import pytest
from playwright.sync_api import Page, expect

from imlkit.tables import InRange, LinkedState
from imlkit.tables.seen import Seen
from tests.e2e import animals, million, things
from tests.e2e.served import Served, serving, until

pytestmark = pytest.mark.e2e

SAID = """
from imlkit import Button, Dashboard, Text

said = Text()
def tell(seen):
    said.value.set(f"Python sees {seen.to_json()}")
state.showing.subscribe(tell)
"""
APP = f"""
{animals.DEFINITION}
table, state = animals(), LinkedState()
{SAID}
old = Button("Old cows")
def show_old_cows(_):
    state.filters.set(All((Equals("kind", "cow"), InRange("age", 15, 19, closed=True))))
    state.groups.set([Group("age")])
    state.selection.set(["animal 35"])
old.clicks.subscribe(show_old_cows)
app = Dashboard(title="Animals")
app.page("Main").use([old], said, *views(table, state))
app.servable()
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("animals"), "animals", APP) as served:
        yield served


def views(page: Page) -> animals.Views:
    return animals.Views(page, page.locator(".linked"))


def seen_by_python(page: Page) -> Seen:
    said = page.get_by_text(re.compile("^Python sees")).inner_text()
    return Seen.from_json(said.removeprefix("Python sees "))


def test_state_filter_group_and_select_once_and_every_view_follows(
    served: Served, open_page: Callable[..., Page]
) -> None:
    table = animals.named()["animals"]()
    page = open_page(served.url, permissions=["clipboard-read", "clipboard-write"])
    shown = views(page)
    # In a chart and in the toolbar; one view stands alone.
    shown.filter_group_and_select()
    shown.show_what_was_done()
    words = shown.brush(0.2, 0.6)
    shown.leaves(words)
    expect(shown.apart.locator(".status")).to_have_text("600 rows")
    until(lambda: len(seen_by_python(page).filters.parts) == 3)
    seen = seen_by_python(page)
    # Python reads what the person did.
    (weight,) = (part for part in seen.filters.parts if part.columns == {"weight"})
    assert isinstance(weight, InRange)
    assert words == f"{table.count(seen.filters)} of 600 rows"
    assert seen.groups == animals.DONE.groups
    assert seen.selection == animals.DONE.selection
    alone = shown.brush(0.5, 0.7, apart=True)
    assert alone != "600 rows"
    shown.leaves(words)
    # Who opens the address sees the same.
    shown.toolbar.get_by_role("button", name="Share").click()
    expect(shown.toolbar.get_by_text("The address is copied")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    assert LinkedState.from_url(address).seen == seen
    other = open_page(address)
    there = views(other)
    there.leaves(words)
    expect(there.charts.locator(".legend")).to_have_text("2 selected")
    expect(there.instances.get_by_role("heading", name="kind: dog", exact=True)).to_be_visible()
    # Python sets what all views show; another page is not concerned.
    page.get_by_role("button", name="Old cows").click()
    old = table.count(InRange("age", 15, 19, closed=True)) // 3
    shown.leaves(f"{old} of 600 rows")
    expect(shown.instances.get_by_role("heading", name="age: 15", exact=True)).to_be_visible()
    expect(shown.line("animal 35")).to_have_attribute("aria-selected", "true")
    expect(shown.apart.locator(".status")).to_have_text(alone)
    there.leaves(words)


def test_samples_are_looked_at_as_images_sounds_texts_series_rows_and_a_type_of_ones_own(
    tmp_path: Path, open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = things.write_files(tmp_path / "media")
    monkeypatch.setenv("IMLKIT_CACHE", str(tmp_path / "cache"))
    (tmp_path / "app").mkdir()
    source = f"""
{things.DEFINITION}
from imlkit import Dashboard
app = Dashboard(title="Things")
app.page("Main").use(*views(things({str(tmp_path / "media")!r})))
app.servable()
"""
    with serving(tmp_path / "app", "things", source) as served:
        page = open_page(served.url)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.reload()
        things.look_through(page, page.locator(".linked"))
        # The page holds what it shows; nothing hosts the files or keeps a copy of them.
        assert not [
            url
            for url in asked
            if not url.startswith((served.url.rstrip("/"), "blob:", "data:"))
            and re.search(r"\.(png|wav)", url)
        ]
    assert {path.name: path.read_bytes() for path in (tmp_path / "media").iterdir()} == files
    originals = {hashlib.sha256(content).digest() for content in files.values()}
    elsewhere = [
        path for folder in ("app", "cache") for path in (tmp_path / folder).rglob("*") if path.is_file()
    ]
    for path in elsewhere:
        content = path.read_bytes()
        assert hashlib.sha256(content.partition(b"\n")[2]).digest() not in originals, path
        assert hashlib.sha256(content).digest() not in originals, path


def test_places_what_is_done_in_an_app_is_what_is_done_everywhere(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(served.url)
    shown = views(page)
    shown.filter_group_and_select()
    shown.show_what_was_done()
    until(lambda: seen_by_python(page) == animals.DONE)


def test_scale_a_brush_over_a_million_rows_counts_each_of_them_at_every_move(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    source = f"""
{million.DEFINITION}
state = LinkedState()
{SAID}
app = Dashboard(title="Million")
app.page("Main").use(said, views(ROWS, state))
app.servable()
"""
    # Made once, not for each page.
    (tmp_path / "rows.py").write_text(f"{million.DEFINITION}\nROWS = million()\n")
    source = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nfrom rows import ROWS\n{source}"
    with serving(tmp_path, "many", source) as served:
        page = open_page(served.url)
        readings, last = million.brush(page, page.locator(".linked"))
        until(lambda: seen_by_python(page).filters.parts != ())
        million.check(readings, last, seen_by_python(page))


def test_scale_a_table_in_a_file_larger_than_the_memory_given_to_its_engine_is_brushed(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    # That of a database server is in test_large_engine.py.
    memory = 150_000_000
    rows = 3_000_000
    file = tmp_path / "large.duckdb"
    connection = ibis.duckdb.connect(file)
    waves = ", ".join(f"sin(n * {k}.5) AS wave{k}" for k in range(10))
    made = f"CREATE TABLE large AS SELECT n AS id, n % 7 AS day, {waves} FROM range({rows}) AS t(n)"
    connection.raw_sql(made)
    connection.disconnect()
    assert file.stat().st_size > memory
    source = f"""
import ibis
from imlkit import LinkedState, SummaryCharts, Table

state = LinkedState()
{SAID}
connection = ibis.duckdb.connect({str(file)!r}, read_only=True, memory_limit="{memory}B")
table = Table(connection.table("large"))
app = Dashboard(title="Large")
app.page("Main").use(said, SummaryCharts(table, state, columns=["wave1", "day"]))
app.servable()
"""
    with serving(tmp_path, "large", source) as served:
        page = open_page(served.url)
        view = page.locator(".linked")
        status = view.locator(".status")
        expect(status).to_have_text(f"{rows:,} rows", timeout=60_000)
        area = view.get_by_role("region", name="wave1").locator(".area")
        expect(area).to_be_visible(timeout=60_000)
        animals.drag(page, area, 0.3, 0.5)
        expect(status).to_have_text(re.compile(" of 3,000,000 rows"), timeout=60_000)
        words = status.inner_text()
        page.mouse.up()
        until(lambda: seen_by_python(page).filters.parts != ())
        (span,) = seen_by_python(page).filters.parts
        assert isinstance(span, InRange)
        connection = ibis.duckdb.connect(file, read_only=True)
        said = f"SELECT count(*) FROM large WHERE wave1 >= {span.low!r} AND wave1 < {span.high!r}"
        (left,) = connection.raw_sql(said).fetchall()[0]
        connection.disconnect()
        assert words == f"{left:,} of {rows:,} rows"
        expect(status).to_have_text(words)
