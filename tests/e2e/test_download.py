"""Files that a page makes and the browser saves."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.served import Served

pytestmark = pytest.mark.e2e

SCRIPT = """
import random, threading
import panel as pn
from imlkit import Dashboard, Session
from imlkit.download import download_button

BYTES = 2_700_001
class Progress:
    def __init__(self, done, total):
        self.done, self.total = done, total

def whole(file, progress):
    progress(Progress(1, 2))
    file.write_bytes(random.Random(0).randbytes(BYTES))

def endless(file, progress):
    while True:
        progress(Progress(1, 2))
        threading.Event().wait(0.01)

def failing(file, progress):
    raise RuntimeError("The disk is full: free some space.")

session = Session.current()
app = Dashboard(title="Downloads")
app.page("Main").use([download_button(*entry, session) for entry in (
    ("Get", "random.bin", whole), ("Endless", "endless.bin", endless), ("Failing", "no.bin", failing))])
app.servable()
"""


@pytest.fixture
def served(serve: Callable[..., Served], tmp_path: Path) -> Served:
    script = tmp_path / "downloads.py"
    script.write_text(SCRIPT)
    return serve(script)


def test_a_file_of_several_pieces_arrives_whole_each_time(
    served: Served, open_page: Any, tmp_path: Path
) -> None:
    page = open_page(served.url)
    for _ in range(2):
        with page.expect_download() as download:
            page.get_by_role("button", name="Get").click()
        assert download.value.suggested_filename == "random.bin"
        download.value.save_as(tmp_path / "saved.bin")
        assert (tmp_path / "saved.bin").read_bytes() == random.Random(0).randbytes(2_700_001)
        expect(page.get_by_role("button", name="Get")).to_be_enabled()


def test_pressed_again_it_cancels_and_can_be_pressed_once_more(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    button = page.locator("button", has_text="Endless")
    button.click()
    working = page.locator("button", has_text="press to cancel")
    expect(working).to_have_text("Preparing, 50 %: press to cancel")
    working.click()
    expect(button).to_be_visible()
    button.click()
    expect(working).to_be_visible()


def test_what_fails_says_so_on_the_page(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    page.locator("button", has_text="Failing").click()
    expect(page.get_by_role("alert").filter(has_text="free some space")).to_be_visible()
    expect(page.locator("button", has_text="Failing")).to_be_visible()
