"""The webcam in a real browser: Chromium's own fake cameras, and everything that goes wrong with cameras."""

from __future__ import annotations

import contextlib
import re
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect

from tests.e2e.served import FLAGS, Served, chromium_path, serving, until

pytestmark = pytest.mark.e2e

FAKE = "--use-fake-device-for-media-stream"
ALLOWED = "--use-fake-ui-for-media-stream"

SCRIPT = """
import panel_material_ui as pmui
from imlkit import Button, Dashboard, ImageDisplay, Text
from imlkit.components.inputs.webcam import Webcam

webcam = Webcam(size=(64, 64), title="Desk camera")
told = Text("0 images")
counted = webcam.images.scan(lambda count, image: (count[0] + 1, image.shape), (0, None))
counted.map(lambda count: f"{count[0]} images, last {count[1]}").subscribe(told.value)

first, second = pmui.Column(webcam.view()), pmui.Column()
twice = Button("Second view")
twice.clicks.subscribe(lambda _: second.append(webcam.view()))
one = Button("Close the first")
one.clicks.subscribe(lambda _: first.clear())
two = Button("Close the second")
two.clicks.subscribe(lambda _: second.clear())
slower = Button("Slower")
slower.clicks.subscribe(lambda _: webcam.period.set(1000))

app = Dashboard(title="Cameras", author="imlkit")
app.page("Main").use([twice, one, two, slower], told, first, second, ImageDisplay(webcam.images, "Latest"))
app.page("Other").use(told)
app.servable()
"""

FITS = """
from imlkit import Dashboard, Text
from imlkit.components.inputs.webcam import Webcam

app = Dashboard(title="Fits", author="imlkit")
for name, size, fit in (("Pad", (100, 90), "pad"), ("Inside", (100, 90), "inside"), ("Own", None, "crop")):
    webcam = Webcam(size, fit=fit, title=name)
    told = Text(f"{name} has none")
    webcam.images.map(lambda image, name=name: f"{name} has {image.shape[:2]}").subscribe(told.value)
    app.page(name).use(told, webcam)
app.servable()
"""

SLOW = """
import time
from imlkit import Dashboard, Text
from imlkit.components.inputs.webcam import Webcam

webcam = Webcam(size=(100, 80), mirror=False)

def seen(image):
    bits = (image[8::16, 10::20].mean(axis=2) > 127).ravel()
    return int("".join("01"[int(bit)] for bit in bits), 2)

def predict(image):
    time.sleep(0.3)
    return (int(time.time() * 1000) - seen(image)) % (1 << 25)

webcam.images.subscribe(lambda image: print("image", flush=True))
ages = webcam.images.compute(predict, policy="latest")
ages.subscribe(lambda age: print("age", age, flush=True))
app = Dashboard(title="Slow model", author="imlkit")
app.page("Main").use(webcam)
app.servable()
"""

CLOCK = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas")
  canvas.width = 500
  canvas.height = 400
  const context = canvas.getContext("2d")
  const draw = () => {
    const time = Date.now() % 2 ** 25
    for (let bit = 0; bit < 25; bit++) {
      context.fillStyle = (time >> (24 - bit)) & 1 ? "white" : "black"
      context.fillRect((bit % 5) * 100, Math.floor(bit / 5) * 80, 100, 80)
    }
  }
  draw()
  setInterval(draw, 15)
  return canvas.captureStream(60)
}
"""
"""A camera that looks at a clock: each block of its picture is a bit of the time in milliseconds."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("cameras"), "cameras", SCRIPT) as served:
        yield served


@contextlib.contextmanager
def launched(browser: Browser, *flags: str) -> Iterator[Browser]:
    other = browser.browser_type.launch(executable_path=chromium_path(), args=[*FLAGS, *flags])
    yield other
    other.close()


@pytest.fixture(scope="module")
def with_cameras(browser: Browser) -> Iterator[Browser]:
    """A browser with two cameras that every page may use."""
    with launched(browser, f"{FAKE}=device-count=2", ALLOWED) as other:
        yield other


Open = Callable[..., Page]

LARGE = 600
"""A message of more bytes brings a frame."""


@pytest.fixture
def open_camera(with_cameras: Browser) -> Iterator[Open]:
    """Open an address in a context of its own; what the page says went wrong fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(
        url: str,
        browser: Browser = with_cameras,
        prepare: Callable[[Page], Any] | None = None,
        **options: Any,
    ) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1000, "height": 1400}, **options})
        contexts.append(context)
        page = context.new_page()
        if prepare is not None:
            prepare(page)
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(url)
        start(page).wait_for(timeout=30_000)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults


def start(page: Page) -> Locator:
    return page.get_by_role("button", name="Start", exact=True).first


def stop(page: Page) -> Locator:
    return page.get_by_role("button", name="Stop", exact=True).first


def chosen(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Camera").locator("option:checked")


def images(page: Page) -> int:
    """Return how many images there have been."""
    found = re.match(r"\d+", page.get_by_text(re.compile(r"^\d+ images")).first.inner_text())
    assert found
    return int(found[0])


def until_more(page: Page, more: int = 3) -> None:
    before = images(page)
    until(lambda: images(page) >= before + more)


def no_more(page: Page) -> None:
    """Fail if images still come, once those on their way have arrived."""
    page.wait_for_timeout(300)
    before = images(page)
    page.wait_for_timeout(700)
    assert images(page) == before


def keep_track(page: Page) -> str:
    """Remember the camera that the page shows, and return its name."""
    page.locator("video").first.evaluate("video => { window.track = video.srcObject.getVideoTracks()[0] }")
    return str(page.evaluate("window.track.label"))


def light_is_off(page: Page) -> None:
    page.wait_for_function("window.track.readyState === 'ended'")


def test_pictures_come_from_start_to_stop_and_then_the_light_is_off(
    served: Served, open_camera: Open
) -> None:
    page = open_camera(served.url)
    before = page.get_by_text("Press Start to take pictures with the camera.")
    expect(before).to_contain_text("The pictures stay on this computer.")
    assert page.locator("video").evaluate("video => video.srcObject") is None
    start(page).click()
    expect(page.get_by_text("images, last (64, 64, 3)")).to_be_visible()
    expect(before).to_be_hidden()
    expect(page.get_by_label("Desk camera")).to_be_visible()
    until_more(page)
    keep_track(page)
    stop(page).click()
    expect(before).to_be_visible()
    light_is_off(page)
    no_more(page)
    start(page).click()
    until_more(page)


@pytest.mark.alone
def test_pictures_come_as_often_as_the_period_says(served: Served, open_camera: Open) -> None:
    page = open_camera(served.url)
    start(page).click()
    until_more(page)
    before = images(page)
    page.wait_for_timeout(1000)
    assert 6 <= images(page) - before <= 13
    page.get_by_role("button", name="Slower").click()
    until_more(page, 2)
    before = images(page)
    page.wait_for_timeout(2000)
    assert 1 <= images(page) - before <= 3


def test_the_view_has_the_shape_of_what_is_kept(tmp_path: Path, open_camera: Open) -> None:
    with serving(tmp_path, "fits", FITS) as served:
        page = open_camera(served.url)
        shapes = {"Pad": ((90, 100), 100 / 90), "Inside": ((75, 100), 4 / 3), "Own": ((480, 640), 4 / 3)}
        for name, (shape, aspect) in shapes.items():
            page.get_by_role("link", name=name).click()
            page.get_by_role("button", name="Start").locator("visible=true").click()
            expect(page.get_by_text(f"{name} has {shape}")).to_be_visible()
            box = page.locator(".frame").locator("visible=true").bounding_box()
            assert box is not None
            assert box["width"] / box["height"] == pytest.approx(aspect, abs=0.02)
        page.close()


def test_everything_works_by_keyboard_on_a_phone(served: Served, open_camera: Open) -> None:
    page = open_camera(served.url, viewport={"width": 390, "height": 844})
    start(page).focus()
    page.keyboard.press("Enter")
    until_more(page)
    keep_track(page)
    expect(page.locator(".frame")).to_have_class(re.compile("mirrored"))
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("switch", name="Mirror").or_(page.get_by_label("Mirror"))).not_to_be_checked()
    expect(page.locator(".frame")).not_to_have_class(re.compile("mirrored"))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_have_text("fake_device_1")
    light_is_off(page)
    until_more(page)
    assert keep_track(page) == "fake_device_1"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    light_is_off(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_camera_is_chosen_from_those_the_browser_lists(served: Served, open_camera: Open) -> None:
    page = open_camera(served.url)
    menu = page.get_by_role("combobox", name="Camera")
    expect(menu).to_be_hidden()
    start(page).click()
    expect(menu.get_by_role("option")).to_have_text(["fake_device_0", "fake_device_1"])
    expect(chosen(page)).to_have_text("fake_device_0")
    until_more(page)
    assert keep_track(page) == "fake_device_0"
    menu.select_option("fake_device_1")
    light_is_off(page)
    until_more(page)
    assert keep_track(page) == "fake_device_1"
    stop(page).click()
    light_is_off(page)
    menu.select_option("fake_device_0")
    start(page).click()
    until_more(page)
    assert keep_track(page) == "fake_device_0"


def test_permission_refused_says_where_to_allow_it_and_then_it_works(
    served: Served, browser: Browser, open_camera: Open
) -> None:
    with launched(browser, FAKE) as strict:
        page = open_camera(served.url, strict)
        start(page).click()
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("allow the camera there")
        assert images(page) == 0
        page.context.grant_permissions(["camera"])
        start(page).click()
        until_more(page)
        expect(alert).to_be_hidden()
        keep_track(page)
        page.context.clear_permissions()
        light_is_off(page)
        expect(alert).to_contain_text(re.compile("allow"))
        expect(start(page)).to_be_visible()


def test_without_a_camera_one_is_asked_for(served: Served, browser: Browser, open_camera: Open) -> None:
    with launched(browser, ALLOWED) as bare:
        page = open_camera(served.url, bare)
        start(page).click()
        expect(page.get_by_role("alert")).to_contain_text("No camera was found. Plug one in")
        expect(start(page)).to_be_visible()


def test_a_camera_unplugged_is_told_and_starts_again(served: Served, open_camera: Open) -> None:
    page = open_camera(served.url)
    start(page).click()
    until_more(page)
    keep_track(page)
    page.evaluate("window.track.dispatchEvent(new Event('ended'))")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("it was unplugged")
    light_is_off(page)
    start(page).click()
    until_more(page)
    expect(alert).to_be_hidden()


def test_an_insecure_address_is_told_where_to_go(tmp_path: Path, browser: Browser, open_camera: Open) -> None:
    (tmp_path / "cameras.py").write_text(SCRIPT)
    command = ["panel", "serve", "cameras.py", "--port", "0", "--allow-websocket-origin=*"]
    served = Served([sys.executable, "-m", *command], tmp_path)
    try:
        with launched(browser, FAKE, ALLOWED, "--host-resolver-rules=MAP camera.test 127.0.0.1") as other:
            page = open_camera(served.url.replace("127.0.0.1", "camera.test"), other)
            expect(page.get_by_text("The pictures go to camera.test:")).to_be_visible()
            start(page).click()
            expect(page.get_by_role("alert")).to_contain_text("http://localhost")
    finally:
        served.stop()


def test_black_pictures_give_a_hint(
    served: Served, browser: Browser, open_camera: Open, tmp_path: Path
) -> None:
    frame = b"FRAME\n" + bytes([16]) * (64 * 48) + bytes([128]) * (64 * 48 // 2)
    black = tmp_path / "black.y4m"
    black.write_bytes(b"YUV4MPEG2 W64 H48 F20:1 Ip A0:0 C420jpeg\n" + frame * 20)
    with launched(browser, FAKE, ALLOWED, f"--use-file-for-fake-video-capture={black}") as covered:
        page = open_camera(served.url, covered)
        start(page).click()
        expect(page.get_by_role("alert")).to_contain_text("its lens is covered")
        until_more(page)
        stop(page).click()
        expect(page.get_by_role("alert")).to_be_hidden()


def test_several_views_share_one_camera_and_the_last_closed_ends_it(
    served: Served, open_camera: Open
) -> None:
    page = open_camera(served.url)
    start(page).click()
    until_more(page)
    keep_track(page)
    page.get_by_role("button", name="Second view").click()
    videos = page.locator("video")
    expect(videos).to_have_count(2)
    page.wait_for_function("window.track.readyState === 'live'")
    second = "video => video.srcObject && video.srcObject.getVideoTracks()[0] === window.track"
    until(lambda: bool(videos.nth(1).evaluate(second)))
    before = images(page)
    page.wait_for_timeout(1000)
    assert images(page) - before <= 13  # both together send no more than one would
    page.get_by_role("button", name="Close the first").click()
    expect(videos).to_have_count(1)
    until_more(page)
    assert page.evaluate("window.track.readyState") == "live"
    page.get_by_role("button", name="Close the second").click()
    expect(videos).to_have_count(0)
    light_is_off(page)
    no_more(page)
    page.get_by_role("button", name="Second view").click()  # the camera is still wanted
    until_more(page)
    stop(page).click()
    no_more(page)


def test_a_page_that_was_left_sends_nothing(served: Served, open_camera: Open) -> None:
    page = open_camera(served.url)
    start(page).click()
    until_more(page)
    page.get_by_role("link", name="Other").click()
    expect(start(page).or_(stop(page))).to_be_hidden()
    no_more(page)
    page.get_by_role("link", name="Main").click()
    until_more(page)


@pytest.mark.alone
def test_a_slow_model_gets_the_newest_frame_and_nothing_queues_up(tmp_path: Path, open_camera: Open) -> None:
    sent: list[int] = []

    def prepare(page: Page) -> None:
        page.add_init_script(CLOCK)
        page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(len(data))))

    with serving(tmp_path, "slow", SLOW) as served:
        page = open_camera(served.url, prepare=prepare)
        start(page).click()
        until(lambda: turned(page) and len(ages(served)) >= 20)
        stop(page).click()
        expect(start(page)).to_be_visible()
        taken = sum(line.startswith("image") for line in served.log)
        old = ages(served)
    frames = sum(length > LARGE for length in sent)
    print("milliseconds from the camera to the prediction, 300 of them the model's:", old)
    assert max(old) < 700, old
    assert statistics.median(old[-7:]) < statistics.median(old[:7]) + 100, old
    assert frames - taken <= 3, (frames, taken)
    assert taken > 2 * len(old)  # so the model did leave frames out


def ages(served: Served) -> list[int]:
    """Return how old frames were, in milliseconds, when the model was done with them."""
    return [int(line.split()[1]) for line in list(served.log) if line.startswith("age")]


def turned(page: Page) -> bool:
    """Let the page's events be heard."""
    page.wait_for_timeout(20)
    return True


class Way:
    """A page's connection to its app, on which the app's messages can be held up.

    Attributes:
        frames: how many frames the page has sent.
    """

    def __init__(self, page: Page) -> None:
        self.frames = 0
        self._holds = False
        self._held: list[tuple[WebSocketRoute, str | bytes]] = []
        page.route_web_socket(re.compile("/ws"), self._connect)

    def _connect(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def to_server(message: str | bytes) -> None:
            self.frames += len(message) > LARGE
            server.send(message)

        def to_page(message: str | bytes) -> None:
            if self._holds:
                self._held.append((route, message))
            else:
                route.send(message)

        route.on_message(to_server)
        server.on_message(to_page)

    def hold(self, page: Page) -> None:
        self._holds = True
        page.wait_for_timeout(200)

    def release(self) -> None:
        self._holds = False
        for route, message in self._held:
            route.send(message)


def test_no_frame_is_sent_before_the_last_has_arrived(served: Served, open_camera: Open) -> None:
    ways: list[Way] = []
    page = open_camera(served.url, prepare=lambda page: ways.append(Way(page)))
    (way,) = ways
    start(page).click()
    until_more(page)
    way.hold(page)
    before = way.frames
    page.wait_for_timeout(2000)
    assert way.frames == before
    way.release()
    until_more(page)
    assert way.frames > before


def test_when_the_app_does_not_answer_any_more_the_light_goes_off(served: Served, open_camera: Open) -> None:
    ways: list[Way] = []

    def prepare(page: Page) -> None:
        ways.append(Way(page))
        page.clock.install()

    page = open_camera(served.url, prepare=prepare)
    (way,) = ways
    start(page).click()
    until_more(page)
    keep_track(page)
    way.hold(page)
    before = way.frames
    for seconds in (11, 21):
        page.clock.run_for(1000 * seconds)
        page.wait_for_timeout(300)
    assert way.frames == before + 2  # a lost frame is sent again, but few are
    assert page.evaluate("window.track.readyState") == "live"
    page.clock.run_for(41_000)
    light_is_off(page)
    expect(page.get_by_text("The app does not answer, so the camera was switched off.")).to_be_visible()
    way.release()
    expect(page.get_by_role("alert")).to_contain_text("whether the network works")
    start(page).click()
    until_more(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_camera_has_no_accessibility_faults(served: Served, open_camera: Open, scheme: Any) -> None:
    page = open_camera(served.url, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    no_faults(page)
    start(page).click()
    until_more(page)
    no_faults(page)


def no_faults(page: Page) -> None:
    # While a page changes its colours they have little contrast, and it may begin to only now:
    # it is without faults when it stays so.
    clean, found = 0, faults(page)
    for _ in range(15):
        clean = 0 if found else clean + 1
        if clean == 4:
            return
        found = faults(page)
    raise AssertionError(found)


def faults(page: Page) -> list[tuple[str, Any]]:
    violations = Axe().run(page).response["violations"]
    return [
        (fault["id"], [(node["failureSummary"], node["html"]) for node in fault["nodes"]])
        for fault in violations
    ]
