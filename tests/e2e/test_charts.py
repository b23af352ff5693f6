"""Charts in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.served import serving

pytestmark = pytest.mark.e2e

APP = """
import panel as pn
import panel_material_ui as pmui
from imlkit import Button, ConfidencePlot, Prediction, Stream, TrainingPlot, TrainingProgress, TrainingStatus
from imlkit.errors import NotTrainedError

class Learner:
    def __init__(self):
        self.training = Stream(TrainingStatus())
    def cancel(self):
        done = self.training.value
        self.training.set(TrainingStatus("cancelled", done.epoch, done.epochs, done.metrics))

learner, strokes = Learner(), Stream()
step, restart, stroke, untrained, crowd = map(Button, ["Step", "Restart", "Stroke", "Untrained", "Crowd"])

def next_epoch(_):
    epoch = learner.training.value.epoch + 1
    values = tuple(1 / n for n in range(1, epoch + 1))
    metrics = {"loss": values, "validation_loss": values, "accuracy": tuple(1 - v / 2 for v in values)}
    learner.training.set(TrainingStatus("epoch", epoch, 5, metrics))

def predict(n):
    if n is None:
        raise NotTrainedError("The classifier is not trained: press Train.")
    if n == "crowd":
        return Prediction("class 7", {f"class {i}": 0.7 if i == 7 else 0.3 / 299 for i in range(300)})
    share = (n % 50 + 50) / 100
    return Prediction("cat", {"a dog": 1 - share, "cat": share, "<i>" + "long " * 40: 0.0})

step.clicks.subscribe(next_epoch)
restart.clicks.subscribe(lambda _: learner.training.set(TrainingStatus("start", 0, 5)))
stroke.clicks.map(lambda n: n + 40).subscribe(strokes)
untrained.clicks.subscribe(lambda _: strokes.set(None))
crowd.clicks.subscribe(lambda _: strokes.set("crowd"))
plot, curves = ConfidencePlot(strokes.compute(predict, policy="latest")), TrainingPlot(learner)
progress = TrainingProgress(learner)
parts = [step, restart, stroke, untrained, crowd, plot, progress, curves]
dark = b"yes" in pn.state.session_args.get("dark", [])
pmui.Page(title="Charts", dark_theme=dark, main=[pmui.Column(*[part.view() for part in parts])]).servable()
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("charts"), "charts", APP) as served:
        yield served.url


@pytest.fixture
def page(address: str, open_page: Callable[..., Page]) -> Page:
    page = open_page(address)
    expect(page.get_by_text("Draw something")).to_be_visible()
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_bars_change_in_place_and_keep_their_order(page: Page) -> None:
    press(page, "Stroke")
    expect(page.get_by_role("status")).to_have_text("cat91 %")
    rows = page.get_by_role("list", name="Confidence of each class").get_by_role("listitem")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("a dog")
    expect(rows.nth(2)).to_contain_text("<i>long")
    rows.nth(1).evaluate("row => { row.mark = 'kept' }")

    press(page, "Stroke")
    expect(rows.nth(1)).to_contain_text("92 %")
    assert rows.nth(1).evaluate("row => row.mark") == "kept"


def test_an_untrained_classifier_is_explained_until_it_answers(page: Page) -> None:
    press(page, "Stroke")
    expect(page.get_by_text("91 %").first).to_be_visible()
    press(page, "Untrained")
    expect(page.get_by_text("The classifier is not trained: press Train.").first).to_be_visible()
    expect(page.get_by_role("list", name="Confidence of each class")).to_be_hidden()

    press(page, "Stroke")
    expect(page.get_by_role("status")).to_have_text("cat92 %")


def test_of_hundreds_of_classes_the_leading_ones_are_shown(page: Page) -> None:
    press(page, "Crowd")
    expect(page.get_by_text("290 more classes share")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="class 7")).to_contain_text("70 %")
    expect(page.get_by_role("listitem")).to_have_count(10)


def test_a_stroke_reaches_the_bars_at_once(page: Page) -> None:
    press(page, "Stroke")
    expect(page.get_by_role("status")).to_have_text("cat91 %")
    button = page.get_by_role("button", name="Stroke", exact=True)
    status = page.get_by_role("status").element_handle()
    took = button.evaluate(
        """async (button, status) => {
          const times = []
          for (let n = 0; n < 20; n++) {
            const before = performance.now()
            await new Promise((done) => {
              const seen = new MutationObserver(() => { seen.disconnect(); done() })
              seen.observe(status.getRootNode(), {subtree: true, childList: true, attributes: true,
                                                 characterData: true})
              button.click()
            })
            times.push(performance.now() - before)
          }
          return times.sort((a, b) => a - b)
        }""",
        status,
    )
    assert took[len(took) // 2] < 100, took


def test_curves_grow_epoch_by_epoch_and_a_restart_clears_them(page: Page) -> None:
    press(page, "Step")
    expect(page.get_by_text("Epoch 1 of 5: loss 1.00, validation loss 1.00, accuracy 50 %")).to_be_visible()
    expect(page.locator(".bk-Figure")).to_have_count(2)
    page.locator(".bk-Figure").first.evaluate("figure => { figure.mark = 'kept' }")
    press(page, "Step")
    expect(page.get_by_text("Epoch 2 of 5: loss 0.50")).to_be_visible()
    await_drawn(page, [2, 2])

    press(page, "Restart")
    expect(page.get_by_text("Preparing the training").first).to_be_visible()
    await_drawn(page, [0, 0])
    press(page, "Step")
    expect(page.get_by_text("Epoch 1 of 5: loss 1.00")).to_be_visible()
    await_drawn(page, [1, 1])
    assert page.locator(".bk-Figure").first.evaluate("figure => figure.mark") == "kept"


def test_the_values_of_an_epoch_are_told_where_the_mouse_is(page: Page) -> None:
    for _ in range(3):
        press(page, "Step")
    await_drawn(page, [3, 3])
    box = page.locator(".bk-Figure").first.bounding_box()
    assert box is not None
    told = page.locator(".bk-Tooltip").filter(visible=True)
    for x in range(40, int(box["width"]), 4):
        page.mouse.move(box["x"] + x, box["y"] + box["height"] / 2)
        if told.count():
            break
    expect(told.first).to_contain_text("epoch")


def await_drawn(page: Page, epochs: list[int]) -> None:
    """Wait until the figures hold that many epochs each."""
    page.wait_for_function(
        """(epochs) => String([...Bokeh.documents[0].all_models]
            .filter((model) => model.type === "ColumnDataSource" && model.data.epoch !== undefined)
            .map((source) => source.data.epoch.length)) === String(epochs)""",
        arg=epochs,
    )


def test_a_running_training_is_cancelled_with_its_button(page: Page) -> None:
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    expect(cancel).to_be_disabled()
    press(page, "Step")
    bar = page.get_by_role("progressbar", name="Training progress")
    expect(bar).to_have_attribute("aria-valuenow", "20")

    cancel.click()

    expect(page.get_by_text(re.compile("Training cancelled after 1 epoch of 5")).first).to_be_visible()
    expect(cancel).to_be_disabled()


@pytest.mark.parametrize("dark", ["no", "yes"])
def test_everything_fits_a_phone(address: str, open_page: Callable[..., Page], dark: str) -> None:
    page = open_page(f"{address}?dark={dark}", viewport={"width": 390, "height": 844}, is_mobile=True)
    expect(page.get_by_text("Draw something")).to_be_visible()
    press(page, "Stroke")
    press(page, "Step")
    expect(page.get_by_text("Epoch 1 of 5: loss")).to_be_visible()
    expect(page.locator(".bk-Figure").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axis = page.evaluate(
        """() => [...Bokeh.documents[0].all_models].find((model) => model.type === "LinearAxis")
            .major_label_text_color"""
    )
    assert luminous(axis) == (dark == "yes"), axis


def luminous(color: str) -> bool:
    """Whether a colour is a light one, as text on a dark page must be."""
    numbers = (
        [float(number) for number in re.findall(r"[\d.]+", color)] if "(" in color else hexadecimal(color)
    )
    return sum(numbers[:3]) > 3 * 127


def hexadecimal(color: str) -> list[float]:
    digits = color.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    return [float(int(digits[start : start + 2], 16)) for start in (0, 2, 4)]
