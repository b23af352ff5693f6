"""The digits app, as a person uses it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit.location import data_store
from tests.e2e.served import ROOT, Served, serving

pytestmark = pytest.mark.e2e

DIGITS = (ROOT / "apps" / "digits.py").read_text()
EITHER = ("Neural network", "Nearest neighbours")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, "digits", DIGITS) as served:
        yield served


def opened(open_page: Callable[..., Page], served: Served, address: str = "", **options: Any) -> Page:
    page = open_page(served.url + address, **{"viewport": {"width": 1280, "height": 1400}, **options})
    page.get_by_role("link", name="Evaluation").wait_for(timeout=30_000)
    page.wait_for_function("Bokeh.documents.length > 0 && Bokeh.documents[0].is_idle")
    return page


def trained_and_predicted(page: Page) -> None:
    expect(page.get_by_text("1,347 digits to learn from, 450 held out.")).to_be_visible(timeout=90_000)
    page.get_by_role("button", name="Train the neural network").click()
    page.get_by_role("button", name="Train nearest neighbours").click()
    for name in EITHER:
        bar = page.get_by_role("progressbar", name=name, exact=True)
        expect(bar).to_have_attribute("aria-valuetext", re.compile(r"Trained on 1,\d{3}"), timeout=60_000)
    page.get_by_role("link", name="Evaluation").click()
    page.get_by_role("button", name="Predict the held-out digits").click()
    up_to_date(page)


def up_to_date(page: Page) -> None:
    for name in EITHER:
        row = page.get_by_role("row", name=re.compile(name)).filter(has_text="of 450")
        expect(row).to_contain_text("450 predictions, up to date.", timeout=60_000)


def matrix(page: Page, name: str) -> Locator:
    return page.get_by_role("grid", name=f"Confusion matrices of {name}")


def number(page: Page, model: str, truth: str, said: str) -> Locator:
    words = f"true {truth}, recognised" if truth == said else f"true {truth}, taken for {said}"
    return matrix(page, model).get_by_role("button", name=re.compile(f": {words}$"))


def accuracy(page: Page, name: str) -> int:
    row = page.get_by_role("row", name=re.compile(name)).filter(has_text="of 450")
    return int(re.search(r"(\d+) of 450", row.inner_text())[1])  # type: ignore[index]


def shown(page: Page) -> Locator:
    return page.get_by_role("option").locator("visible=true")


def relabel(page: Page, label: str) -> None:
    shown(page).first.click()
    page.get_by_label("New label for the selected instances").locator("visible=true").fill(label)
    page.get_by_role("button", name="Relabel", exact=True).locator("visible=true").click()


def test_train_predict_find_a_digit_behind_a_number_relabel_it_and_everything_follows(
    served: Served, open_page: Any, tmp_path: Path
) -> None:
    page = opened(open_page, served)
    trained_and_predicted(page)
    before = {name: accuracy(page, name) for name in EITHER}
    assert all(count > 405 for count in before.values())
    expect(page.get_by_text("to see its instances here.")).to_be_visible()

    number(page, "Nearest neighbours", "6", "6").click()
    expect(page.get_by_text("45 instances of “6” that “Nearest neighbours” recognises.")).to_be_visible()
    expect(number(page, "Nearest neighbours", "6", "6")).to_have_attribute("aria-pressed", "true")
    relabel(page, "5")
    expect(number(page, "Nearest neighbours", "5", "6")).to_have_text("1")
    expect(number(page, "Nearest neighbours", "6", "6")).to_have_text("44")
    expect(page.get_by_text("44 instances of “6”")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("Nearest neighbours")).filter(has_text="of 450")
    expect(row).to_contain_text(f"{before['Nearest neighbours'] - 1} of 450")
    expect(row).to_contain_text("450 predictions, up to date.")

    number(page, "Nearest neighbours", "5", "6").click()
    expect(shown(page)).to_have_count(1)
    relabel(page, "6")
    expect(number(page, "Nearest neighbours", "6", "6")).to_have_text("45")
    expect(number(page, "Nearest neighbours", "5", "6")).to_have_count(0)
    expect(shown(page)).to_have_count(0)
    assert {name: accuracy(page, name) for name in EITHER} == before

    relabelled = number(page, "Neural network", "0", "0")
    relabelled.click()
    relabel(page, "eight")
    expect(number(page, "Neural network", "eight", "0")).to_have_text("1")
    page.reload()
    up_to_date(page)
    expect(number(page, "Neural network", "eight", "0")).to_have_text("1")
    page.close()
    served.stop()
    with_labels = data_store(tmp_path / "digits-app")
    assert with_labels.collection("dataset/digits").count() == 1797
    assert with_labels.collection("predictions/network").count() == 450
    with_labels.close()

    with serving(tmp_path, "digits", DIGITS) as started_again:
        again = opened(open_page, started_again, "#evaluation")
        up_to_date(again)
        expect(number(again, "Nearest neighbours", "eight", "0")).to_have_text("1")
        again.close()


def test_a_new_training_makes_predictions_stale_and_predicting_again_renews_them(
    served: Served, open_page: Any
) -> None:
    page, other = opened(open_page, served), opened(open_page, served, "#evaluation")
    expect(other.get_by_text("Train “Nearest neighbours” first").first).to_be_visible()
    trained_and_predicted(page)
    up_to_date(other)
    page.get_by_role("link", name="Models").click()
    # Training data that lacks a digit makes another model.
    shown(page).first.click()
    page.get_by_role("button", name="Delete", exact=True).locator("visible=true").click()
    page.get_by_role("button", name="Delete for good").locator("visible=true").click()
    expect(page.get_by_text("1,346 instances in 10 classes")).to_be_visible()
    page.get_by_role("button", name="Train nearest neighbours").click()
    stale = "450 made before the model was last trained"
    row = other.get_by_role("row", name=re.compile("Nearest neighbours")).filter(has_text="of 450")
    expect(row).to_contain_text(stale)
    other.get_by_role("button", name="Predict the held-out digits").click()
    up_to_date(other)
    page.get_by_role("link", name="Evaluation").click()
    up_to_date(page)


def test_the_matrix_works_by_keyboard_on_a_phone(served: Served, open_page: Any) -> None:
    page = opened(open_page, served, viewport={"width": 390, "height": 844})
    trained_and_predicted(page)
    first = number(page, "Nearest neighbours", "0", "0")
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(number(page, "Nearest neighbours", "1", "1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("46 instances of “1” that “Nearest neighbours” recognises.")).to_be_visible()
    expect(number(page, "Nearest neighbours", "1", "1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("to see its instances here.")).to_be_visible()
    choice = page.get_by_role("combobox", name="Numbers:")
    choice.select_option("by true class")
    expect(matrix(page, "Nearest neighbours").get_by_text("100 %").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
