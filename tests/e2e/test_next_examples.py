"""Labelling the examples that are suggested next, in a real browser."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit import Dataset, data_store
from tests.e2e.served import Served

pytestmark = pytest.mark.e2e

SCRIPT = textwrap.dedent("""
    from imlkit import Button, Dashboard, Dataset, MLPClassifier, data_store
    from imlkit.components.data.next_examples import NextExamples
    points = Dataset("points", data_store("kept"))
    model = MLPClassifier(layers=(), epochs=40, learning_rate=0.05, validation_split=0)
    train = Button("Train")
    train.clicks.subscribe(lambda _: model.train(points.where({"y": {"$exists": True}})))
    examples = NextExamples(model, points.where({"y": {"$exists": False}}), count=4)
    app = Dashboard(title="Help")
    app.page("Main").use(train, examples)
    app.servable()
""")


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """The dataset that the served page shows, from another process."""
    return Dataset("points", data_store(str(tmp_path / "kept")))


@pytest.fixture
def served(serve: Callable[..., Served], tmp_path: Path, dataset: Dataset) -> Served:
    script = tmp_path / "help.py"
    script.write_text(SCRIPT)
    return serve(script)


def fill(dataset: Dataset, count: int = 8) -> None:
    places = np.linspace(-4, 4, count)
    dataset.create(
        [
            {"id": f"p{n}", "x": [float(place)], "thumbnail": np.full((32, 32, 3), 20 * n, np.uint8)}
            for n, place in enumerate(places)
        ]
    )


def suggestions(page: Page) -> Locator:
    return page.get_by_role("list", name="Suggested examples").get_by_role("listitem")


def test_labelling_suggestions_by_mouse(
    served: Served, open_page: Callable[..., Page], dataset: Dataset
) -> None:
    page = open_page(served.url)
    expect(page.get_by_text("No instances to label yet.")).to_be_visible()
    fill(dataset)
    expect(suggestions(page)).to_have_count(4)
    expect(page.get_by_text("The model has not been trained yet.")).to_be_visible()
    expect(suggestions(page).first.locator("img")).to_be_visible()
    for n, label in enumerate(["low", "high"], start=1):
        field = page.get_by_label(f"Label of suggestion {n}", exact=True)
        expect(page.get_by_role("button", name=f"Label suggestion {n}", exact=True)).to_be_disabled()
        field.fill(label)
        page.get_by_role("button", name=f"Label suggestion {n}", exact=True).click()
        expect(page.get_by_text(f"of {8 - n} unlabelled differ most")).to_be_visible()
        expect(suggestions(page)).to_have_count(4)
    assert dataset.distinct("y") == {"low": 1, "high": 1}
    page.get_by_role("button", name="Train").click()
    expect(page.get_by_text("Of 6 unlabelled, the model is least sure of these 4.")).to_be_visible()
    # A guess fills the field in, and waits for the person's word.
    suggestions(page).first.get_by_role("button", name="low ·").click()
    expect(page.get_by_label("Label of suggestion 1", exact=True)).to_have_value("low")
    page.get_by_role("button", name="Label suggestion 1", exact=True).click()
    expect(page.get_by_text("Of 5 unlabelled")).to_be_visible()
    assert dataset.count({"y": "low"}) == 2


def test_labelling_suggestions_by_keyboard_alone_until_none_is_left(
    served: Served, open_page: Callable[..., Page], dataset: Dataset
) -> None:
    fill(dataset, 5)
    page = open_page(served.url)
    expect(suggestions(page)).to_have_count(4)
    field = page.get_by_label("Label of suggestion 1", exact=True)
    field.focus()
    # Enter gives the label, and leads to the next field.
    for label in ("<b>low</b>", "high", "low"):
        page.keyboard.type(label)
        page.keyboard.press("Enter")
    expect(suggestions(page)).to_have_count(2)
    expect(page.get_by_text("These 2 of 2 unlabelled differ most")).to_be_visible()
    page.get_by_label("Label of suggestion 1", exact=True).focus()
    page.keyboard.press("Tab")  # the button Label has nothing to give yet, and is passed over
    expect(page.get_by_role("button", name="Skip suggestion 1", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(suggestions(page)).to_have_count(1)
    expect(page.get_by_label("Label of suggestion 1", exact=True)).to_be_focused()
    page.keyboard.type("high")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have skipped the last instance without a label.")).to_be_visible()
    page.get_by_role("button", name="Show the 1 skipped again").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Label of suggestion 1", exact=True).focus()
    page.keyboard.type("high")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Every instance has a label")).to_be_visible()
    assert dataset.distinct("y") == {"<b>low</b>": 1, "high": 3, "low": 1}


def test_a_label_begun_stays_while_the_suggestions_change_and_a_phone_shows_all(
    served: Served, open_page: Callable[..., Page], dataset: Dataset
) -> None:
    fill(dataset)
    page = open_page(served.url, viewport={"width": 390, "height": 800})
    expect(suggestions(page)).to_have_count(4)
    page.get_by_label("Label of suggestion 3", exact=True).fill("lo")
    shown = suggestions(page).nth(2).locator("img").get_attribute("src")
    dataset.patch_many([f"p{n}" for n in range(6)], {"y": "other"})
    expect(page.get_by_text("of 2 unlabelled")).to_be_visible()
    begun = suggestions(page).filter(has=page.locator(f'img[src="{shown}"]'))
    expect(begun.get_by_role("combobox")).to_have_value("lo")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
