"""Parts of an app for teaching by examples, in a real browser: a held button, likenesses, mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.served import Served, serving

pytestmark = pytest.mark.e2e

SCRIPT = """
import numpy as np
import panel_material_ui as pmui
from imlkit import Button, Dashboard, Dataset, KNNClassifier, Stream, Text, data_store
from imlkit.components.data.mistakes import Mistakes
from imlkit.components.data.similar_examples import SimilarExamples
from imlkit.components.inputs.hold_button import HoldButton

def example(label, n):
    place = 9.0 * (label == "dog")
    picture = np.full((40, 40, 3), int(40 + 4 * n), np.uint8)
    return {"x": np.array([place + 0.05 * n, place], np.float32), "y": label, "thumbnail": picture}

dataset = Dataset("animals", data_store("memory:"))
dataset.create([example(label, n) for label in ("cat", "dog") for n in range(6)])
dataset.create([{**example("cat", n), "y": "dog"} for n in (0.5, 4.5)])
model = KNNClassifier(k=3)
train = Button("Train")
train.clicks.subscribe(lambda _: model.train(dataset))
features = Stream()
look = Button("Try a cat")
look.clicks.subscribe(lambda _: features.set(np.array([0, 0], np.float32)))
clear = Button("Clear")
clear.clicks.subscribe(lambda _: features.set(None))

def said(held):
    seen.append(held)
    return " ".join("on" if one else "off" for one in seen)

seen = []
hold = HoldButton("Hold to record")
timed = HoldButton("Record by itself", countdown=1, seconds=1)
told, timer = Text(""), Text("")
hold.held.map(said).subscribe(told.value)
timed.held.map(lambda held: f"timer {'on' if held else 'off'}").subscribe(timer.value)
place = pmui.Column(hold.view())
swap = Button("Swap")
swap.clicks.subscribe(lambda _: place.clear())
disable = Button("Disable")
disable.clicks.subscribe(lambda _: hold.disabled.set(True))
timed.held.filter(bool).subscribe(lambda _: swap.text.set("Swap now"))
counted = Text("")
dataset.counts.map(lambda counts: f"{counts['cat']} cats, {counts['dog']} dogs").subscribe(counted.value)

app = Dashboard(title="Parts", author="imlkit")
app.page("Hold").use(place, told, timed, timer, swap, disable)
app.page("Mistakes").use(train, counted, Mistakes(model, dataset))
app.page("Similar").use(look, clear, SimilarExamples(features, dataset))
app.servable()
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("parts"), "parts", SCRIPT) as served:
        yield served


@pytest.fixture
def page(served: Served, open_page: Callable[..., Page]) -> Page:
    page = open_page(served.url)
    button(page).wait_for(timeout=30_000)
    return page


def button(page: Page, name: str = "Hold to record") -> Locator:
    return page.get_by_role("button", name=name)


def middle(page: Page, name: str = "Hold to record") -> tuple[float, float]:
    button(page, name).hover()  # not before it stands still
    box = button(page, name).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def hears(page: Page, words: str) -> None:
    """Wait until the page's script has been told exactly this of the button."""
    expect(page.get_by_text(re.compile(rf"^{words}$"))).to_be_visible()


def test_the_mouse_holds_it_until_it_is_released(page: Page) -> None:
    hears(page, "off")
    expect(button(page)).to_have_attribute("aria-pressed", "false")
    page.mouse.move(*middle(page))
    page.mouse.down()
    hears(page, "off on")
    expect(button(page)).to_have_attribute("aria-pressed", "true")
    x, y = middle(page)
    page.mouse.move(x, y + 200)  # a hand that slips does not let go
    page.mouse.up()
    hears(page, "off on off")
    expect(button(page)).to_have_attribute("aria-pressed", "false")


def test_another_mouse_button_does_not_hold_it(page: Page) -> None:
    button(page).click(button="right")
    button(page).click()
    hears(page, "off on off")


def test_a_pointer_that_leaves_the_window_lets_go(page: Page) -> None:
    page.mouse.move(*middle(page))
    page.mouse.down()
    hears(page, "off on")
    page.mouse.move(-20, 300)
    hears(page, "off on off")
    page.mouse.up()


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_a_key_holds_it_once_however_it_repeats_and_does_not_scroll(page: Page, key: str) -> None:
    page.set_viewport_size({"width": 600, "height": 200})
    button(page).focus()
    top = page.evaluate("scrollY")
    for _ in range(3):
        page.keyboard.down(key)
    hears(page, "off on")
    page.keyboard.up(key)
    hears(page, "off on off")
    assert page.evaluate("scrollY") == top


def test_losing_the_focus_lets_go(page: Page) -> None:
    button(page).focus()
    page.keyboard.down("Space")
    hears(page, "off on")
    page.keyboard.press("Tab")
    hears(page, "off on off")
    page.keyboard.up("Space")


def test_a_page_that_is_left_for_another_lets_go(page: Page) -> None:
    page.mouse.move(*middle(page))
    page.mouse.down()
    hears(page, "off on")
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    hears(page, "off on off")
    page.mouse.up()


def test_a_click_without_pointer_or_key_holds_and_the_next_lets_go(page: Page) -> None:
    button(page).evaluate("button => button.click()")
    hears(page, "off on")
    button(page).evaluate("button => button.click()")
    hears(page, "off on off")


@pytest.mark.parametrize("act", ["Swap", "Disable"])
def test_it_is_let_go_of_when_its_view_is_taken_away_or_it_is_disabled(page: Page, act: str) -> None:
    page.mouse.move(*middle(page))
    page.mouse.down()
    hears(page, "off on")
    button(page, act).evaluate("button => button.click()")
    hears(page, "off on off")
    page.mouse.up()


def beats(count: int, page: Page) -> Callable[[], None]:
    """Return what waits until the browser has told so often that the button is still held."""
    with page.expect_websocket() as opened:
        page.reload()
    button(page).wait_for(timeout=30_000)
    hears(page, "off")

    def wait() -> None:
        for _ in range(count):
            opened.value.wait_for_event("framesent", lambda frame: "still" in str(frame))

    return wait


def test_it_is_held_for_as_long_as_it_is_held(page: Page) -> None:
    wait = beats(8, page)
    page.mouse.move(*middle(page))
    page.mouse.down()
    wait()
    hears(page, "off on")
    page.mouse.up()
    hears(page, "off on off")


def test_a_lost_connection_lets_go(page: Page) -> None:
    wait = beats(2, page)
    page.mouse.move(*middle(page))
    page.mouse.down()
    wait()
    hears(page, "off on")
    # The browser goes silent, as on a lost connection, and says nothing of the release.
    silent = "() => { for (let id = 1; id < 100000; id++) clearInterval(id) }"
    page.evaluate(silent)
    hears(page, "off on off")
    page.mouse.up()


def test_one_press_counts_down_aloud_and_holds_by_itself(page: Page) -> None:
    timed = button(page, "Record by itself")
    pad = page.locator(".turns")
    timed.click()
    expect(pad.locator("[aria-live]")).to_have_text("1")
    expect(timed).to_contain_text("Press again to cancel")
    hears(page, "timer on")
    expect(timed).to_have_attribute("aria-pressed", "true")
    expect(pad.locator("[aria-live]")).to_have_text("On")
    hears(page, "timer off")
    expect(pad.locator("[aria-live]")).to_have_text("Off")
    expect(timed).to_contain_text("Press once: 1 s to get ready, then 1 s")


def test_pressing_again_cancels_the_countdown(page: Page) -> None:
    timed = button(page, "Record by itself")
    timed.press("Enter")
    expect(timed).to_contain_text("Press again to cancel")
    timed.press("Space")
    expect(timed).to_contain_text("Press once")
    expect(page.get_by_text("Swap now")).to_have_count(0)
    hears(page, "timer off")


def fingers(page: Page) -> Callable[..., object]:
    """Return what puts fingers on the page, moves them and takes them away."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> object:
        where = [{"x": x, "y": y} for x, y in points]
        return session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    return touch


def test_a_finger_holds_it_and_opens_no_menu_and_marks_no_text(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(served.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    button(page).wait_for(timeout=30_000)
    page.evaluate(
        """window.menus = 0
        document.addEventListener("contextmenu", event => { window.menus += !event.defaultPrevented })"""
    )
    x, y = middle(page)
    touch = fingers(page)
    touch("touchStart", (x, y))
    hears(page, "off on")
    touch("touchMove", (x + 4, y + 40))
    expect(button(page)).to_have_attribute("aria-pressed", "true")
    button(page).dispatch_event("contextmenu")
    assert page.evaluate("window.menus") == 0
    assert page.evaluate("String(getSelection())") == ""
    touch("touchEnd")
    hears(page, "off on off")
    timed = button(page, "Record by itself")
    timed.tap()
    hears(page, "timer on")
    timed.tap()
    hears(page, "timer off")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0


def mistake(page: Page) -> Locator:
    return page.get_by_role("listitem", name=re.compile("^You said dog; it says cat"))


@pytest.fixture
def mistakes(page: Page) -> Page:
    page.get_by_role("link", name="Mistakes").click()
    expect(page.get_by_text("Not trained yet. Train it")).to_be_visible()
    button(page, "Train").click()
    expect(mistake(page)).to_have_count(2)
    return page


def test_a_mistake_is_relabelled_by_a_click_and_that_is_undone(mistakes: Page) -> None:
    expect(mistakes.get_by_text("It names 2 of 14 examples differently than you did.")).to_be_visible()
    hears(mistakes, "6 cats, 8 dogs")
    mistake(mistakes).first.get_by_role("button", name="It is cat").click()
    expect(mistake(mistakes)).to_have_count(1)
    hears(mistakes, "7 cats, 7 dogs")
    expect(mistakes.get_by_text("Labelled “cat” instead of “dog”.")).to_be_visible()
    button(mistakes, "Undo").click()
    expect(mistake(mistakes)).to_have_count(2)
    hears(mistakes, "6 cats, 8 dogs")


def test_mistakes_are_dealt_with_by_keyboard_alone(mistakes: Page) -> None:
    mistake(mistakes).first.get_by_role("button", name="It is dog").press("Enter")
    expect(mistake(mistakes)).to_have_count(1)
    # The next mistake has taken the place of the first, and the focus.
    expect(mistake(mistakes).get_by_role("button", name="It is cat")).to_be_focused()
    mistakes.keyboard.press("Tab")
    mistakes.keyboard.press("Tab")
    mistakes.keyboard.press("Enter")
    expect(mistake(mistakes)).to_have_count(0)
    hears(mistakes, "6 cats, 7 dogs")
    kept = mistakes.get_by_text("It names all but 1 of 13 examples as you did")
    expect(kept).to_be_visible()
    button(mistakes, "Show the one that was kept").press("Enter")
    expect(mistake(mistakes)).to_have_count(1)
    mistake(mistakes).get_by_role("button", name="It is cat").press("Enter")
    expect(mistakes.get_by_text("It names all 13 examples as you did.")).to_be_visible()


def test_what_it_resembles_is_shown_and_taken_away(page: Page) -> None:
    page.get_by_role("link", name="Similar").click()
    expect(page.get_by_text("Nothing to compare yet.")).to_be_visible()
    button(page, "Try a cat").click()
    shown = page.get_by_role("list", name="Examples, the most alike first").get_by_role("listitem")
    expect(shown).to_have_count(6)
    expect(shown.first).to_have_text("catthe same")
    assert shown.first.locator("img").evaluate("image => image.naturalWidth") == 40
    button(page, "Clear").click()
    expect(shown).to_have_count(0)
    expect(page.get_by_text("Nothing to compare yet.")).to_be_visible()


def test_a_button_that_holds_by_itself_is_let_go_of_when_the_page_is_left(page: Page) -> None:
    timed = button(page, "Record by itself")
    timed.click()
    expect(timed).to_contain_text("Press again to cancel")
    page.get_by_role("link", name="Mistakes").click()
    expect(timed).to_have_count(0)
    page.get_by_role("link", name="Hold").click()
    expect(timed).to_contain_text("Press once")
    hears(page, "timer off")
