"""A training whose page is reloaded, whose server dies, or which another page watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.served import Served, serving

pytestmark = pytest.mark.e2e

SCRIPT = """
import numpy as np
from imlkit import Button, Dashboard, Dataset, MLPClassifier, TrainingProgress, data_store

store = data_store("kept")
examples = Dataset("points", store)
if not examples.count():
    random = np.random.default_rng(0)
    examples.create([{"x": random.normal(c, 1, 8).astype("float32"), "y": "ab"[c]} for c in (0, 1) * 100])
model = MLPClassifier(epochs=EPOCHS).sync(store, "points")
train = Button("Train")
train.clicks.subscribe(lambda _: model.train(examples))
app = Dashboard(title="Points")
app.page("Main").use([train], TrainingProgress(model))
app.servable()
"""
ENDLESS = SCRIPT.replace("EPOCHS", "100_000")
SHORT = SCRIPT.replace("EPOCHS", "200")


def progress(page: Page) -> Any:
    return page.get_by_role("progressbar", name="Training progress")


def said(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible(timeout=30_000)


@pytest.fixture
def endless(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, "points", ENDLESS) as served:
        yield served


def test_a_reload_shows_the_training_that_goes_on_and_its_end(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    with serving(tmp_path, "points", SHORT) as served:
        page = open_page(served.url)
        page.get_by_role("button", name="Train").click()
        said(page, "Epoch")
        page.reload()
        said(page, "Epoch")
        expect(page.get_by_role("button", name="Cancel")).to_be_enabled()
        said(page, "Trained on 160 instances of 2 classes")


def test_another_page_watches_it_and_may_cancel_it(endless: Served, open_page: Callable[..., Page]) -> None:
    first, second = open_page(endless.url), open_page(endless.url)
    first.get_by_role("button", name="Train").click()
    said(second, "Epoch")
    # Asked before it is replaced, on the page that wants to.
    second.get_by_role("button", name="Train").click()
    expect(second.get_by_role("dialog")).to_contain_text("A training is running")
    second.get_by_role("button", name="Keep training").click()
    expect(second.get_by_role("dialog")).to_have_count(0)
    first.close()
    second.get_by_role("button", name="Cancel").click()
    said(second, "The training was cancelled.")
    expect(second.get_by_role("button", name="Cancel")).to_be_disabled()


def test_a_server_that_dies_in_it_says_so_when_it_is_back(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    with serving(tmp_path, "points", ENDLESS) as served:
        page = open_page(served.url)
        page.get_by_role("button", name="Train").click()
        said(page, "Epoch")
        page.close()
        served.process.kill()
        served.process.wait(15)
    with serving(tmp_path, "points", SHORT) as served:
        page = open_page(served.url)
        said(page, "The last training was cut short")
        page.get_by_role("button", name="Train").click()
        said(page, "Trained on 160 instances of 2 classes")
        page.reload()
        said(page, "Loaded a model trained on 160 instances")
