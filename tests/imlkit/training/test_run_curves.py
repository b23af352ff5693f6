"""Points of runs as bundles and as curves."""

from __future__ import annotations

import math

import numpy as np

from imlkit.training.run_curves import Point, curves_of, joined, points_document


def point(name: str, step: int, value: float, epoch: float = math.nan) -> Point:
    return name, step, epoch, step / 10, value


def test_a_bundle_gives_each_metric_its_points_in_their_order() -> None:
    bundle = points_document("r", 0, [point("loss", 1, 5), point("b", 1, 7, 1.0), point("loss", 2, 4, 1.0)])
    curves = curves_of([bundle])
    assert list(curves) == ["loss", "b"]
    assert curves["loss"].step.tolist() == [1, 2]
    assert curves["loss"].value.tolist() == [5, 4]
    assert np.isnan(curves["loss"].epoch[0])
    assert curves["loss"].epoch[1] == 1
    assert curves["b"].seconds.tolist() == [0.1]


def test_bundles_are_joined_by_their_numbers_whatever_their_order() -> None:
    bundles = [points_document("r", number, [point("loss", number, number)]) for number in range(12)]
    assert curves_of(reversed(bundles))["loss"].value.tolist() == list(range(12))


def test_what_is_no_number_and_any_name_are_kept() -> None:
    names = ["__proto__", "constructor", "", "a\x00b", "été", "<b>", "\ud800"]
    values = [math.nan, math.inf, -math.inf, 0, 1, 2, 3]
    points = [point(name, 1, value) for name, value in zip(names, values, strict=True)]
    curves = curves_of([points_document("r", 0, points)])
    assert list(curves) == [*names[:-1], "?"]
    assert math.isnan(curves["__proto__"].value[0])
    assert curves["constructor"].value[0] == math.inf


def test_damaged_bundles_are_left_out() -> None:
    good = points_document("r", 1, [point("loss", 1, 5)])
    bad = [
        {**good, "names": None},
        {**good, "points": None},
        {**good, "points": np.zeros(5)},
        {**good, "points": np.zeros((2, 4))},
        {**good, "points": np.zeros((2, 5), np.int64)},
        {**good, "names": [7]},
        {**good, "points": np.full((1, 5), np.nan)},
        {**good, "points": np.full((1, 5), 9.0)},
        {},
    ]
    curves = curves_of([*bad, good])
    assert list(curves) == ["loss"]
    assert curves["loss"].value.tolist() == [5]


def test_a_hundred_thousand_metrics_are_read() -> None:
    points = [point(f"metric {n}", 1, n) for n in range(100_000)]
    curves = curves_of([points_document("r", 0, points)])
    assert len(curves) == 100_000
    assert curves["metric 99999"].value.tolist() == [99_999]


def test_later_points_go_to_the_ends() -> None:
    one = curves_of([points_document("r", 0, [point("loss", 1, 5), point("a", 1, 1)])])
    other = curves_of([points_document("r", 1, [point("loss", 2, 4), point("b", 2, 2)])])
    found = joined(one, other)
    assert {name: curve.value.tolist() for name, curve in found.items()} == {
        "loss": [5, 4],
        "a": [1],
        "b": [2],
    }
