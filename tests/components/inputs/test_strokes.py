"""Strokes and the image they make."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from imlkit.components.inputs.strokes import Rasteriser, Stroke, as_strokes
from imlkit.errors import DataError


def wander(seed: int, count: int, size: float = 8) -> Stroke:
    steps = np.random.default_rng(seed).normal(0, 4, (count, 2))
    return Stroke(np.clip(np.cumsum(steps, axis=0) + 128, 0, 256).astype(np.float32), size)


def test_no_strokes_are_a_white_sheet() -> None:
    image = Rasteriser(32).render(())
    assert image.shape == (32, 32, 3)
    assert image.dtype == np.uint8
    assert image.min() == 255


def test_a_dot_is_a_disc_of_the_pen_s_size() -> None:
    image = Rasteriser(64).render([Stroke(np.array([[32, 32]]), 20)])
    ink = (255 - image[:, :, 0]).sum() / 255
    assert ink == pytest.approx(np.pi * 100, rel=0.02)
    middle = np.argwhere(image[:, :, 0] < 128).mean(axis=0) + 0.5
    assert middle == pytest.approx([32, 32], abs=0.3)


@pytest.mark.parametrize("size", [1, 2, 8, 25])
def test_a_line_covers_its_length_and_its_round_ends(size: int) -> None:
    image = Rasteriser(256).render([Stroke(np.array([[50, 60], [200, 60.0]]), size)])
    ink = (255 - image[:, :, 0].astype(float)).sum() / 255
    assert ink == pytest.approx(150 * size + np.pi * size**2 / 4, rel=0.03)
    assert image[:, :45].min() == 255 or size > 8


def test_joints_are_round() -> None:
    image = Rasteriser(128).render([Stroke(np.array([[30, 100], [64, 30], [98, 100.0]]), 20)])
    assert image[24, 64, 0] == 0  # the corner is filled
    assert image[17, 64, 0] == 255  # and no longer than the pen's radius


def test_the_three_channels_are_alike_and_each_image_is_new() -> None:
    rasteriser = Rasteriser(64)
    strokes = [wander(1, 20)]
    first, second = rasteriser.render(strokes), rasteriser.render(strokes)
    assert np.array_equal(first[:, :, 0], first[:, :, 2])
    assert first is not second
    first[:] = 7
    assert np.array_equal(rasteriser.render(strokes), second)


def test_a_drawing_that_grows_looks_as_if_drawn_at_once() -> None:
    strokes = [wander(n, 40, 3 + n) for n in range(5)]
    growing = Rasteriser(256)
    for n, stroke in enumerate(strokes):
        for count in (1, 2, 17, 40):
            growing.render([*strokes[:n], Stroke(stroke.points[:count], stroke.size)])
        growing.render(strokes[: n + 1])
    assert np.array_equal(growing.render(strokes), Rasteriser(256).render(strokes))


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[:-1],
        lambda s: s[1:],
        lambda s: [],
        lambda s: s[::-1],
        lambda s: [wander(9, 5), *s[1:]],
        lambda s: [*s[:-1], Stroke(s[-1].points[:3], s[-1].size)],
        lambda s: [*s[:-1], Stroke(s[-1].points, 30)],
    ],
)
def test_after_any_change_the_image_is_that_of_the_strokes(change: Any) -> None:
    strokes = [wander(n, 30) for n in range(3)]
    rasteriser = Rasteriser(256)
    rasteriser.render(strokes)
    changed = change(strokes)
    assert np.array_equal(rasteriser.render(changed), Rasteriser(256).render(changed))


def test_what_leaves_the_paper_is_cut_at_its_edge() -> None:
    image = Rasteriser(64).render([Stroke(np.array([[32, 32], [1e12, 32]]), 8)])
    assert image[32, 63, 0] == 0
    assert image[10].min() == 255
    assert Rasteriser(64).render([Stroke(np.array([[-500, -500]]))]).min() == 255


def test_a_stroke_keeps_its_own_copy_of_the_points() -> None:
    points = np.array([[1, 2], [3, 4.0]])
    stroke = Stroke(points)
    points[:] = 0
    assert stroke.points.tolist() == [[1, 2], [3, 4]]
    assert stroke.points.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        stroke.points[0, 0] = 9


@pytest.mark.parametrize(
    ("points", "size"),
    [([], 8), ([[1, 2, 3]], 8), ([1, 2], 8), ([[1, float("nan")]], 8), ([["a", "b"]], 8), ([[1, 2], [3]], 8),
     ([[1, 2]], 0), ([[1, 2]], float("inf")), ([[1, 2]], "8")],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_with_what_was_expected(points: Any, size: Any) -> None:
    with pytest.raises(DataError, match=r"expected|leave them out"):
        Stroke(points, size)


def test_what_is_no_stroke_is_named() -> None:
    with pytest.raises(DataError, match=r"\[1, 2\] \(list\) is not a stroke"):
        as_strokes([[1, 2]])


def test_the_next_stroke_of_a_typical_drawing_is_rendered_in_a_few_milliseconds() -> None:
    strokes = [wander(n, 60) for n in range(10)]
    rasteriser = Rasteriser(256)
    rasteriser.render(strokes)
    times = []
    for n in range(9):
        strokes.append(wander(20 + n, 60))
        began = time.perf_counter()
        rasteriser.render(strokes)
        times.append(time.perf_counter() - began)
    assert sorted(times)[4] < 0.005
