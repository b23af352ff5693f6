"""Drawing in a real browser: mouse, touch, pen size, undo, clear, several views."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.served import Served, serving, until

pytestmark = pytest.mark.e2e

RATE = 5

SCRIPT = f"""
from imlkit import Dashboard, ImageDisplay, Sketchpad, Text

pad = Sketchpad(live_rate={RATE})
images = Text("0 images")
strokes = Text()
seen = []
pad.images.subscribe(seen.append)
pad.images.map(lambda _: f"{{len(seen)}} images").subscribe(images.value)

def box(stroke):
    return [round(float(n)) for n in (*stroke.points.min(axis=0), *stroke.points.max(axis=0))]

pad.strokes.map(
    lambda drawn: f"{{len(drawn)}} strokes of {{[round(s.size) for s in drawn]}}, "
    f"ink {{[box(s) for s in drawn]}}"
).subscribe(strokes.value)
large = Sketchpad(size=512, title="Large")
corners = Text()
large.strokes.map(
    lambda drawn: " ".join(str(round(float(n))) for s in drawn for n in s.points[[0, -1]].ravel())
).subscribe(corners.value)

app = Dashboard(title="Pads", author="imlkit")
app.page("One").use(pad, ImageDisplay(pad.images, "The drawing"), images, strokes)
app.page("Two").use([pad, pad], strokes)
app.page("Large").use(large, corners)
app.servable()
"""

# The drawing on a canvas or in an img element as 256 × 256 greys, 255 for paper.
GREYS = """element => {
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 256;
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff'; context.fillRect(0, 0, 256, 256); context.drawImage(element, 0, 0, 256, 256);
  return [...context.getImageData(0, 0, 256, 256).data].filter((_, i) => i % 4 === 0); }"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("pads"), "pads", SCRIPT) as served:
        yield served


@pytest.fixture
def pads(served: Served, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Open one of the app's pages and wait until its canvas can be drawn on."""

    def open_one(name: str = "one", **options: Any) -> Page:
        page = open_page(f"{served.url}#{name}", **options)
        canvas(page).wait_for(timeout=30_000)
        # The first page shows before the one that the address names.
        title, count = ("Large" if name == "large" else "Drawing"), (2 if name == "two" else 1)
        expect(page.get_by_role("img", name=f"{title}: empty")).to_have_count(count)
        page.get_by_role("button", name="Undo").last.wait_for()
        page.locator("canvas[role=img]").filter(
            visible=True
        ).last.hover()  # waits until nothing moves any more
        return page

    return open_one


def canvas(page: Page, nth: int = 0) -> Locator:
    return page.locator("canvas[role=img]").filter(visible=True).nth(nth)


def told(page: Page, words: str | re.Pattern[str]) -> Locator:
    return page.get_by_text(words).filter(visible=True)


def place(page: Page, x: float, y: float, nth: int = 0) -> tuple[float, float]:
    """Return where on the page a point of the canvas is, given in fractions of it."""
    box = canvas(page, nth).bounding_box()
    assert box is not None
    return box["x"] + box["width"] * x, box["y"] + box["height"] * y


def stroke(page: Page, *points: tuple[float, float], nth: int = 0, steps: int = 8) -> None:
    page.mouse.move(*place(page, *points[0], nth))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*place(page, *point, nth), steps=steps)
    page.mouse.up()


def ink(element: Locator) -> int:
    """Return the number of dark pixels."""
    return sum(grey < 128 for grey in element.evaluate(GREYS))


def images(page: Page) -> int:
    found = re.match(r"\d+", page.get_by_text(re.compile(r"^\d+ images$")).inner_text())
    assert found
    return int(found[0])


def test_drawing_by_mouse_gives_strokes_and_an_image_like_the_canvas(pads: Callable[..., Page]) -> None:
    page = pads()
    expect(page.get_by_text("Draw here")).to_be_visible()
    expect(canvas(page)).to_have_attribute("aria-label", "Drawing: empty")
    stroke(page, (0.25, 0.25), (0.75, 0.75))
    stroke(page, (0.25, 0.75), (0.75, 0.25))
    expect(page.get_by_text("2 strokes of [8, 8]")).to_be_visible()
    expect(canvas(page)).to_have_attribute("aria-label", "Drawing: 2 strokes")
    expect(page.get_by_text("Draw here")).to_be_hidden()
    shown = page.get_by_role("img", name="The drawing, 256 by 256 pixels")
    expect(shown).to_be_visible()
    until(lambda: abs(ink(shown) - ink(canvas(page))) < 60)
    drawn, rendered = canvas(page).evaluate(GREYS), shown.evaluate(GREYS)
    # A row above or below at the edges of a line is all that may differ.
    assert sum(abs(a - b) > 160 for a, b in zip(drawn, rendered, strict=True)) < 0.002 * 256 * 256
    assert ink(shown) > 2000


def test_a_click_without_movement_is_a_dot(pads: Callable[..., Page]) -> None:
    page = pads()
    page.mouse.click(*place(page, 0.5, 0.5))
    expect(page.get_by_text("1 strokes of [8], ink [[128, 128, 128, 128]]")).to_be_visible()
    assert 30 < ink(canvas(page)) < 80


def test_other_buttons_of_the_mouse_draw_nothing(pads: Callable[..., Page]) -> None:
    page = pads()
    page.mouse.click(*place(page, 0.5, 0.5), button="middle")
    stroke(page, (0.2, 0.2), (0.4, 0.2))
    expect(told(page, "1 strokes of")).to_be_visible()


def test_drawing_by_touch_does_not_scroll_and_ignores_a_second_finger(pads: Callable[..., Page]) -> None:
    page = pads(viewport={"width": 390, "height": 500}, has_touch=True, is_mobile=True)
    cdp = page.context.new_cdp_session(page)
    canvas(page).scroll_into_view_if_needed()

    def touch(kind: str, *fingers: tuple[float, float]) -> None:
        points = [
            {"x": x, "y": y, "id": n} for n, (x, y) in enumerate(place(page, *finger) for finger in fingers)
        ]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    top = page.evaluate("scrollY")
    touch("touchStart", (0.5, 0.25))
    touch("touchMove", (0.5, 0.5))
    touch("touchStart", (0.5, 0.5), (0.1, 0.1))
    touch("touchMove", (0.5, 0.75), (0.1, 0.9))
    touch("touchEnd")
    expect(page.get_by_text("1 strokes of [8], ink [[128, 64, 128, 192]]")).to_be_visible()
    assert page.evaluate("scrollY") == top


def test_the_pen_s_size_is_set_by_keyboard(pads: Callable[..., Page]) -> None:
    page = pads()
    stroke(page, (0.2, 0.2), (0.8, 0.2))
    thin = ink(canvas(page))
    page.get_by_role("slider", name="Pen size in pixels").focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("slider", name="Pen size in pixels")).to_have_value("16")
    until(lambda: _pen(page) == 16)
    stroke(page, (0.2, 0.6), (0.8, 0.6))
    expect(page.get_by_text("2 strokes of [8, 16]")).to_be_visible()
    assert ink(canvas(page)) - thin > 1.7 * thin


def _pen(page: Page) -> float:
    value = page.evaluate(
        """() => { for (const model of Bokeh.documents[0]._all_models.values())
             if (model.data && 'pen' in model.data.attributes) return model.data.pen; }"""
    )
    return float(value)


def test_undo_and_clear_by_keyboard(pads: Callable[..., Page]) -> None:
    page = pads()
    stroke(page, (0.2, 0.2), (0.8, 0.2))
    stroke(page, (0.2, 0.5), (0.8, 0.5))
    expect(told(page, "2 strokes of")).to_be_visible()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(canvas(page)).to_have_attribute("aria-label", "Drawing: 1 stroke")
    expect(told(page, "1 strokes of")).to_be_visible()
    before = images(page)
    page.get_by_role("button", name="Clear").press("Space")
    expect(canvas(page)).to_have_attribute("aria-label", "Drawing: empty")
    expect(page.get_by_text("Draw here")).to_be_visible()
    assert ink(canvas(page)) == 0
    assert images(page) == before  # no pipeline ran on an empty drawing
    page.get_by_role("button", name="Undo").press("Enter")
    expect(canvas(page)).to_have_attribute("aria-label", "Drawing: 1 stroke")
    assert ink(canvas(page)) > 500


def test_two_views_on_one_page_agree_also_while_drawing(pads: Callable[..., Page]) -> None:
    page = pads("two")
    canvas(page, 1).wait_for()
    page.mouse.move(*place(page, 0.2, 0.2))
    page.mouse.down()
    page.mouse.move(*place(page, 0.8, 0.2), steps=10)
    until(lambda: ink(canvas(page, 1)) > 500)  # the pen is still down
    page.mouse.move(*place(page, 0.8, 0.8), steps=10)
    page.mouse.up()
    stroke(page, (0.2, 0.5), (0.4, 0.9), nth=1)
    expect(told(page, "2 strokes of")).to_be_visible()
    for nth in (0, 1):
        expect(canvas(page, nth)).to_have_attribute("aria-label", "Drawing: 2 strokes")
    until(lambda: ink(canvas(page, 0)) == pytest.approx(ink(canvas(page, 1)), abs=40))
    page.get_by_role("button", name="Undo").nth(1).click()
    for nth in (0, 1):
        expect(canvas(page, nth)).to_have_attribute("aria-label", "Drawing: 1 stroke")
    page.get_by_role("button", name="Clear").nth(0).click()
    for nth in (0, 1):
        expect(canvas(page, nth)).to_have_attribute("aria-label", "Drawing: empty")
        assert ink(canvas(page, nth)) == 0


def test_a_clear_from_elsewhere_ends_the_stroke_under_way(pads: Callable[..., Page]) -> None:
    page = pads("two")
    page.mouse.move(*place(page, 0.2, 0.2))
    page.mouse.down()
    page.mouse.move(*place(page, 0.8, 0.2), steps=10)
    expect(told(page, "1 strokes of")).to_be_visible()
    page.get_by_role("button", name="Clear").nth(1).press("Enter")
    expect(canvas(page)).to_have_attribute("aria-label", "Drawing: empty")
    page.mouse.move(*place(page, 0.8, 0.8), steps=10)
    page.mouse.up()
    assert ink(canvas(page)) == 0
    stroke(page, (0.2, 0.5), (0.8, 0.5))
    expect(told(page, "1 strokes of")).to_be_visible()
    expect(canvas(page)).to_have_attribute("aria-label", "Drawing: 1 stroke")


def test_while_drawing_images_come_at_the_live_rate_at_most(pads: Callable[..., Page]) -> None:
    page = pads()
    left, top = place(page, 0, 0)
    page.mouse.move(left + 26, top + 26)
    began = time.monotonic()
    page.mouse.down()
    for step in range(48):
        page.mouse.move(left + 26 + 16 * (step % 12), top + 26 + 3 * step)
        page.wait_for_timeout(25)
    while_drawing = images(page)
    page.mouse.up()
    took = time.monotonic() - began
    expect(page.get_by_text(re.compile(r"1 strokes of .*ink \[\[26, 26,"))).to_be_visible()
    assert 3 <= while_drawing <= took * RATE + 1
    until(lambda: images(page) > while_drawing)


def test_the_stroke_s_end_is_drawn_even_where_the_pointer_left_the_paper(pads: Callable[..., Page]) -> None:
    page = pads()
    stroke(page, (0.5, 0.5), (1.3, 0.5))
    expect(told(page, "1 strokes of")).to_be_visible()
    greys = canvas(page).evaluate(GREYS)
    assert greys[128 * 256 + 250] < 50
    assert greys[20 * 256 + 250] == 255


def test_a_narrow_screen_shows_it_smaller_with_the_same_coordinates(pads: Callable[..., Page]) -> None:
    page = pads("large", viewport={"width": 390, "height": 844})
    box = canvas(page).bounding_box()
    assert box is not None
    assert box["width"] < 370
    assert box["width"] == pytest.approx(box["height"], abs=1)
    stroke(page, (0.25, 0.5), (0.75, 0.5))
    text = page.get_by_text(re.compile(r"^\d+ \d+ \d+ \d+$"))

    def ends() -> list[int]:
        return [int(number) for number in text.inner_text().split()]

    until(lambda: text.count() == 1 and ends() == pytest.approx([128, 256, 384, 256], abs=4))


def test_a_dense_screen_is_drawn_sharply(pads: Callable[..., Page]) -> None:
    page = pads(device_scale_factor=2)
    box = canvas(page).bounding_box()
    assert box is not None
    assert canvas(page).evaluate("canvas => canvas.width") == pytest.approx(2 * box["width"], abs=1)


def test_in_dark_mode_the_paper_is_white_and_bordered(pads: Callable[..., Page]) -> None:
    page = pads(color_scheme="dark")
    paper = canvas(page).locator("..")
    assert paper.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    assert paper.evaluate("e => getComputedStyle(e).borderTopWidth") == "1px"


def test_the_drawing_is_there_again_after_visiting_another_page(pads: Callable[..., Page]) -> None:
    page = pads()
    stroke(page, (0.2, 0.2), (0.8, 0.2))
    expect(told(page, "1 strokes of")).to_be_visible()
    page.get_by_role("link", name="Large").click()
    expect(canvas(page)).to_have_attribute("aria-label", "Large: empty")
    page.get_by_role("link", name="One").click()
    expect(canvas(page)).to_have_attribute("aria-label", "Drawing: 1 stroke")
    until(lambda: ink(canvas(page)) > 500)
    stroke(page, (0.2, 0.5), (0.8, 0.5))
    expect(told(page, "2 strokes of")).to_be_visible()


def test_it_asks_nothing_of_other_hosts(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page("about:blank")
    hosts: set[str | None] = set()
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    page.goto(served.url)
    canvas(page).wait_for()
    stroke(page, (0.2, 0.2), (0.8, 0.2))
    expect(told(page, "1 strokes of")).to_be_visible()
    assert hosts <= {"127.0.0.1", "localhost", None}
