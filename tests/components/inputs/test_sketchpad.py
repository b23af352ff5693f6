"""The sketchpad without a page: strokes set by code, undo, clear, and what flows from them."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

from imlkit import Sketchpad, Stream
from imlkit.components.inputs.strokes import Stroke
from imlkit.errors import DataError
from imlkit.session import Session
from imlkit.streams import Chain


def line(*points: tuple[float, float], size: float = 6) -> Stroke:
    return Stroke(np.array(points, np.float32), size)


ONE, TWO = line((10, 10), (50, 50)), line((50, 10), (10, 50))


@pytest.fixture
def pad() -> Sketchpad:
    return Sketchpad(size=64)


def emitted(stream: Chain[Any]) -> list[Any]:
    seen: list[Any] = []
    stream.subscribe(seen.append)
    return seen


def test_strokes_that_code_sets_become_an_image(pad: Sketchpad) -> None:
    images = emitted(pad.images)
    pad.strokes.set([ONE, TWO])
    assert pad.strokes.value == (ONE, TWO)
    assert len(images) == 1
    assert images[0].shape == (64, 64, 3)
    assert images[0].dtype == np.uint8
    assert images[0][30, 30].tolist() == [0, 0, 0]
    assert images[0][2, 32].tolist() == [255, 255, 255]


def test_an_empty_pad_has_a_white_image_that_reaches_nobody(pad: Sketchpad) -> None:
    images = emitted(pad.images)
    assert pad.images.value.shape == (64, 64, 3)
    assert pad.images.value.min() == 255
    pad.strokes.set([ONE])
    pad.clear()
    assert pad.images.value.min() == 255
    assert len(images) == 1
    assert emitted(pad.images) == []


def test_a_capture_of_an_empty_pad_gets_the_white_image(pad: Sketchpad) -> None:
    clicks: Stream[int] = Stream()
    captured: list[np.ndarray[Any, Any]] = []
    clicks.snapshot(pad.images).subscribe(captured.append)
    clicks.set(1)
    pad.strokes.set([ONE])
    clicks.set(2)
    pad.clear()
    clicks.set(3)
    assert [image.min() for image in captured] == [255, 0, 255]


def test_a_late_subscriber_gets_the_present_drawing(pad: Sketchpad) -> None:
    pad.strokes.set([ONE])
    assert len(emitted(pad.images)) == 1
    assert len(emitted(pad.images.map(lambda image: image.mean()))) == 1


def test_a_subscriber_may_leave_the_images(pad: Sketchpad) -> None:
    seen: list[Any] = []
    subscription = pad.images.subscribe(seen.append)
    pad.strokes.set([ONE])
    subscription.dispose()
    pad.strokes.set([TWO])
    assert len(seen) == 1
    assert not pad.images.observed


def test_every_image_stays_as_it_was_emitted(pad: Sketchpad) -> None:
    images = emitted(pad.images)
    pad.strokes.set([ONE])
    first = images[0].copy()
    pad.strokes.set([ONE, TWO])
    assert np.array_equal(images[0], first)
    assert not np.array_equal(images[1], first)


def test_undo_takes_back_the_last_stroke(pad: Sketchpad) -> None:
    pad.strokes.set([ONE, TWO])
    images = emitted(pad.images)
    pad.undo()
    assert pad.strokes.value == (ONE,)
    assert images[-1][32, 32].tolist() == [0, 0, 0]
    assert images[-1][14, 50].tolist() == [255, 255, 255]


def test_undo_brings_a_cleared_drawing_back_once(pad: Sketchpad) -> None:
    pad.strokes.set([ONE, TWO])
    pad.clear()
    pad.undo()
    assert pad.strokes.value == (ONE, TWO)
    pad.undo()
    pad.undo()
    assert pad.strokes.value == ()
    pad.undo()
    assert pad.strokes.value == ()


def test_undo_reaches_past_a_new_stroke_to_the_clearing_before_it(pad: Sketchpad) -> None:
    pad.strokes.set([ONE])
    pad.clear()
    pad.strokes.set([TWO])
    pad.undo()
    assert pad.strokes.value == ()
    pad.undo()
    assert pad.strokes.value == (ONE,)


def test_cleared_tells_each_time_the_pad_becomes_empty(pad: Sketchpad) -> None:
    cleared = emitted(pad.cleared)
    pad.clear()
    assert cleared == []
    pad.strokes.set([ONE])
    pad.clear()
    pad.clear()
    pad.strokes.set([ONE])
    pad.strokes.set([])
    pad.strokes.set([ONE])
    pad.undo()
    assert cleared == [1, 2, 3]


def test_what_is_no_stroke_is_refused_and_changes_nothing(pad: Sketchpad) -> None:
    pad.strokes.set([ONE])
    with pytest.raises(DataError, match="is not a stroke"):
        pad.strokes.set([[(1, 2), (3, 4)]])
    assert pad.strokes.value == (ONE,)


def test_strokes_may_come_from_another_stream(pad: Sketchpad, session: Session) -> None:
    source: Stream[Any] = Stream()
    source.subscribe(pad.strokes)
    source.set([ONE])
    assert pad.strokes.value == (ONE,)
    source.set(["x"])
    assert "is not a stroke" in session.errors.value.message
    source.set([TWO])
    assert pad.strokes.value == (TWO,)


def test_a_subscriber_may_clear_the_pad_while_it_is_told_of_a_drawing(pad: Sketchpad) -> None:
    pad.images.subscribe(lambda _: pad.clear())
    pad.strokes.set([ONE])
    assert pad.strokes.value == ()
    assert pad.images.value.min() == 255


@pytest.mark.parametrize(
    "arguments", [{"size": 0}, {"size": 1.5}, {"size": 10_000}, {"pen": 0}, {"pen": 999}, {"live_rate": -1}]
)
def test_arguments_out_of_range_are_named(arguments: dict[str, Any]) -> None:
    (name, value) = next(iter(arguments.items()))
    with pytest.raises(ValueError, match=f"{name} {value}"):
        Sketchpad(**arguments)


def test_its_streams_are_named_and_end_with_it(pad: Sketchpad) -> None:
    assert set(pad.streams()) == {"strokes", "images", "cleared", "drawing", "pen"}
    emitted(pad.images)
    pad.dispose()
    assert not pad.images.observed


def test_views_of_one_pad_share_its_pen(pad: Sketchpad) -> None:
    one: Any = pad.view()
    other: Any = pad.view()
    one[1].value = 5
    assert pad.pen.value == 5
    assert other[1].value == 5
    assert other[0].pen == 5
    pad.pen.set(40)
    assert one[1].value == 40


def test_a_view_that_nobody_holds_goes_away(pad: Sketchpad) -> None:
    view: Any = pad.view()
    canvas = weakref.ref(view[0])
    del view
    gc.collect()
    assert canvas() is None
    pad.strokes.set([ONE])
