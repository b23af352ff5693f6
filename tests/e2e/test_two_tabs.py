"""Two pages of the teach app that train one model: both agree on what it is, whatever either does."""

from __future__ import annotations

import contextlib
import io
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Locator, Page, TimeoutError, expect

from imlkit import Dataset, HogFeatures, data_store
from imlkit.images import open_image
from imlkit.session import Session
from tests.e2e.served import Served, serving, until
from tests.e2e.teaching import TEACH, button, step

pytestmark = pytest.mark.e2e

EACH = 60
"""How many examples of each class there are: as many as make a training take a moment."""

LEARNED = 2 * EACH * 4 // 5
"""From how many it learns; the others are kept aside to check with."""

FORGET = """\
forget = Button("Forget the model")
forget.clicks.subscribe(lambda _: classifier.clear())
guide.step("Classes").use(forget)
guide.servable()
"""

# Notes that a training's progress is shown anew: a training may be over before one looks.
MOVES = """bar => {
  window.moved = false
  new MutationObserver(() => { window.moved = true })
    .observe(bar.getRootNode(), {subtree: true, childList: true, attributes: true, characterData: true})
}"""

Open = Callable[..., Page]


def picture(shape: str, n: int) -> bytes:
    """Return a PNG file of a circle or a cross, somewhat different for each number."""
    image = Image.new("RGB", (128, 128), "white")
    pen, shift = ImageDraw.Draw(image), n % 10
    box = (20 + shift, 20 + n // 10, 108 - n // 10, 108 - shift)
    if shape == "circle":
        pen.ellipse(box, outline="black", width=6)
    else:
        pen.line(box, "black", 6)
        pen.line((box[0], box[3], box[2], box[1]), "black", 6)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def teach(folder: Path) -> None:
    """Put examples of circles and crosses where the app will find them."""
    store = data_store(str(folder / "teach"))
    with Session().entered() as session:
        dataset, features = Dataset("examples", store), HogFeatures()
        for shape in ("circle", "cross"):
            images = [open_image(picture(shape, n), shape) for n in range(EACH)]
            dataset.create(
                [{"x": features.process(image), "y": shape, "thumbnail": image} for image in images]
            )
        session.dispose()
    store.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The teach app with examples of two classes, and a button that makes the model forget."""
    teach(tmp_path)
    source = TEACH.read_text("utf-8").replace("guide.servable()\n", FORGET)
    with serving(tmp_path, "teach", source) as served:
        yield served
        assert "Traceback" not in "".join(served.log), "".join(served.log)


def go(page: Page, name: str) -> None:
    """Go to a step by its name in the row of all steps."""
    page.get_by_role("tab", name=name, exact=True).click()
    step(page, name)


def opened(open_page: Open, served: Served, name: str) -> Page:
    page = open_page(served.url, viewport={"width": 1280, "height": 1500})
    step(page, "Classes")
    expect(page.get_by_role("textbox", name="Name of cross")).to_be_visible()
    go(page, name)
    return page


def train(page: Page) -> None:
    """Train, see it go on, and wait until the next step is open and another training could begin."""
    expect(button(page, "Cancel")).to_be_disabled()
    page.get_by_role("progressbar").evaluate(MOVES)
    button(page, "Train").click()
    page.wait_for_function("window.moved")
    trained(page)


def trained(page: Page) -> None:
    expect(page.get_by_text(re.compile(rf"rained on {LEARNED} instances of 2 classes")).first).to_be_visible(
        timeout=60_000
    )
    for name, enabled in (("Next", True), ("Train", True), ("Cancel", False)):
        expect(button(page, name)).to_be_enabled(enabled=enabled)


def under_way(page: Page) -> bool:
    return button(page, "Cancel").is_enabled() or button(page, "Next").is_enabled()


def asked(page: Page) -> bool:
    return page.get_by_role("dialog").count() > 0


def keep_training(page: Page) -> None:
    """Answer the question whether to keep training; it is taken back when the training is over before."""
    with contextlib.suppress(TimeoutError):
        button(page, "Keep training").click(timeout=3000)
    expect(page.get_by_role("dialog")).to_have_count(0)


def at_once(*buttons: Locator) -> None:
    """Press buttons on several pages at the same moment."""
    moment = 1000 * time.time() + 500
    for each in buttons:
        expect(each).to_be_enabled()
        each.evaluate("(button, moment) => { setTimeout(() => button.click(), moment - Date.now()) }", moment)


def try_picture(page: Page, shape: str, n: int) -> None:
    """Give a picture at the step at which new things are tried."""
    page.get_by_role("tab", name="Picture", exact=True).click()
    expect(button(page, "Choose images")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        button(page, "Choose images").click()
    file: FilePayload = {"name": f"{shape}.png", "mimeType": "image/png", "buffer": picture(shape, n)}
    chooser.value.set_files([file])


def answers(page: Page, label: str) -> str:
    """Wait for an answer, and return it with its confidence."""
    answer = page.get_by_role("status").filter(has_text=re.compile(rf"{label}.*%"))
    expect(answer).to_be_visible()
    return answer.inner_text()


def nothing_went_wrong(*pages: Page) -> None:
    for page in pages:
        assert page.get_by_role("dialog").count() == 0
        notes = page.locator(".notyf__toast, .MuiSnackbar-root, .MuiAlert-colorError").filter(visible=True)
        assert notes.all_inner_texts() == []


def test_both_press_train_at_once_have_the_same_model_and_can_train_again(
    served: Served, open_page: Open
) -> None:
    one, two = (opened(open_page, served, "Train") for _ in range(2))
    at_once(button(one, "Train"), button(two, "Train"))
    until(lambda: any(under_way(page) or asked(page) for page in (one, two)))
    for page in (one, two):
        # Whoever came second may have been asked whether to begin anew.
        until(lambda page=page: asked(page) or button(page, "Next").is_enabled(), 60)  # type: ignore[misc]
        if asked(page):
            keep_training(page)
        trained(page)
    shares = set()
    for page in (one, two):
        go(page, "Try it")
        try_picture(page, "cross", 105)
        shares.add(answers(page, "cross"))
    assert len(shares) == 1
    nothing_went_wrong(one, two)
    for page in (one, two):
        go(page, "Train")
        train(page)
    nothing_went_wrong(one, two)


def test_what_one_page_trains_anew_or_forgets_holds_on_the_other(served: Served, open_page: Open) -> None:
    one, two = (opened(open_page, served, name) for name in ("Train", "Classes"))
    train(one)
    go(one, "Try it")
    try_picture(one, "cross", 105)
    answers(one, "cross")
    field = two.get_by_role("textbox", name="Name of cross")
    field.fill("saltire")
    field.press("Enter")
    expect(two.get_by_role("textbox", name="Name of saltire")).to_have_value("saltire")
    go(two, "Train")
    train(two)
    try_picture(one, "cross", 106)
    answers(one, "saltire")
    go(two, "Classes")
    button(two, "Forget the model").click()
    expect(one.get_by_text("Train it first.").filter(visible=True).first).to_be_visible()
    expect(button(one, "Choose images")).to_have_count(0)
    go(two, "Train")
    expect(button(two, "Next")).to_be_disabled()
    train(two)
    try_picture(one, "circle", 105)
    answers(one, "circle")
    nothing_went_wrong(one, two)
