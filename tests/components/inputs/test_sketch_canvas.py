"""What a canvas takes from a browser, which may say anything, and what it tells it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from imlkit import Sketchpad
from imlkit.components.inputs.sketch_canvas import MAX_STROKES, SketchCanvas
from imlkit.components.inputs.strokes import Stroke
from imlkit.session import Session


class Told(SketchCanvas):
    """A canvas that keeps what it would tell the browser."""

    def __init__(self, *arguments: Any) -> None:
        self.told: list[Any] = []
        super().__init__(*arguments)

    def _send_msg(self, data: Any) -> None:
        self.told.append(data)

    def hear(self, **message: Any) -> None:
        self._handle_msg(message)

    def draw(self, key: int, *points: float, end: bool = False, size: Any = 6) -> None:
        self.hear(kind="draw", key=key, size=size, points=list(points), end=end)


@pytest.fixture
def pad() -> Sketchpad:
    return Sketchpad(size=64)


def canvas_of(pad: Sketchpad, rate: float = 0) -> Told:
    canvas = Told(pad.strokes, pad.drawing, pad.size, rate, pad.title)
    pad.follow(pad.strokes, canvas, Told.tell)
    canvas.hear(kind="sync")
    return canvas


def test_a_stroke_in_one_message_is_drawn(pad: Sketchpad) -> None:
    canvas_of(pad).draw(1, 5, 5, 40.5, 40, end=True)
    (stroke,) = pad.strokes.value
    assert stroke.points.tolist() == [[5, 5], [40.5, 40]]
    assert stroke.size == 6
    assert pad.drawing.value is False


def test_a_stroke_in_parts_grows_and_ends_once(pad: Sketchpad) -> None:
    states: list[tuple[int, bool]] = []
    pad.strokes.subscribe(lambda s: states.append((sum(len(t.points) for t in s), pad.drawing.value)))
    canvas = canvas_of(pad, rate=1e9)
    canvas.draw(1, 5, 5)
    canvas.draw(1, 6, 6, 7, 7)
    canvas.draw(1, 8, 8, end=True)
    assert states == [(0, False), (1, True), (3, True), (4, False)]


def test_the_browser_is_never_sent_its_own_points(pad: Sketchpad) -> None:
    canvas = canvas_of(pad)
    canvas.draw(1, 5, 5, 40, 40, end=True)
    assert canvas.told[-1]["strokes"] == [["b1"]]
    assert canvas.told[-1]["seen"] == 1


def test_another_canvas_is_sent_each_stroke_once(pad: Sketchpad) -> None:
    one, other = canvas_of(pad), canvas_of(pad)
    one.draw(1, 5, 5, 40, 40, end=True)
    assert [stroke[1:] for stroke in other.told[-1]["strokes"]] == [[6.0, [5, 5, 40, 40]]]
    one.draw(2, 1, 1, end=True)
    assert [len(stroke) for stroke in other.told[-1]["strokes"]] == [1, 3]
    assert other.told[-1]["seen"] == 0


def test_a_canvas_that_begins_anew_is_sent_everything(pad: Sketchpad) -> None:
    canvas = canvas_of(pad)
    canvas.draw(1, 5, 5, 40, 40, end=True)
    canvas.hear(kind="sync")
    assert [stroke[1:] for stroke in canvas.told[-1]["strokes"]] == [[6.0, [5, 5, 40, 40]]]
    canvas.draw(1, 9, 9, end=True)
    assert len(pad.strokes.value) == 2


def test_a_stroke_brought_back_by_undo_is_sent_again(pad: Sketchpad) -> None:
    canvas = canvas_of(pad)
    canvas.draw(1, 5, 5, 40, 40, end=True)
    pad.clear()
    assert canvas.told[-1]["strokes"] == []
    pad.undo()
    assert canvas.told[-1]["strokes"] == [["b1", 6.0, [5, 5, 40, 40]]]


def test_the_rest_of_a_stroke_that_was_cleared_away_is_ignored(pad: Sketchpad) -> None:
    canvas = canvas_of(pad, rate=1e9)
    canvas.draw(1, 5, 5)
    pad.clear()
    canvas.draw(1, 6, 6)
    canvas.draw(1, 7, 7, end=True)
    assert pad.strokes.value == ()
    assert pad.drawing.value is False
    canvas.draw(2, 8, 8, end=True)
    assert len(pad.strokes.value) == 1


def test_a_stroke_that_was_left_open_is_ended_by_the_next(pad: Sketchpad) -> None:
    canvas = canvas_of(pad, rate=1e9)
    canvas.draw(1, 5, 5)
    canvas.draw(2, 6, 6, end=True)
    canvas.draw(1, 7, 7)
    assert [len(stroke.points) for stroke in pad.strokes.value] == [1, 1]


def test_while_drawing_the_mean_rate_is_bounded(pad: Sketchpad, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("imlkit.components.inputs.sketch_canvas.time.monotonic", lambda: now)
    canvas = canvas_of(pad, rate=10)
    canvas.draw(1, 0, 0)
    times: list[float] = []
    pad.images.subscribe(lambda _: times.append(now))
    times.clear()
    for step in range(400):  # four seconds, ten times as fast as it should be
        now = 100 + step / 100
        canvas.draw(1, step / 10, step / 10)
    assert 38 <= len(times) <= 42
    canvas.draw(1, 50, 50, end=True)
    assert len(pad.strokes.value[0].points) == 402  # nothing of the stroke is lost


@pytest.mark.parametrize(
    "message",
    [
        None,
        "draw",
        [],
        {},
        {"kind": "clear all"},
        {"kind": "draw"},
        {"kind": "draw", "key": "1", "size": 6, "points": [1, 2], "end": True},
        {"kind": "draw", "key": 1, "size": "6", "points": [1, 2], "end": True},
        {"kind": "draw", "key": 1, "size": math.nan, "points": [1, 2], "end": True},
        {"kind": "draw", "key": 1, "size": 1e9, "points": [1, 2], "end": True},
        {"kind": "draw", "key": 1, "size": 0, "points": [1, 2], "end": True},
        {"kind": "draw", "key": -1, "size": 6, "points": [1, 2], "end": True},
        {"kind": "draw", "key": 1, "size": 6, "points": [1, 2, 3], "end": True},
        {"kind": "draw", "key": 1, "size": 6, "points": [1, "2"], "end": True},
        {"kind": "draw", "key": 1, "size": 6, "points": [1, True], "end": True},
        {"kind": "draw", "key": 1, "size": 6, "points": [[1, 2], [3, 4]], "end": True},
        {"kind": "draw", "key": 1, "size": 6, "points": {"0": 1}, "end": True},
        {"kind": "draw", "key": 1, "size": 6, "points": [1.0] * 1_000_000, "end": True},
        {"kind": "draw", "key": 1, "size": 6, "points": [], "end": True},
    ],
)
def test_a_message_that_makes_no_sense_draws_nothing(pad: Sketchpad, message: Any) -> None:
    canvas = canvas_of(pad)
    canvas._handle_msg(message)
    assert pad.strokes.value == ()
    canvas.draw(2, 1, 1, end=True)
    assert len(pad.strokes.value) == 1


def test_points_far_off_the_paper_are_brought_near(pad: Sketchpad) -> None:
    canvas = canvas_of(pad)
    canvas.draw(1, -1e300, 10**400, math.inf, -math.inf, math.nan, 3, end=True)
    (stroke,) = pad.strokes.value
    assert np.isfinite(stroke.points).all()
    assert stroke.points.min() >= -64
    assert stroke.points.max() <= 128


def test_the_number_of_strokes_is_bounded_and_the_person_is_told(pad: Sketchpad, session: Session) -> None:
    canvas = canvas_of(pad)
    pad.strokes.set([Stroke(np.array([[1, 1]]), 2)] * MAX_STROKES)
    canvas.draw(1, 5, 5)
    canvas.draw(1, 6, 6, end=True)
    assert len(pad.strokes.value) == MAX_STROKES
    assert "1,000 strokes" in session.errors.value.message
    assert canvas.told[-1]["seen"] == 1  # so that the browser takes it back


def test_the_length_of_a_stroke_is_bounded(pad: Sketchpad) -> None:
    canvas = canvas_of(pad, rate=1e9)
    for _ in range(3):
        canvas.draw(1, *[1.0] * 10_000)
    assert len(pad.strokes.value[0].points) == 10_000
