"""The camera in the teach app: recording while a button is held, and answers to what it sees."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from imlkit import Dataset, data_store
from imlkit.session import Session
from tests.e2e.served import FLAGS, Served, chromium_path, serving, until
from tests.e2e.sketching import draw
from tests.e2e.teaching import TEACH, button, on_to, step

pytestmark = pytest.mark.e2e

CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]

Open = Callable[[str], Page]


@pytest.fixture(scope="module")
def with_camera(browser: Browser) -> Iterator[Browser]:
    """A browser with a camera, whose picture moves, that every page may use."""
    other = browser.browser_type.launch(executable_path=chromium_path(), args=[*FLAGS, *CAMERA])
    yield other
    other.close()


@pytest.fixture
def open_page(with_camera: Browser) -> Iterator[Open]:
    """Open an address in a context of its own; what the page says went wrong fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(url: str) -> Page:
        context = with_camera.new_context(viewport={"width": 1280, "height": 1500})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The teach app; what it kept can be read in the test's folder."""
    with serving(tmp_path, "teach", TEACH.read_text("utf-8")) as served:
        yield served
        assert "Traceback" not in "".join(served.log), "".join(served.log)


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=re.compile(name)).check()


def count(page: Page, name: str) -> int:
    """Return how many examples the page says a class has."""
    words = page.get_by_role("radio", name=re.compile(name)).locator("..").inner_text()
    found = re.search(r"([\d,]+) examples?", words)
    assert found, words
    return int(found[1].replace(",", ""))


def until_more(page: Page, name: str, more: int) -> None:
    before = count(page, name)
    until(lambda: count(page, name) >= before + more)


def settled(page: Page, name: str) -> int:
    """Return the count once what was on its way is kept; fail if it goes on growing."""
    page.wait_for_timeout(500)
    before = count(page, name)
    page.wait_for_timeout(700)
    assert count(page, name) == before
    return before


def hold_button(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("Hold to record")).filter(visible=True)


def press(page: Page) -> None:
    """Press the mouse on the record button and keep it down."""
    expect(hold_button(page)).to_be_enabled()
    hold_button(page).hover()
    page.mouse.down()


def with_camera_on(page: Page) -> Page:
    """Go to the examples and start the camera there."""
    step(page, "Classes")
    on_to(page, "Examples")
    page.get_by_role("tab", name="Camera").click()
    button(page, "Start").click()
    expect(page.locator("video").filter(visible=True)).to_have_count(1)
    page.wait_for_function("Bokeh.documents[0].is_idle")
    return page


def kept(folder: Path) -> dict[str, int]:
    """Return how many examples of each class are in the store."""
    store = data_store(str(folder / "teach"))
    with Session().entered() as session:
        counts = {str(label): many for label, many in Dataset("examples", store).distinct("y").items()}
        session.dispose()
    store.close()
    return counts


def test_the_camera_records_into_the_chosen_class_while_the_button_is_held(
    served: Served, open_page: Open, tmp_path: Path
) -> None:
    page = with_camera_on(open_page(served.url))
    choose(page, "Class 1")
    assert settled(page, "Class 1") == 0  # a camera that runs is no camera that records
    press(page)
    expect(hold_button(page)).to_have_attribute("aria-pressed", "true")
    until(lambda: count(page, "Class 1") >= 4)
    page.mouse.up()
    expect(hold_button(page)).to_have_attribute("aria-pressed", "false")
    first = settled(page, "Class 1")
    expect(button(page, "Stop")).to_be_visible()
    choose(page, "Class 2")
    press(page)
    until(lambda: count(page, "Class 2") >= 3)
    page.mouse.up()
    expect(hold_button(page)).to_have_attribute("aria-pressed", "false")
    second = settled(page, "Class 2")
    assert count(page, "Class 1") == first
    assert kept(tmp_path) == {"Class 1": first, "Class 2": second}


def test_after_a_countdown_it_records_by_itself_for_a_while(served: Served, open_page: Open) -> None:
    page = with_camera_on(open_page(served.url))
    choose(page, "Class 1")
    page.get_by_role("slider").filter(visible=True).focus()
    page.keyboard.press("ArrowRight")
    expect(hold_button(page)).to_contain_text("Press once: 1 s to get ready, then 3 s")
    hold_button(page).click()
    expect(hold_button(page)).to_contain_text("Press again to cancel")
    hold_button(page).click()
    expect(hold_button(page)).to_contain_text("Press once")
    assert settled(page, "Class 1") == 0
    began = time.monotonic()
    hold_button(page).click()
    until(lambda: count(page, "Class 1") > 0)
    assert time.monotonic() - began >= 1
    expect(hold_button(page)).to_contain_text("Press again to stop")
    until_more(page, "Class 1", 3)
    expect(hold_button(page)).to_have_attribute("aria-pressed", "false")
    settled(page, "Class 1")


def test_a_class_removed_while_the_camera_records_into_it_stays_away(
    served: Served, open_page: Open, tmp_path: Path
) -> None:
    page, other = open_page(served.url), open_page(served.url)
    with_camera_on(page)
    choose(page, "Class 1")
    press(page)
    until(lambda: count(page, "Class 1") >= 3)
    other.get_by_role("button", name="Remove Class 1").click()
    other.get_by_role("dialog").get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("radio")).to_have_count(1)
    expect(other.get_by_role("textbox", name="Name of Class 1")).to_have_count(0)
    record = page.locator("button[aria-pressed]").filter(visible=True)
    expect(record).to_have_attribute("aria-pressed", "false")
    expect(record).to_be_disabled()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    told = page.get_by_role("alert").filter(has_text="“Class 1” was removed: choose the class")
    expect(told).to_be_visible()
    assert settled(page, "Class 2") == 0  # nor does it go where nobody wanted it
    page.mouse.up()
    expect(page.get_by_role("radio")).to_have_count(1)
    expect(other.get_by_role("textbox", name=re.compile("Name of"))).to_have_count(1)
    assert kept(tmp_path) == {}
    choose(page, "Class 2")
    expect(told).to_be_hidden()
    press(page)
    until(lambda: count(page, "Class 2") >= 2)
    page.mouse.up()
    expect(hold_button(page)).to_have_attribute("aria-pressed", "false")
    assert kept(tmp_path) == {"Class 2": settled(page, "Class 2")}


def test_a_model_of_recorded_pictures_answers_live(served: Served, open_page: Open) -> None:
    page = open_page(served.url)
    on_to(page, "Examples")
    choose(page, "Class 2")
    for n in range(4):
        draw(page, "cross", 0.02 * n)
        button(page, "Add to Class 2").click()
        until(lambda n=n: count(page, "Class 2") == n + 1)  # type: ignore[misc]
    page.get_by_role("tab", name="Camera").click()
    choose(page, "Class 1")
    button(page, "Start").click()
    press(page)
    until(lambda: count(page, "Class 1") >= 6)
    page.mouse.up()
    on_to(page, "Train")
    button(page, "Train").click()
    expect(button(page, "Next")).to_be_enabled(timeout=60_000)
    on_to(page, "Try it")
    page.get_by_role("tab", name="Camera").filter(visible=True).click()
    # Where nobody looked at it, the camera was switched off.
    button(page, "Start").click()
    expect(page.get_by_role("status").filter(has_text=re.compile(r"Class 1.*%"))).to_be_visible()
    bars = page.get_by_role("list", name="Confidence of each class")
    seen = set()

    def moves() -> bool:
        seen.add(bars.evaluate("e => [...e.querySelectorAll('.bar')].map(bar => bar.style.width).join()"))
        return len(seen) >= 3

    until(moves, 30)
    page.get_by_role("tab", name="Draw").filter(visible=True).click()
    draw(page, "cross", 0.01)
    expect(page.get_by_role("status").filter(has_text=re.compile(r"Class 2.*%"))).to_be_visible()
