"""Images, texts and confusion matrices of runs in a real browser, while they are logged."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import Run
from imlkit.training.run_record import MEDIA
from tests.e2e.served import serving, until

pytestmark = pytest.mark.e2e

APP = """
from pathlib import Path

import panel as pn

from imlkit import Dashboard, Stream, TextInput, data_store
from imlkit.components.experiments.run_images import RunImages
from imlkit.errors import StoreUnavailableError
from imlkit.training import Runs

class Fragile(Runs):
    def read(self, ids=None):
        if (Path(__file__).parent / "broken").exists():
            raise StoreUnavailableError("The store at the other end does not answer: start it.")
        return super().read(ids)

asked = [part.decode() for part in pn.state.session_args.get("runs", [])]
chosen = Stream(tuple(asked))
typed = TextInput(title="Runs")
typed.value.filter(bool).subscribe(lambda words: chosen.set(tuple(words.split())))
app = Dashboard(title="Runs")
app.page("Main").sidebar(typed).use(RunImages(Fragile(data_store("runs")), chosen))
app.servable()
"""

SCRIPT = "<img src=x onerror=window.ran=1>"

Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("images")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serving(folder, "images", APP) as served:
        yield served.url


@pytest.fixture(scope="module")
def store(folder: Path) -> Store:
    return data_store(folder / "runs")


@pytest.fixture
def showing(address: str, open_page: Callable[..., Page]) -> Opened:
    """Open a page that shows runs."""

    def show(*runs: str, **options: object) -> Page:
        return open_page(f"{address}?{'&'.join(f'runs={run}' for run in runs)}", **options)

    return show


def picture(side: int = 40, level: int = 128) -> Any:
    return np.full((side, side, 3), level, np.uint8)


def study(store: Store, name: str = "study", steps: int = 5, every: int = 1) -> str:
    """Log images, texts and matrices of some steps; return the run's id."""
    with Run(store, name) as run:
        for step in range(1, steps + 1):
            run.log(step=10 * step, epoch=step, loss=1.0)
            if step % every == 0:
                run.log_image("sample", picture(40, 40 * step), f"{name} after {step}")
            run.log_text("note", f"epoch {step}\nsecond line")
            run.log_confusion("validation", [[10 + step, 2], [3, 1000]], ["cat", "dog"])
    return run.id


def group(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def place(page: Page, name: str) -> Locator:
    return group(page, name).locator("output")


def test_images_arrive_while_a_run_logs(store: Store, showing: Opened) -> None:
    with Run(store, "live") as run:
        page = showing(run.id)
        expect(
            page.get_by_text("This run has logged no images, texts or confusion matrices yet.")
        ).to_be_visible()
        expect(page.get_by_text("run.log_image(")).to_be_visible()
        images = group(page, "Image sample")
        for step in range(1, 5):
            run.log(step=step, epoch=step / 2, loss=1.0)
            run.log_image("sample", picture(), f"after {step}")
            expect(images.get_by_role("img")).to_have_attribute(
                "alt", f"after {step} (sample of live at step {step})"
            )
        expect(place(page, "Image sample")).to_have_text("step 4, epoch 2, the latest")
        expect(page.get_by_text("This run has logged no")).to_be_hidden()
        assert images.get_by_role("img").evaluate("image => [image.naturalWidth, image.width]") == [40, 160]


def test_a_person_who_goes_back_stays_there_until_the_latest_is_wanted(store: Store, showing: Opened) -> None:
    with Run(store, "live") as run:
        for step in range(1, 4):
            run.log(step=step, loss=1.0)
            run.log_text("note", f"text {step}")
        page = showing(run.id)
        text = group(page, "Text note").locator("pre")
        expect(text).to_have_text("text 3")
        slider = page.get_by_role("slider", name="Step of note")
        slider.focus()
        page.keyboard.press("ArrowLeft")
        expect(text).to_have_text("text 2")
        expect(place(page, "Text note")).to_have_text("step 2")
        expect(slider).to_have_attribute("aria-valuetext", "step 2")
        run.log(step=4, loss=1.0)
        run.log_text("note", "text 4")
        expect(slider).to_have_attribute("max", "3")
        expect(text).to_have_text("text 2")
        page.get_by_role("button", name="Earlier step of note").click()
        expect(text).to_have_text("text 1")
        page.get_by_role("button", name="Latest of note").click()
        expect(text).to_have_text("text 4")
        run.log(step=5, loss=1.0)
        run.log_text("note", "text 5")
        expect(text).to_have_text("text 5")
        expect(place(page, "Text note")).to_have_text("step 5, the latest")


def test_two_runs_stand_side_by_side(store: Store, showing: Opened) -> None:
    one, two = study(store, "one", 4), study(store, "two", 6, every=3)
    page = showing(one)
    expect(group(page, "Image sample").get_by_role("img")).to_have_count(1)
    page.get_by_label("Runs", exact=True).first.fill(f"{one} {two}")
    page.keyboard.press("Enter")
    images = group(page, "Image sample")
    cards = images.locator("figure")
    expect(cards).to_have_count(2)
    expect(cards.nth(0)).to_contain_text("one after 4")
    expect(cards.nth(0)).to_contain_text("step 40, epoch 4")
    expect(cards.nth(1)).to_contain_text("two after 6")
    tops = [box["y"] for card in (cards.nth(0), cards.nth(1)) if (box := card.bounding_box())]
    assert tops[0] == tops[1]
    page.get_by_role("slider", name="Step of sample").focus()
    page.keyboard.press("Home")
    expect(place(page, "Image sample")).to_have_text("step 10, epoch 1")
    expect(cards.nth(0)).to_contain_text("one after 1")
    expect(cards.nth(1)).to_contain_text("Nothing was logged up to here.")


def test_a_confusion_matrix_is_a_table_with_counts(store: Store, showing: Opened) -> None:
    page = showing(study(store))
    matrix = group(page, "Confusion matrix validation")
    expect(matrix.get_by_role("columnheader")).to_have_text(["cat", "dog"])
    expect(matrix.get_by_role("rowheader")).to_have_text(["cat", "dog"])
    expect(matrix.get_by_role("cell")).to_have_text(["", "15", "2", "3", "1,000"])
    expect(matrix.locator("caption")).to_contain_text("Right: 99.5% of 1,020. Rows: what they are")


def test_what_is_damaged_says_so_in_its_place(store: Store, showing: Opened) -> None:
    run = study(store, "damaged", 1)
    media = store.collection(MEDIA)
    media.create({"run": run, "kind": "image", "name": "no picture", "step": "x"})
    media.create({"run": run, "kind": "confusion", "counts": np.zeros((2, 3)), "labels": ["a"]})
    page = showing(run)
    expect(group(page, "Image no picture")).to_contain_text("It is damaged: its document holds no picture.")
    expect(group(page, "Image no picture")).to_contain_text("step unknown")
    expect(group(page, "Confusion matrix without a name")).to_contain_text("its counts do not fit its labels")
    expect(group(page, "Image sample").get_by_role("img")).to_be_visible()


def test_names_and_texts_are_text(store: Store, showing: Opened) -> None:
    names = [SCRIPT, "constructor", "__proto__", "\u202ename", "a" * 300]
    with Run(store, SCRIPT) as run, Run(store, "other") as other:
        for name in names:
            run.log_text(name, SCRIPT)
            run.log_image(name, picture(), SCRIPT)
            run.log_confusion(name, [[1]], [SCRIPT])
        other.log_text(names[0], "words")
    page = showing(run.id, other.id)
    expect(page.locator("section.group")).to_have_count(8)
    page.get_by_role("button", name="Show 7 more of 7").click()
    expect(page.locator("section.group")).to_have_count(15)
    expect(group(page, f"Text {SCRIPT}").locator("pre").first).to_have_text(SCRIPT)
    for name in names[:3]:
        group(page, f"Image {name}").scroll_into_view_if_needed()
        expect(group(page, f"Image {name}").locator("figcaption")).to_have_text(SCRIPT)
    group(page, f"Confusion matrix {SCRIPT}").scroll_into_view_if_needed()
    expect(group(page, f"Confusion matrix {SCRIPT}").get_by_role("rowheader")).to_have_text(SCRIPT)
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_thousands_of_images_are_asked_for_one_by_one(store: Store, showing: Opened) -> None:
    with Run(store, "long") as run:
        pass
    store.collection(MEDIA).create(
        [
            {
                "run": run.id,
                "kind": "image",
                "name": f"image {n % 20}",
                "step": n,
                "image": picture(32, n % 256),
            }
            for n in range(4_000)
        ]
    )
    received: list[int] = []
    page = showing(run.id)
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    begun = time.monotonic()
    page.reload()
    expect(group(page, "Image image 0").get_by_role("img")).to_be_visible()
    assert time.monotonic() - begun < 15
    expect(page.locator("section.group")).to_have_count(8)
    expect(page.get_by_text("20 names")).to_be_visible()
    assert page.get_by_role("img", name="image 7").count() == 0
    slider = page.get_by_role("slider", name="Step of image 0")
    expect(slider).to_have_attribute("max", "199")
    slider.focus()
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    expect(place(page, "Image image 0")).to_have_text("step 3,380")
    expect(group(page, "Image image 0").get_by_role("img")).to_have_attribute(
        "alt", "image 0 of long at step 3,380"
    )
    page.get_by_role("searchbox", name="Find by name").fill("image 19")
    expect(page.locator("section.group")).to_have_count(1)
    expect(group(page, "Image image 19").get_by_role("img")).to_be_visible()
    assert 0 < sum(received) < 2_000_000, sum(received)


def test_a_picture_is_shown_larger_by_pressing_it(store: Store, showing: Opened) -> None:
    with Run(store, "large") as run:
        run.log_image("sample", np.zeros((700, 1400, 3), np.uint8))
    page = showing(run.id)
    large = group(page, "Image sample").get_by_role("button", pressed=False)
    expect(group(page, "Image sample")).to_contain_text("Shown smaller than its 1,400 × 700 pixels.")
    image = group(page, "Image sample").get_by_role("img")
    width = "image => image.getBoundingClientRect().width"
    assert image.evaluate(width) <= 320
    large.focus()
    page.keyboard.press("Enter")
    until(lambda: image.evaluate(width) > 600)


def test_empty_views_say_how_to_begin(showing: Opened) -> None:
    page = showing()
    expect(page.get_by_text("No run is chosen. Choose one or more runs")).to_be_visible()
    page = showing("gone")
    expect(page.get_by_text("The run is no longer there. Choose another one.")).to_be_visible()


def test_a_store_that_does_not_answer_is_tried_again(folder: Path, store: Store, showing: Opened) -> None:
    run = study(store)
    (folder / "broken").touch()
    try:
        page = showing(run)
        problem = page.get_by_role("alert").filter(has_text="does not answer: start it.")
        expect(problem).to_be_visible()
    finally:
        (folder / "broken").unlink()
    page.get_by_role("button", name="Try again").click()
    expect(group(page, "Text note")).to_be_visible()
    expect(problem).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(store: Store, showing: Opened, scheme: str) -> None:
    runs = [study(store, f"run {n} " + "with a long name " * 3 * n) for n in range(3)]
    labels = [f"a rather long label {n}" for n in range(12)]
    with Run(store, "wide") as wide:
        wide.log_confusion("validation", np.arange(144).reshape(12, 12), labels)
        wide.log_image("sample", picture(1500))
    for options in ({}, {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}):
        page = showing(*runs, wide.id, color_scheme=scheme, **options)
        expect(group(page, "Image sample").get_by_role("img")).to_have_count(4)
        group(page, "Confusion matrix validation").scroll_into_view_if_needed()
        expect(group(page, "Confusion matrix validation").locator("table")).to_have_count(4)
        found = Axe().run(page)
        assert not found.response["violations"], [
            (f["id"], n["html"]) for f in found.response["violations"] for n in f["nodes"]
        ]
        assert page.evaluate("document.documentElement.scrollWidth") <= (390 if options else 1280)
    parts = page.locator(".run-images").locator("button, input")
    tall = "(all) => all.map((one) => one.getBoundingClientRect().height)"
    assert min(parts.filter(visible=True).evaluate_all(tall)) >= 40
    expect(page.get_by_role("button", name=re.compile("Earlier step of sample"))).to_be_visible()
