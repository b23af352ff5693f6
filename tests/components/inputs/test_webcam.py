"""The webcam without a page: frames brought to size, the newest kept, problems said in plain words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from imlkit.components.inputs import webcam as webcam_module
from imlkit.components.inputs.camera_feed import MAX_FRAME_BYTES, CameraFeed
from imlkit.components.inputs.camera_problem import DARK, camera_problem
from imlkit.components.inputs.webcam import Webcam
from imlkit.errors import DataError, ImageError
from imlkit.images import open_image
from imlkit.session import Session
from tests.awaiting import awaited

Encode = Callable[..., bytes]


def opened(webcam: Webcam, source: bytes | npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Give the webcam a frame and return the image that it makes of it."""
    happened = threading.Event()
    images: list[Any] = []
    before = webcam.images.value

    def take(image: Any) -> None:
        images.append(image)
        happened.set()

    subscription = webcam.images.filter(lambda image: image is not before).subscribe(take)
    webcam.frame(source)
    assert happened.wait(10), "the frame did not become an image"
    subscription.dispose()
    return np.asarray(images[0])


def wait(held: threading.Event, go_on: threading.Event) -> None:
    held.set()
    assert go_on.wait(10)


def part_of(view: Any, name: str) -> Any:
    """Return the part of a view whose class has this name."""
    return next(part for part in view.select() if type(part).__name__ == name)


def sent(feed: CameraFeed, data: Any) -> list[Any]:
    """Let the feed take a message, and return what it answers the browser."""
    answers: list[Any] = []
    feed._send_msg = answers.append  # type: ignore[method-assign, assignment]
    feed._handle_msg(data)
    return answers


def feed_of(webcam: Webcam) -> CameraFeed:
    feed: CameraFeed = part_of(webcam.view(), "CameraFeed")
    return feed


def test_frames_are_brought_to_the_size_asked_for(encode: Encode) -> None:
    for fit, shape in (("crop", (32, 48, 3)), ("pad", (32, 48, 3)), ("inside", (24, 48, 3))):
        webcam = Webcam((48, 32), fit=fit)  # type: ignore[arg-type]
        assert opened(webcam, encode(size=(640, 320), format="JPEG")).shape == shape
        assert opened(webcam, np.zeros((320, 640, 3), np.uint8)).shape == shape


def test_without_a_size_images_keep_the_camera_s(encode: Encode) -> None:
    image = opened(Webcam(None), encode(size=(640, 480), format="JPEG"))
    assert image.shape == (480, 640, 3)
    assert image.dtype == np.uint8


def test_images_are_as_in_a_mirror_only_where_that_is_asked_for() -> None:
    frame = np.zeros((10, 20, 3), np.uint8)
    frame[:, :5] = 255
    webcam = Webcam(None, mirror=True)
    np.testing.assert_array_equal(opened(webcam, frame), frame[:, ::-1])
    webcam.mirror.set(False)
    np.testing.assert_array_equal(opened(webcam, frame), frame)


def test_an_array_that_is_filled_anew_after_it_was_given_does_no_harm() -> None:
    webcam = Webcam(None, mirror=False)
    held, go_on = threading.Event(), threading.Event()
    webcam.images.subscribe(lambda _: wait(held, go_on))
    frame = np.full((4, 4, 3), 7, np.uint8)
    webcam.frame(frame)
    assert held.wait(10)
    webcam.frame(frame)
    frame[:] = 200
    go_on.set()
    awaited(webcam._opened.busy, lambda busy: not busy)
    assert webcam.images.value.max() == 7


def test_of_the_frames_that_come_while_one_is_opened_the_newest_is_kept() -> None:
    webcam = Webcam(None)
    seen: list[int] = []
    held, go_on = threading.Event(), threading.Event()

    def hold(image: Any) -> None:
        seen.append(int(image[0, 0, 0]))
        wait(held, go_on)

    webcam.images.subscribe(hold)
    webcam.frame(np.full((4, 4, 3), 1, np.uint8))
    assert held.wait(10)
    for level in range(2, 50):
        webcam.frame(np.full((4, 4, 3), level, np.uint8))
    go_on.set()
    awaited(webcam.images, lambda image: image[0, 0, 0] == 49)
    assert seen == [1, 49]


def test_frames_are_opened_off_the_caller_s_thread(encode: Encode, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def watched(*arguments: Any, **named: Any) -> Any:
        threads.append(threading.current_thread())
        return open_image(*arguments, **named)

    monkeypatch.setattr(webcam_module, "open_image", watched)
    opened(Webcam(), encode())
    assert threads
    assert threads[0] is not threading.current_thread()


def test_a_damaged_frame_is_told_and_the_next_comes_through(encode: Encode, session: Session) -> None:
    webcam = Webcam((8, 8))
    webcam.frame(encode(format="JPEG")[:100])
    awaited(session.errors, lambda report: isinstance(report.error, ImageError))
    assert session.errors.value.place == "Webcam.images"
    assert opened(webcam, encode(format="JPEG")).shape == (8, 8, 3)


def test_an_array_that_is_no_image_is_refused_at_once() -> None:
    with pytest.raises(ImageError, match="is not an image"):
        Webcam().frame(np.zeros((3, 3, 7), np.uint8))


def test_a_period_size_or_fit_that_is_none_is_refused() -> None:
    with pytest.raises(DataError, match="milliseconds from 10 to 60,000"):
        Webcam(period_ms=0)
    with pytest.raises(ValueError, match="fit"):
        Webcam(fit="stretch")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="size"):
        Webcam((0, 10))
    webcam = Webcam(period_ms=50)
    for wrong in (5, float("nan"), "100", True, None):
        with pytest.raises(DataError):
            webcam.period.set(wrong)  # type: ignore[arg-type]
    assert webcam.period.value == 50


@pytest.mark.parametrize(
    ("why", "remedy"),
    [
        ("NotAllowedError", "allow the camera"),
        ("NotFoundError", "Plug one in"),
        ("NotReadableError", "Close that program"),
        ("ended", "unplugged"),
        ("insecure", "https://"),
        ("gone", "another camera"),
        ("silent", "whether the network works"),
        ("Surprise", "(Surprise)"),
        ("", "no reason was given"),
    ],
)
def test_every_problem_stops_the_camera_and_says_what_to_do(why: str, remedy: str) -> None:
    webcam = Webcam()
    webcam.active.set(True)
    webcam.camera_failed(why)
    assert webcam.active.value is False
    assert remedy in webcam.problem.value
    assert webcam.problem.value == camera_problem(why)
    webcam.active.set(True)
    assert webcam.problem.value == ""


def test_a_failure_that_is_told_after_the_camera_was_stopped_is_none() -> None:
    webcam = Webcam()
    webcam.camera_failed("AbortError")
    assert webcam.problem.value == ""


def test_the_chosen_camera_that_is_gone_is_chosen_no_more() -> None:
    webcam = Webcam()
    webcam.camera.set("unplugged")
    webcam.active.set(True)
    webcam.camera_failed("gone")
    assert webcam.camera.value == ""


def test_a_camera_that_started_late_does_not_undo_a_newer_choice() -> None:
    webcam = Webcam()
    webcam.camera_started("", "first")
    assert webcam.camera.value == "first"
    webcam.camera.set("second")
    webcam.camera_started("", "first")
    assert webcam.camera.value == "second"


def test_black_frames_for_three_seconds_give_a_hint_until_there_is_light(
    encode: Encode, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(webcam_module, "monotonic", lambda: now[0])
    webcam = Webcam((16, 16))
    webcam.active.set(True)

    def see(colour: str, seconds: float) -> str:
        now[0] += seconds
        before = webcam.images.value
        webcam.frame_taken(encode(colour, format="JPEG"))
        awaited(webcam.images, lambda image: image is not before)
        return str(webcam.problem.value)

    assert see("black", 0) == see("black", 2.9) == ""
    assert see("white", 0.05) == ""
    assert see("black", 0.05) == see("black", 2.9) == ""
    assert see("black", 0.2) == DARK
    assert webcam.active.value  # the camera runs on: light may come
    assert see("white", 0.1) == ""
    assert see("black", 0) == ""
    assert see("black", 4) == DARK
    webcam.active.set(False)
    assert webcam.problem.value == ""


def test_a_frame_that_comes_after_the_stop_is_not_given(encode: Encode, session: Session) -> None:
    webcam = Webcam((8, 8), mirror=False)
    held, go_on = threading.Event(), threading.Event()
    webcam.active.set(True)
    webcam.images.subscribe(lambda _: wait(held, go_on))
    webcam.frame_taken(encode("white"))
    assert held.wait(10)
    webcam.frame_taken(encode("black"))  # waits to be opened …
    webcam.active.set(False)
    webcam.active.set(True)  # … and is of the run before
    go_on.set()
    awaited(webcam._opened.busy, lambda busy: not busy)
    webcam.active.set(False)
    webcam.frame_taken(encode("black"))
    assert webcam.images.value.min() == 255
    assert not session.errors.has_value


def test_each_frame_is_answered_so_that_the_browser_sends_the_next(encode: Encode) -> None:
    webcam = Webcam((8, 8))
    webcam.active.set(True)
    feed = feed_of(webcam)
    assert sent(feed, {"kind": "frame", "number": 7, "data": encode()}) == [{"taken": 7}]
    awaited(webcam.images, lambda image: image.shape == (8, 8, 3))


def test_a_frame_of_a_stopped_camera_is_answered_and_dropped(encode: Encode) -> None:
    webcam = Webcam()
    assert sent(feed_of(webcam), {"kind": "frame", "number": 1, "data": encode()}) == [{"taken": 1}]
    assert not webcam._taken.has_value


def test_a_frame_that_is_too_large_is_never_opened() -> None:
    webcam = Webcam()
    webcam.active.set(True)
    sent(feed_of(webcam), {"kind": "frame", "number": 1, "data": bytes(MAX_FRAME_BYTES + 1)})
    assert not webcam._taken.has_value


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        {"kind": "frame", "number": "1", "data": b"x"},
        {"kind": "frame", "number": 1, "data": "x"},
        {"kind": "frame", "number": 1, "data": b""},
        {"kind": "started", "asked": "", "camera": 3},
        {"kind": "cameras", "cameras": "all"},
        {"kind": "failed", "why": None},
        {"kind": "unknown"},
    ],
)
def test_a_message_of_another_form_changes_nothing(message: Any) -> None:
    webcam = Webcam()
    webcam.active.set(True)
    assert sent(feed_of(webcam), message) == []
    assert webcam.active.value
    assert (webcam.cameras.value, webcam.camera.value, webcam.problem.value) == ((), "", "")


def test_the_cameras_of_the_browser_are_listed_without_what_is_none() -> None:
    webcam = Webcam()
    listed = [["a", "Front"], ["b", "Back"], ["c"], "d", ["e", 5], *[["x", "y"]] * 1000]
    sent(feed_of(webcam), {"kind": "cameras", "cameras": listed})
    assert webcam.cameras.value[:2] == (("a", "Front"), ("b", "Back"))
    assert len(webcam.cameras.value) < 40


def test_every_view_shows_the_same_state() -> None:
    webcam = Webcam(title="Desk")
    views = [webcam.view(), webcam.view()]
    webcam.cameras.set((("a", "Lens"), ("b", "Lens"), ("c", "")))
    webcam.camera.set("b")
    webcam.active.set(True)
    webcam.mirror.set(False)
    webcam.period.set(250)
    for view in views:
        feed = part_of(view, "CameraFeed")
        assert (feed.active, feed.camera, feed.mirror, feed.period) == (True, "b", False, 250)
        button, mirror, menu = (part_of(view, name) for name in ("Button", "Switch", "CameraMenu"))
        assert button.label == "Stop"
        assert mirror.value is False
        assert menu.visible
        assert menu.cameras == [["a", "Lens", False], ["b", "Lens (2)", True], ["c", "Camera 3", False]]


def test_one_camera_needs_no_menu() -> None:
    webcam = Webcam()
    view = webcam.view()
    webcam.cameras.set((("a", "Only"),))
    assert not part_of(view, "CameraMenu").visible


def test_of_the_menu_only_a_camera_that_is_there_can_be_chosen() -> None:
    webcam = Webcam()
    menu = part_of(webcam.view(), "CameraMenu")
    webcam.cameras.set((("a", "Front"), ("b", "Back")))
    for message in ({"chosen": "c"}, {"chosen": 1}, None):
        menu._handle_msg(message)
    assert webcam.camera.value == ""
    menu._handle_msg({"chosen": "b"})
    assert webcam.camera.value == "b"


def test_disposing_stops_the_camera() -> None:
    webcam = Webcam()
    feed = feed_of(webcam)
    webcam.active.set(True)
    assert feed.active
    webcam.dispose()
    assert not feed.active
