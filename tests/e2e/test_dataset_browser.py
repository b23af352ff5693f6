"""Browsing a dataset in a real browser: select, relabel, rename, delete, download, upload."""

from __future__ import annotations

import re
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit import Dataset, data_store
from tests.e2e.served import Served, until

pytestmark = pytest.mark.e2e

SCRIPT = textwrap.dedent("""
    from imlkit import Dashboard, Dataset, DatasetBrowser, data_store
    training_set = Dataset("drawings", data_store("kept"))
    app = Dashboard(title="Browse")
    app.page("Main").use(DatasetBrowser(training_set, "Drawings", page_size=6))
    app.servable()
""")


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """The dataset that the served page shows, from another process."""
    return Dataset("drawings", data_store(str(tmp_path / "kept")))


@pytest.fixture
def served(serve: Callable[..., Served], tmp_path: Path, dataset: Dataset) -> Served:
    script = tmp_path / "browse.py"
    script.write_text(SCRIPT)
    return serve(script)


def image(shade: int) -> np.ndarray:
    return np.full((32, 32, 3), shade, np.uint8)


def fill(dataset: Dataset, **counts: int) -> list[str]:
    rows = [
        {"x": np.arange(4.0), "y": label, "thumbnail": image(n)}
        for label, c in counts.items()
        for n in range(c)
    ]
    return [instance["id"] for instance in dataset.create(rows)]


def tiles(page: Page, label: str) -> Locator:
    return page.get_by_role("listbox", name=re.compile(f"^{label}: ")).get_by_role("option")


def chosen(page: Page) -> Locator:
    return page.get_by_role("option", selected=True)


def test_an_empty_dataset_says_how_to_begin_and_fills_as_others_capture(
    served: Served, open_page: Callable[..., Page], dataset: Dataset
) -> None:
    page = open_page(served.url)
    expect(page.get_by_text("No instances yet. Capture some")).to_be_visible()
    fill(dataset, cat=2)
    expect(tiles(page, "cat")).to_have_count(2)
    expect(page.get_by_text("No instances yet.")).to_be_hidden()
    expect(tiles(page, "cat").first.locator("img")).to_be_visible()


def test_clicking_selects_with_shift_and_control_as_in_a_file_list(
    served: Served, open_page: Callable[..., Page], dataset: Dataset
) -> None:
    fill(dataset, cat=5)
    page = open_page(served.url)
    cats = tiles(page, "cat")
    cats.nth(0).click()
    expect(chosen(page)).to_have_count(1)
    cats.nth(3).click(modifiers=["Shift"])
    expect(chosen(page)).to_have_count(4)
    cats.nth(1).click(modifiers=["Control"])
    expect(chosen(page)).to_have_count(3)
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("button", name="Deselect").click()
    expect(chosen(page)).to_have_count(0)


def test_relabelling_by_keyboard_alone(
    served: Served, open_page: Callable[..., Page], dataset: Dataset
) -> None:
    fill(dataset, cat=3, dog=1)
    page = open_page(served.url)
    tiles(page, "cat").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    expect(chosen(page)).to_have_count(2)
    field = page.get_by_label("New label for the selected instances")
    field.focus()
    page.keyboard.type("dog")
    page.keyboard.press("Enter")
    expect(tiles(page, "dog")).to_have_count(3)
    expect(tiles(page, "cat")).to_have_count(1)
    expect(page.get_by_text("2 instances labelled “dog”.")).to_be_visible()
    assert dataset.distinct("y") == {"cat": 1, "dog": 3}


def test_deleting_asks_first_and_keeps_on_no(
    served: Served, open_page: Callable[..., Page], dataset: Dataset
) -> None:
    ids = fill(dataset, cat=3)
    page = open_page(served.url)
    tiles(page, "cat").first.click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Delete 1 instance? This cannot be undone.")).to_be_visible()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("This cannot be undone.")).to_be_hidden()
    assert dataset.count() == 3
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete for good").click()
    expect(tiles(page, "cat")).to_have_count(2)
    # The newest stands first.
    assert [instance["id"] for instance in dataset.find(select=[])] == ids[:2]


def test_two_pages_agree_and_neither_loses_its_selection(
    served: Served, open_page: Callable[..., Page], dataset: Dataset
) -> None:
    fill(dataset, cat=4, dog=1)
    one, other = open_page(served.url), open_page(served.url)
    tiles(other, "cat").nth(3).click()
    expect(chosen(other)).to_have_count(1)
    tiles(one, "cat").nth(0).click()
    one.get_by_label("New label for the selected instances").fill("dog")
    one.get_by_role("button", name="Relabel").click()
    for page in (one, other):
        expect(tiles(page, "dog")).to_have_count(2)
        expect(tiles(page, "cat")).to_have_count(3)
    expect(chosen(other)).to_have_count(1)
    expect(chosen(one)).to_have_count(0)
    fill(dataset, fox=1)
    for page in (one, other):
        expect(tiles(page, "fox")).to_have_count(1)
    expect(chosen(other)).to_have_count(1)


def test_a_class_is_renamed_whole_and_its_label_shown_as_text(
    served: Served, open_page: Callable[..., Page], dataset: Dataset
) -> None:
    fill(dataset, cat=9)
    page = open_page(served.url)
    expect(tiles(page, "cat")).to_have_count(6)
    page.get_by_role("button", name="Rename the class cat").click()
    page.keyboard.type("<img src=x onerror=document.title='harm'> & co")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="<img src=x onerror")).to_be_visible()
    assert dataset.labels() == ["<img src=x onerror=document.title='harm'> & co"]
    assert dataset.count({"y": dataset.labels()[0]}) == 9
    assert page.title() == "Browse"


def test_more_of_a_class_is_shown_a_page_at_a_time_and_all_can_be_selected(
    served: Served, open_page: Callable[..., Page], dataset: Dataset
) -> None:
    fill(dataset, cat=20)
    page = open_page(served.url)
    expect(tiles(page, "cat")).to_have_count(6)
    page.get_by_role("button", name="Show more of cat").click()
    expect(tiles(page, "cat")).to_have_count(12)
    page.get_by_role("button", name="Select all of cat").click()
    expect(page.get_by_text("20 selected")).to_be_visible()
    page.get_by_label("New label for the selected instances").fill("dog")
    page.get_by_role("button", name="Relabel").click()
    expect(page.get_by_text("20 instances labelled “dog”.")).to_be_visible()
    assert dataset.distinct("y") == {"dog": 20}


def test_what_is_downloaded_can_be_uploaded_again(
    served: Served, open_page: Callable[..., Page], dataset: Dataset, tmp_path: Path
) -> None:
    fill(dataset, cat=3, dog=2)
    before = dataset.find()
    page = open_page(served.url)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    file = tmp_path / "drawings.zip"
    download.value.save_as(file)
    assert {Path(name).parent.name for name in zipfile.ZipFile(file).namelist()} >= {"cat", "dog"}
    dataset.clear()
    expect(page.get_by_text("No instances yet.")).to_be_visible()
    page.get_by_label("Zip file to upload").set_input_files(file)
    expect(page.get_by_text("5 instances added.")).to_be_visible()
    expect(tiles(page, "cat")).to_have_count(3)
    assert [(row["id"], row["y"], row["x"].tolist()) for row in dataset.find()] == [
        (row["id"], row["y"], row["x"].tolist()) for row in before
    ]


def test_an_upload_that_is_no_archive_is_refused_in_words(
    served: Served, open_page: Callable[..., Page], dataset: Dataset, tmp_path: Path
) -> None:
    fill(dataset, cat=1)
    page = open_page(served.url)
    expect(tiles(page, "cat")).to_have_count(1)
    wrong = tmp_path / "text.zip"
    wrong.write_text("this is no archive")
    page.get_by_label("Zip file to upload").set_input_files(wrong)
    expect(page.get_by_role("alert").filter(has_text="no whole zip archive")).to_be_visible()
    expect(page.get_by_role("button", name="Upload")).to_be_visible()
    assert dataset.count() == 1


def test_an_archive_whose_paths_climb_out_is_refused_in_words(
    served: Served, open_page: Callable[..., Page], dataset: Dataset, tmp_path: Path
) -> None:
    fill(dataset, cat=1)
    page = open_page(served.url)
    expect(tiles(page, "cat")).to_have_count(1)
    wrong = tmp_path / "climbing.zip"
    with zipfile.ZipFile(wrong, "w") as archive:
        archive.writestr("../../outside/evil.png", b"evil")
    page.get_by_label("Zip file to upload").set_input_files(wrong)
    expect(page.get_by_role("alert").filter(has_text="outside")).to_be_visible()
    assert dataset.count() == 1
    assert not list(tmp_path.parent.rglob("evil.png"))


def test_the_grid_keeps_its_place_and_pictures_while_others_capture(
    served: Served, open_page: Callable[..., Page], dataset: Dataset
) -> None:
    fill(dataset, cat=6, dog=6, fox=6, owl=6, yak=6)
    page = open_page(served.url, viewport={"width": 500, "height": 500})
    last = tiles(page, "yak").last
    last.scroll_into_view_if_needed()
    expect(last.locator("img")).to_be_visible()
    last.evaluate("node => { node.same = node.firstChild }")
    place = last.evaluate("node => node.getBoundingClientRect().top")
    fill(dataset, ant=1)
    expect(page.get_by_text("31 instances in 6 classes")).to_be_visible()
    until(lambda: page.get_by_role("heading", name="ant").count() == 1)
    assert last.evaluate("node => node.same === node.firstChild")
    until(lambda: abs(last.evaluate("node => node.getBoundingClientRect().top") - place) < 3)
