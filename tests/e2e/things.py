"""Rows that are pictures, sounds, texts and series, and how a person looks at them in every place."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.components.tables.samples.sounds import tone, wav

__all__ = ["DEFINITION", "TEXT", "look_closer", "look_through", "write_files"]

COLUMNS = ("picture", "sound", "said", "series", "colour", "")
TEXT = "It was a long text, there to be read: " + "one thing came after another, " * 40 + "and then it ended."

DEFINITION = f"""
import math
from imlkit import InstanceList, InstanceTable, LinkedState, Table
from imlkit.tables.samples.sample_type import Sample, SampleType, register

class Swatch(SampleType):
    "A colour as a square of it."

    kind = "nominal"

    def preview(self, value, size):
        drawn = f'<svg xmlns="http://www.w3.org/2000/svg" width="{{size}}" height="{{size}}">'
        drawn += f'<rect width="{{size}}" height="{{size}}" fill="{{value}}"/></svg>'
        return Sample("image/svg+xml", drawn.encode(), f"a square in {{value}}")

    def detail(self, value):
        return self.preview(value, 320)

register(Swatch())

def things(folder):
    return Table({{
        "id": [f"thing {{n}}" for n in range(4)],
        "picture": [f"{{n}}.png" for n in range(4)],
        "sound": [f"{{n}}.wav" for n in range(4)],
        "said": [{TEXT!r}] * 4,
        "series": [[math.sin(t / 5) * (n + 1) for t in range(50)] for n in range(4)],
        "colour": ["navy", "teal", "navy", "teal"],
    }}, kinds={{"said": "text", "colour": "nominal"}}, root=folder)

def views(table):
    state = LinkedState()
    shown = [InstanceList(table, state, column=column, title=column or "row") for column in {COLUMNS!r}]
    return [*shown, InstanceTable(table, state, title="all")]
"""


def write_files(folder: Path) -> dict[str, bytes]:
    """Write the pictures and sounds to a folder, and return what is in them by their names."""
    folder.mkdir(parents=True)
    for n in range(4):
        Image.new("RGB", (600, 300), (40 * n, 114, 178)).save(folder / f"{n}.png")
        (folder / f"{n}.wav").write_bytes(wav(tone(frequency=300 + 100 * n)))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def look_through(page: Page, views: Locator) -> None:
    """Look at every row in the lists and in the table, and closer at one from each."""
    expect(views).to_have_count(7, timeout=30_000)
    words = {"picture": "1.png", "sound": "0.25 s", "series": "50 values, min −1", "colour": "a square in"}
    for view, column in zip(map(views.nth, range(6)), COLUMNS, strict=True):
        view.scroll_into_view_if_needed()
        tile = view.locator(".tile[aria-label='thing 1']")
        expect(view.locator(".tile")).to_have_count(4)
        if column in words:
            drawn(tile.locator("img"))
        else:
            expect(tile).to_contain_text(TEXT[:100] if column else "id: thing 1")
        tile.dblclick()
        look_closer(page, column)
    table = views.nth(6)
    line = table.locator(".table-line").nth(1)
    line.scroll_into_view_if_needed()
    expect(line.locator("img")).to_have_count(3)
    for image in line.locator("img").all():
        drawn(image)
    expect(line).to_contain_text(TEXT[:30])
    expect(line).to_contain_text("teal")
    line.get_by_role("gridcell", name="thing 1", exact=True).click()
    page.keyboard.press("Enter")
    look_closer(page, "")


def look_closer(page: Page, column: str) -> None:
    """Expect a row in full, with its picture, sound or series, and close it."""
    dialog = page.get_by_role("dialog", name="Details of thing 1")
    expect(dialog).to_be_visible()
    expect(dialog.locator("dd").first).to_have_text("thing 1")
    figures = dialog.locator("figure")
    expect(figures).to_have_count(3)
    if column == "said":
        expect(figures.first).to_contain_text(TEXT)
        expect(figures.locator("audio")).to_have_js_property("duration", 0.25)
    else:
        expect(figures.locator("audio")).to_have_js_property("duration", 0.25)
        expect(figures.locator("audio")).to_have_js_property("error", None)
    if column == "colour":
        expect(figures.first.locator("img")).to_have_js_property("naturalWidth", 320)
        expect(figures.first.locator("img")).to_have_attribute("alt", "a square in teal")
    elif column != "said":
        series = figures.get_by_alt_text("50 values")
        expect(series).to_have_js_property("naturalWidth", 960)
    expect(figures.get_by_alt_text("1.png")).to_have_js_property("naturalWidth", 600)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def drawn(image: Locator) -> None:
    """Expect that the browser has drawn a picture."""
    expect(image).to_have_js_property("complete", True)
    expect(image).not_to_have_js_property("naturalWidth", 0)
