"""Exported pages as people open them: from a static server, and by a double click."""

from __future__ import annotations

import re
import urllib.parse
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Request, expect

from imlkit.components.tables.explorer import Explorer
from imlkit.components.tables.instance_list import InstanceList
from imlkit.components.tables.instance_table import InstanceTable
from imlkit.components.tables.markdown import Markdown
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.components.tables.toolbar import Toolbar
from imlkit.tables import All, Equals, InRange, LinkedState, OneOf, Table
from imlkit.tables.exports.export import ExportProgress, export, export_file
from tests.contracts.table_questions import KINDS, TABLE
from tests.e2e.served import static_server

pytestmark = pytest.mark.e2e


@pytest.fixture
def static(tmp_path: Path) -> Iterator[str]:
    """The address of a static server of the test's folder."""
    with static_server(tmp_path) as url:
        yield url


@pytest.fixture
def state() -> LinkedState:
    return LinkedState()


@pytest.fixture
def place(tmp_path: Path, state: LinkedState) -> Path:
    """A folder with an exported page."""
    table = Table(TABLE, kinds=KINDS, title="Measured")
    export(
        tmp_path / "page",
        Toolbar(table, state),
        SummaryCharts(table, state, title="Charts <b>of</b> everything"),
        InstanceTable(table, state, title="Rows"),
        title="Report </title><script>window.hurt = true</script>",
        note="Made by a test.",
    )
    return tmp_path / "page"


def rows_shown(page: Page) -> Any:
    return page.get_by_role("region", name="Charts <b>of</b> everything").get_by_role("status").first


@pytest.mark.parametrize("kind", ["served", "file", "single file"])
def test_a_page_opens_filters_and_asks_no_other_address(
    tmp_path: Path, place: Path, static: str, state: LinkedState, open_page: Callable[..., Page], kind: str
) -> None:
    if kind == "single file":
        table = Table(TABLE, kinds=KINDS)
        charts = SummaryCharts(table, state, title="Charts <b>of</b> everything")
        place = export_file(tmp_path / "one.html", charts, InstanceTable(table, state)).parent
    address = {
        "served": f"{static}/page/index.html",
        "file": f"file://{place}/index.html",
        "single file": f"file://{place}/one.html",
    }[kind]
    page = open_page("about:blank")
    asked: list[str] = []

    def heard(request: Request) -> None:
        asked.append(request.url)

    page.on("request", heard)
    page.goto(address)
    expect(rows_shown(page)).to_contain_text("360 rows")
    page.get_by_role("region", name="Charts <b>of</b> everything").get_by_role("button", name="yes").click()
    expected = Table(TABLE).count(Equals("truth", True))
    expect(rows_shown(page)).to_contain_text(f"{expected} of 360 rows")
    page.wait_for_url(lambda url: "state=" in url)
    assert LinkedState.from_url(page.url).filters.value == All((OneOf("truth", (True,)),))
    assert page.evaluate("window.hurt") is None
    folder = address.rpartition("/")[0]
    assert [url for url in asked if not url.startswith((folder, "data:"))] == []


def test_the_state_of_the_export_is_shown_and_one_in_the_address_comes_before_it(
    tmp_path: Path, state: LinkedState, open_page: Callable[..., Page]
) -> None:
    state.filter(InRange("measure", 0, 5))
    table = Table(TABLE)
    page_file = export_file(
        tmp_path / "page.html", SummaryCharts(table, state, title="Charts <b>of</b> everything")
    )
    page = open_page(f"file://{page_file}")
    expect(rows_shown(page)).to_contain_text(f"{table.count(InRange('measure', 0, 5))} of 360 rows")
    assert "#" not in page.url
    other = LinkedState()
    other.filter(OneOf("__proto__", ("1",)))
    shared = f"file://{page_file}#{other.to_url('').lstrip('?')}"
    page.goto(shared)
    expect(rows_shown(page)).to_contain_text("120 of 360 rows")
    assert LinkedState.from_url(page.url).seen == other.seen
    page.reload()
    expect(rows_shown(page)).to_contain_text("120 of 360 rows")
    page.get_by_role("button", name="Clear all filters").click()
    expect(rows_shown(page)).to_contain_text("360 rows")
    page.wait_for_url(lambda url: urllib.parse.unquote(url).endswith("#state={}"))
    page.reload()
    expect(rows_shown(page)).to_contain_text("360 rows")
    assert LinkedState.from_url(page.url).filters.value == All()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("state=nonsense", "is no JSON"),
        ('state={"filters":{"column":"gone","null":true}}', "There is no column “gone”"),
        ('state={"filters":{"column":"truth","equals":"<b>"}}', "holds truth values"),
        ('state={"sort":[{"column":"gone"}]}', "There is no column “gone” to sort by"),
        ('state={"groups":[{"column":"word","bins":0}]}', "is no number of bins"),
    ],
)
def test_a_damaged_state_in_the_address_is_told_and_left_out(
    place: Path, open_page: Callable[..., Page], text: str, words: str
) -> None:
    page = open_page(f"file://{place}/index.html#{urllib.parse.quote(text, safe='=')}")
    notice = page.get_by_role("alert").filter(has_text="What the address says")
    expect(notice).to_contain_text(words)
    expect(rows_shown(page)).to_contain_text("360 rows")
    notice.get_by_role("button", name="Close").click()
    expect(notice).to_be_hidden()


def test_a_person_takes_steps_back_and_again(place: Path, open_page: Callable[..., Page]) -> None:
    page = open_page(f"file://{place}/index.html")
    charts = page.get_by_role("region", name="Charts <b>of</b> everything")
    charts.get_by_role("button", name="yes").click()
    expect(rows_shown(page)).to_contain_text(" of 360 rows")
    page.get_by_role("button", name="Undo").click()
    expect(rows_shown(page)).not_to_contain_text(" of 360 rows")
    page.get_by_role("button", name="Redo").click()
    expect(rows_shown(page)).to_contain_text(" of 360 rows")


def test_a_file_that_is_missing_is_told_where_it_is_needed(place: Path, browser: Any) -> None:
    for path in (place / "data").glob("column-0-1-*.js"):
        path.unlink()
    page = browser.new_page()
    page.goto(f"file://{place}/index.html")
    expect(page.get_by_text("is missing or damaged: copy the page's folder again").first).to_be_visible()
    expect(page.get_by_role("heading", name="tenths")).to_be_visible()
    page.close()


def test_a_page_is_light_or_dark_as_the_person_likes(place: Path, open_page: Callable[..., Page]) -> None:
    page = open_page(
        f"file://{place}/index.html", color_scheme="dark", viewport={"width": 390, "height": 844}
    )
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Show the page light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    expect(page.get_by_role("button", name="Show the page dark")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture
def media(tmp_path: Path) -> Table:
    """A table of two pictures and two sounds, one of each broken."""
    folder = tmp_path / "media"
    folder.mkdir()
    Image.new("RGB", (600, 300), "#0072b2").save(folder / "blue.png")
    (folder / "broken.png").write_bytes(b"no picture")
    with wave.open(str(folder / "tone.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"\0\x40" * 4000)
    (folder / "broken.wav").write_bytes(b"")
    pictures, sounds = ([str(folder / f"{name}.{end}") for name in names] for names, end in MEDIA)
    return Table({"id": ["one", "two"], "picture": pictures, "sound": sounds})


MEDIA = [(["blue", "broken"], "png"), (["tone", "broken"], "wav")]


@pytest.mark.parametrize("kind", ["folder", "single file"])
def test_pictures_and_sounds_are_on_the_page(
    tmp_path: Path, media: Table, open_page: Callable[..., Page], kind: str
) -> None:
    heard: list[ExportProgress] = []
    write, place = (export, "page") if kind == "folder" else (export_file, "page.html")
    pictures = InstanceList(media, column="picture", title="Pictures")
    sounds = InstanceList(media, column="sound", title="Sounds")
    page_file = write(tmp_path / place, pictures, sounds, sample_size=64, progress=heard.append)
    assert (heard[-1].task, heard[-1].done, heard[-1].total) == ("Writing samples", 9, 9)
    # The page holds copies: the files themselves can go.
    for path in (tmp_path / "media").iterdir():
        path.unlink()
    page = open_page(f"file://{page_file}")
    picture = page.get_by_role("img", name="blue.png")
    expect(picture).to_have_js_property("naturalWidth", 64)
    expect(page.get_by_text("broken.png").first).to_be_visible()
    sounds_shown = page.get_by_role("region", name="Sounds")
    expect(sounds_shown.get_by_text("broken.wav").first).to_be_visible()
    sounds_shown.get_by_role("button", name="Details of one").click()
    expect(page.locator("audio")).to_have_js_property("duration", 0.5)


def test_a_person_follows_an_address_on_the_same_page_and_goes_back(
    place: Path, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"file://{place}/index.html")
    expect(rows_shown(page)).to_contain_text("360 rows")
    other = LinkedState()
    other.filter(OneOf("__proto__", ("1",)))
    fragment = other.to_url("").lstrip("?")
    page.evaluate("(fragment) => { window.location.hash = fragment; }", fragment)
    expect(rows_shown(page)).to_contain_text("120 of 360 rows")
    page.go_back()
    expect(rows_shown(page)).not_to_contain_text(" of 360 rows")


def test_what_an_address_does_not_hold_is_told(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    table = Table({"name of the row": [f"row number {n:05}" for n in range(5_000)]}, id="name of the row")
    page = open_page(f"file://{export_file(tmp_path / 'page.html', InstanceTable(table, title='Rows'))}")
    page.get_by_role("button", name=re.compile("Select all")).click()
    expect(page.get_by_role("alert").filter(has_text="the address does not hold them")).to_be_visible()
    assert "state=" not in page.url


def test_components_that_are_not_linked_have_addresses_of_their_own(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    table = Table(TABLE, kinds=KINDS)
    one, two = (SummaryCharts(table, title=title) for title in ("One", "Two"))
    page = open_page(f"file://{export_file(tmp_path / 'page.html', one, two)}")
    page.get_by_role("region", name="Two").get_by_role("button", name="yes").click()
    expect(page.get_by_role("region", name="Two").get_by_role("status").first).to_contain_text("of 360 rows")
    page.wait_for_url(lambda url: "state2=" in url)
    page.reload()
    expect(page.get_by_role("region", name="Two").get_by_role("status").first).to_contain_text("of 360 rows")
    one_shown = page.get_by_role("region", name="One").get_by_role("status").first
    expect(one_shown).to_have_text("360 rows")
    page.get_by_role("region", name="One").get_by_role("button", name="no", exact=False).first.click()
    page.wait_for_url(lambda url: "state=" in url and "state2=" in url)


def test_a_hundred_steps_can_be_taken_back(place: Path, open_page: Callable[..., Page]) -> None:
    page = open_page(f"file://{place}/index.html")
    steps = page.evaluate(
        """async () => {
          const { State } = await import("imlkit/page_state.js");
          const state = new State("state", {});
          for (let n = 0; n < 120; n += 1) state.show({ selection: [n] });
          state.show({ selection: [119, 119] });
          const first = { ...state.steps };
          for (let n = 0; n < 150; n += 1) state.undo();
          const undone = state.seen;
          state.redo();
          return [first, undone, state.seen, state.steps];
        }"""
    )
    assert steps == [
        {"undoable": 100, "redoable": 0},
        {"selection": [19]},
        {"selection": [20]},
        {"undoable": 1, "redoable": 99},
    ]


def test_texts_and_components_of_several_are_on_the_page(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    explorer = Explorer(Table({"id": ["one", "two"], "word": ["cat", "dog"]}, title="Animals"))
    words = Markdown("## Findings\n\n*Two* animals.", title="Notes", editable=True)
    page = open_page(f"file://{export_file(tmp_path / 'page.html', words, explorer)}")
    expect(page.get_by_role("heading", name="Animals", level=1)).to_be_visible()
    expect(page.get_by_role("region", name="Notes")).to_contain_text("Two animals.")
    expect(page.get_by_role("button", name="Edit")).to_have_count(0)
    expect(page.get_by_text("could not be loaded")).to_have_count(0)
    expect(page.get_by_role("gridcell", name="cat").first).to_be_visible()
