"""Pictures that nobody has named, of which the teach app asks about the most telling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit import Dataset, HogFeatures, MLPClassifier, data_store
from imlkit.images import open_image
from imlkit.store import Store
from tests.e2e.served import until
from tests.e2e.teaching import TEACH, files, picture, step

pytestmark = pytest.mark.e2e


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The store of a teach app that has learned circles and crosses."""
    store, features = data_store(str(tmp_path / "teach")), HogFeatures()
    examples = Dataset("examples", store)
    for shape in ("circle", "cross"):
        for n in range(4):
            image = open_image(picture(shape, 0.02 * n))
            examples.create({"x": features.process(image), "y": shape, "thumbnail": image})
    model = MLPClassifier(layers=(64, 32), epochs=30).sync(store, "teach-classifier")
    model.train(examples)
    assert model.wait(60).state == "success"
    model.dispose()
    return store


def suggestions(page: Page) -> Locator:
    return page.get_by_role("list", name="Suggested examples").get_by_role("listitem")


def test_pictures_without_a_class_are_asked_about_and_become_examples(
    serve: Any, open_page: Callable[..., Page], store: Store
) -> None:
    examples, unnamed = Dataset("examples", store), Dataset("unnamed", store)
    page = open_page(serve(TEACH).url + "#improve", viewport={"width": 1280, "height": 1500})
    step(page, "Improve")
    expect(page.get_by_text("there is nothing left to label")).to_be_visible()
    picker = page.get_by_role("button", name="Choose images").filter(visible=True)
    with page.expect_file_chooser() as chooser:
        picker.click()
    chooser.value.set_files(files("cross", 3) + files("circle", 2))
    expect(suggestions(page)).to_have_count(5)
    expect(page.get_by_text("Of 5 unlabelled, the model is least sure of these 5.")).to_be_visible()
    field = page.get_by_label("Label of suggestion 1", exact=True)
    field.fill("cross")
    page.get_by_role("button", name="Label suggestion 1", exact=True).click()
    expect(suggestions(page)).to_have_count(4)
    until(lambda: (examples.count(), unnamed.count()) == (9, 4))
    moved = examples.find({"y": "cross"})[-1]
    assert moved["features"] == "Shapes/1764"
    assert np.asarray(moved["x"]).shape == (1764,)
    # What was not named is there again after a reload.
    page.reload()
    step(page, "Improve")
    expect(suggestions(page)).to_have_count(4)


def test_without_pictures_it_says_how_to_begin(
    serve: Any, open_page: Callable[..., Page], store: Store
) -> None:
    page = open_page(serve(TEACH).url + "#improve", viewport={"width": 390, "height": 844})
    step(page, "Improve")
    expect(page.get_by_text("there is nothing left to label")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
