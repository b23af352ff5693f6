"""Widgets in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.served import serving

pytestmark = pytest.mark.e2e

APP = """
import threading
import panel_material_ui as pmui
from imlkit import Button, Select, Session, Slider, Text, TextInput, Toggle

label, said = TextInput("Label"), Text("nothing")
capture, predict, clear, storm = Button("Capture"), Button("Predict"), Button("Clear"), Button("Storm")
capture.clicks.snapshot(label.value).subscribe(lambda text: said.value.set(f"captured {text!r}"))
predict.clicks.subscribe(lambda n: label.value.set("dog" if n == 1 else f"dog {n}"))
clear.clicks.subscribe(lambda _: label.value.set(""))

session = Session.current()
def blow():
    with session.entered():
        for n in range(400):
            label.value.set(f"prediction {n}")
            stop.wait(0.005)
        said.value.set("the storm is over")
stop = threading.Event()
session.at_end(stop.set)
storm.clicks.subscribe(lambda _: threading.Thread(target=blow, daemon=True).start())

animal = Select(["cat", "dog", "<b>bird</b>", "y" * 3000], title="Animal")
chosen = Text(); animal.value.subscribe(lambda value: chosen.value.set(f"chosen {str(value)[:20]}"))
neighbours = Slider(1, 9, 3, title="Neighbours")
number = Text(); neighbours.value.subscribe(lambda value: number.value.set(f"neighbours {value!r}"))
mirror = Toggle("Mirror")
mirrored = Text(); mirror.value.subscribe(lambda value: mirrored.value.set(f"mirrored {value}"))
capture_off = Button("Off"); capture_off.disabled.set(True)
notes = Text("**bold** <script>hacked = 1</script><img src=x onerror='hacked = 1'> "
             "<a href='javascript:hacked=1'>link</a>", format="markdown")
long = TextInput("L" * 10_000, value="<script>hacked = 1</script>" * 400)
parts = [label, capture, predict, clear, storm, said, animal, chosen, neighbours, number, mirror, mirrored,
         capture_off, notes, long]
pmui.Page(title="Widgets", main=[pmui.Column(*[part.view() for part in parts])]).servable()
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("widgets"), "widgets", APP) as served:
        yield served.url


@pytest.fixture
def page(address: str, open_page: Callable[..., Page]) -> Page:
    page = open_page(address)
    expect(page.get_by_text("nothing", exact=True)).to_be_visible()
    return page


def label(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Label", exact=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def suggestion(page: Page, text: str) -> Locator:
    return page.get_by_role("button", name=f"Suggested: {text}", exact=True)


def test_a_prediction_fills_a_field_nobody_typed_in(page: Page) -> None:
    press(page, "Predict")
    expect(label(page)).to_have_value("dog")
    press(page, "Predict")
    expect(label(page)).to_have_value("dog 2")


def test_typed_text_stays_until_it_is_captured(page: Page) -> None:
    label(page).press_sequentially("cat")
    press(page, "Predict")
    expect(suggestion(page, "dog")).to_be_visible()
    expect(label(page)).to_have_value("cat")

    press(page, "Capture")
    expect(page.get_by_text("captured 'cat'")).to_be_visible()
    press(page, "Predict")
    expect(label(page)).to_have_value("dog 2")


def test_clearing_after_a_click_applies(page: Page) -> None:
    label(page).press_sequentially("cat")
    press(page, "Clear")
    expect(label(page)).to_have_value("")


def test_the_suggestion_is_taken_by_keyboard(page: Page) -> None:
    label(page).press_sequentially("cat")
    press(page, "Predict")
    expect(suggestion(page, "dog")).to_be_visible()

    label(page).focus()
    page.keyboard.press("Tab")
    expect(suggestion(page, "dog")).to_be_focused()
    page.keyboard.press("Enter")

    expect(label(page)).to_have_value("dog")
    expect(label(page)).to_be_focused()
    expect(suggestion(page, "dog")).to_be_hidden()
    press(page, "Capture")
    expect(page.get_by_text("captured 'dog'")).to_be_visible()


def test_a_storm_of_predictions_takes_no_letter_from_a_typist(page: Page) -> None:
    press(page, "Storm")
    expect(label(page)).to_have_value(re.compile("prediction"))
    # What a person does who wants to write something else.
    label(page).focus()
    page.keyboard.press("Control+A")
    text = "an elephant with a very long trunk"
    page.keyboard.type(text[0])
    typed = label(page).input_value()
    for letter in text[1:]:
        page.keyboard.type(letter)
        typed += letter
        assert label(page).input_value() == typed
    assert typed.endswith(text)

    expect(page.get_by_text("the storm is over")).to_be_visible()
    expect(label(page)).to_have_value(typed)
    expect(suggestion(page, "prediction 399")).to_be_visible()
    press(page, "Capture")
    expect(page.get_by_text(f"captured {typed!r}")).to_be_visible()


def test_a_disabled_button_cannot_be_pressed(page: Page) -> None:
    expect(page.get_by_role("button", name="Off", exact=True)).to_be_disabled()


def test_select_slider_and_toggle_work_by_keyboard(page: Page) -> None:
    page.get_by_role("combobox", name="Animal").focus()
    page.keyboard.type("dog")
    expect(page.get_by_text("chosen dog")).to_be_visible()

    page.get_by_role("slider", name="Neighbours").press("ArrowRight")
    expect(page.get_by_text("neighbours 4", exact=True)).to_be_visible()

    page.get_by_role("switch", name="Mirror").press("Space")
    expect(page.get_by_text("mirrored True")).to_be_visible()


def test_a_label_with_markup_is_chosen_as_text(page: Page) -> None:
    page.get_by_role("combobox", name="Animal").select_option(label="<b>bird</b>")
    expect(page.get_by_text("chosen <b>bird</b>")).to_be_visible()


def test_nothing_that_came_as_text_runs(page: Page) -> None:
    expect(page.get_by_text("bold", exact=True)).to_be_visible()
    assert page.evaluate("typeof hacked") == "undefined"
    expect(page.get_by_text("link", exact=True)).not_to_have_attribute("href", re.compile("javascript"))


def test_long_labels_do_not_widen_a_phone(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(page.get_by_text("nothing", exact=True)).to_be_visible()
    page.get_by_role("combobox", name="Animal").select_option(index=4)
    expect(page.get_by_text("chosen yyyy")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
