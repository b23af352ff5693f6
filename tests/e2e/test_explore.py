"""A folder or a table looked through by one command."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from imlkit import LinkedState
from tests.e2e.served import Served

pytestmark = pytest.mark.e2e


@pytest.fixture
def explore(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(path: Path, *more: str) -> Served:
        command = [sys.executable, "-m", "imlkit", "explore", str(path), "--port", "0", "--no-open", *more]
        started.append(Served(command, tmp_path))
        return started[-1]

    yield start
    for served in started:
        if served.process.poll() is None:
            served.stop()


def pictures(folder: Path) -> Path:
    random = np.random.default_rng(0)
    for kind, color in (("cats", (200, 60, 60)), ("dogs", (60, 60, 200))):
        (folder / kind).mkdir(parents=True)
        for n in range(12):
            pixels = random.integers(0, 50, (40, 60, 3)) + np.array(color)
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / kind / f"{kind} {n}.png")
    (folder / "dogs" / "broken.png").write_bytes(b"no picture")
    (folder / "dogs" / "<img src=x onerror='window.ran = true'>.png").write_bytes(b"no picture")
    return folder


def test_a_folder_of_images_is_looked_through(
    tmp_path: Path, explore: Callable[..., Served], open_page: Callable[..., Page]
) -> None:
    served = explore(pictures(tmp_path / "pets"))
    page = open_page(served.url)
    expect(page).to_have_title("pets")
    expect(page.get_by_role("status").filter(has_text="26 rows").first).to_be_visible()
    expect(page.locator(".linked img").first).to_be_visible()
    page.get_by_role("region", name="folder", exact=True).get_by_role("button", name="cats").click()
    expect(page.get_by_role("status").filter(has_text="12 of 26 rows").first).to_be_visible()
    # A link shows what its sender saw.
    page.wait_for_url(re.compile("state="))
    assert LinkedState.from_url(page.url).filters.value.columns == {"folder"}
    other = open_page(page.url)
    expect(other.get_by_role("status").filter(has_text="12 of 26 rows").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="26 rows").first).to_be_visible()
    assert page.evaluate("window.ran") is None


def test_a_table_is_looked_through_with_the_views_that_suit_it(
    tmp_path: Path, explore: Callable[..., Served], open_page: Callable[..., Page]
) -> None:
    random = np.random.default_rng(0)
    columns = {
        "key": [f"k{n}" for n in range(300)],
        "x": random.normal(size=300),
        "y": random.normal(size=300),
        "vector": random.normal(size=(300, 5)).tolist(),
    }
    pq.write_table(pa.table(columns), tmp_path / "some.parquet")
    page = open_page(explore(tmp_path / "some.parquet", "--id", "key").url)
    expect(page.get_by_role("status").filter(has_text="300 rows").first).to_be_visible()
    page.get_by_role("tab", name="Points").click()
    expect(page.get_by_text("300 rows shown").first).to_be_visible()
    page.get_by_role("tab", name="Map").click()
    expect(page.get_by_text(re.compile("PCA of “vector”"))).to_be_visible()
    page.get_by_role("tab", name="Table").click()
    expect(page.get_by_role("columnheader", name="vector").first).to_be_visible()


def test_what_is_no_table_is_said_on_the_page(
    tmp_path: Path, explore: Callable[..., Served], open_page: Callable[..., Page]
) -> None:
    (tmp_path / "empty").mkdir()
    page = open_page(explore(tmp_path / "empty").url)
    expect(page.get_by_role("alert")).to_contain_text("There is no")
