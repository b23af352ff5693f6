"""Uploading in a real browser: chosen and dropped, many at once, damaged, large, cancelled."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.served import Served, serving

pytestmark = pytest.mark.e2e

SCRIPT = """
import panel_material_ui as pmui
from imlkit import Button, Dashboard, ImageDisplay, ImageUpload, Text

upload = ImageUpload(size=(120, 120))
files = []
told = Text("0 files")
upload.files.subscribe(files.append)
upload.files.map(
    lambda file: f"{len(files)} files, last {file[0]} of {file[1].shape[1::-1]}"
).subscribe(told.value)

view = upload.view()
place = pmui.Column(view)
swap = Button("Swap")
swap.clicks.subscribe(lambda _: place.clear() if len(place) else place.append(view))

app = Dashboard(title="Uploads", author="imlkit")
app.page("Main").use(place, swap, told, ImageDisplay(upload.images, "Latest"))
app.page("Other").use(told)
app.servable()
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("uploads"), "uploads", SCRIPT) as served:
        yield served


@pytest.fixture
def page(served: Served, open_page: Callable[..., Page]) -> Page:
    page = open_page(served.url)
    page.get_by_role("button", name="Choose images").wait_for(timeout=30_000)
    return page


def encoded(colour: str = "red", size: tuple[int, int] = (40, 20), format: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, format)
    return file.getvalue()


def payload(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": data}


def huge_png() -> bytes:
    """A small file whose header promises 200 megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


def choose(page: Page, *files: FilePayload) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose images").press("Enter")
    assert chooser.value.is_multiple()
    chooser.value.set_files(list(files))


def test_many_files_with_damaged_ones_among_them(page: Page) -> None:
    good = [payload(f"photo {n}.png", encoded()) for n in range(12)]
    bad = [
        payload("cut.jpg", encoded(format="JPEG")[:300]),
        payload("<b>text</b>.png", b"only words"),
        payload("huge.png", huge_png()),
        payload("empty.png", b""),
    ]
    choose(page, *good[:5], *bad, *good[5:])
    expect(page.get_by_text("12 files, last photo 11.png of (40, 20)")).to_be_visible()
    expect(page.get_by_text("Done: 12 of 16 files")).to_be_visible()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("4 files could not be opened")
    expect(alert).to_contain_text("“cut.jpg” is damaged")
    expect(alert).to_contain_text("“<b>text</b>.png” is not an image")
    expect(alert).to_contain_text("“huge.png” is too large: images of up to 64 megapixels")
    expect(alert).to_contain_text("“empty.png” is empty")
    expect(page.get_by_role("img", name="Latest, 40 by 20 pixels")).to_be_visible()
    choose(page, payload("good.png", encoded()))
    expect(page.get_by_text("13 files, last good.png")).to_be_visible()
    expect(alert).to_be_hidden()


def test_files_are_dropped_on_the_field(page: Page) -> None:
    zone = page.get_by_role("group", name="Images")
    transfer = page.evaluate_handle(
        """bytes => { const transfer = new DataTransfer();
           for (const name of ['one.png', 'two.png'])
             transfer.items.add(new File([new Uint8Array(bytes)], name, {type: 'image/png'}));
           return transfer; }""",
        list(encoded()),
    )
    zone.dispatch_event("dragenter", {"dataTransfer": transfer})
    expect(zone).to_have_class("zone over")
    zone.dispatch_event("drop", {"dataTransfer": transfer})
    expect(zone).to_have_class("zone")
    expect(page.get_by_text("2 files, last two.png of (40, 20)")).to_be_visible()


def test_a_photograph_of_more_than_twenty_megabytes_arrives(page: Page, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (2800, 2800, 3), dtype=np.uint8)
    photo = tmp_path / "photo.png"
    Image.fromarray(noise).save(photo, compress_level=0)
    assert photo.stat().st_size > 20 * 1024 * 1024
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.get_by_text("1 files, last photo.png of (120, 120)")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("img", name="Latest, 120 by 120 pixels")).to_be_visible()


def test_a_long_upload_shows_progress_and_can_be_cancelled(page: Page) -> None:
    big = encoded(size=(3000, 2000))
    choose(page, *[payload(f"{n}.png", big) for n in range(40)])
    expect(page.get_by_text("of 40 opened")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Images: opened")).to_be_visible()
    cancel = page.get_by_role("button", name="Cancel")
    cancel.press("Enter")
    expect(cancel).to_be_hidden()
    expect(page.get_by_text("of 40 opened")).to_be_hidden()
    expect(page.get_by_text("40 files")).to_have_count(0)
    choose(page, payload("after.png", encoded()))
    expect(page.get_by_text("files, last after.png of (40, 20)")).to_be_visible()
    expect(page.get_by_text("Done: 1 file")).to_be_visible()


def test_the_same_file_can_be_chosen_twice(page: Page) -> None:
    for count in (1, 2):
        choose(page, payload("same.png", encoded()))
        expect(page.get_by_text(f"{count} files, last same.png")).to_be_visible()


def test_an_upload_goes_on_while_another_page_is_shown(page: Page) -> None:
    big = encoded(size=(3000, 2000))
    choose(page, *[payload(f"{n}.png", big) for n in range(40)])
    expect(page.get_by_text("of 40 opened")).to_be_visible()
    page.get_by_role("link", name="Other").click()
    expect(page.get_by_role("button", name="Choose images")).to_have_count(0)
    page.get_by_role("link", name="Main").click()
    expect(page.get_by_text("Done: 40 files")).to_be_visible()


def test_an_upload_whose_view_is_taken_away_midway_says_what_is_missing(page: Page) -> None:
    big = encoded(size=(3000, 2000))
    choose(page, *[payload(f"{n}.png", big) for n in range(300)])
    expect(page.get_by_text("of 300 opened")).to_be_visible()
    page.get_by_role("button", name="Swap").click()
    expect(page.get_by_role("button", name="Choose images")).to_have_count(0)
    page.get_by_role("button", name="Swap").click()
    expect(page.get_by_role("alert")).to_contain_text("did not arrive before the page was left")
    choose(page, payload("after.png", encoded()))
    expect(page.get_by_text("files, last after.png of (40, 20)")).to_be_visible()
