from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from imlkit.components.models.hog_features import HogFeatures
from imlkit.errors import DataError, ImageError
from imlkit.streams import Stream


def drawing(height: int = 256, width: int = 256) -> np.ndarray[Any, np.dtype[np.uint8]]:
    image = np.full((height, width, 3), 255, np.uint8)
    image[height // 4 : height // 2, width // 3 : width // 2] = (20, 40, 160)
    return image


@pytest.mark.parametrize("shape", [(256, 256), (300, 300), (7, 2000), (64, 64), (8, 8), (4, 6)])
def test_every_size_of_image_gives_1764_features(shape: tuple[int, int]) -> None:
    features = HogFeatures().process(drawing(*shape))
    assert features.shape == (1764,)
    assert features.dtype == np.float32
    assert HogFeatures().length == 1764
    assert np.isfinite(features).all()
    assert features.any()


def test_the_same_shape_drawn_larger_has_nearly_the_same_features() -> None:
    features = HogFeatures()
    small, large = features.process(drawing(128, 128)), features.process(drawing(512, 512))
    other = features.process(np.ascontiguousarray(drawing().transpose(1, 0, 2)[::-1]))
    assert np.linalg.norm(small - large) < np.linalg.norm(small - other) / 3


def test_parameters_decide_the_length() -> None:
    features = HogFeatures(size=32, orientations=6, cell=8, block=1)
    assert len(features.process(drawing())) == features.length == 16 * 6


def test_a_blank_image_is_refused_whatever_its_colour() -> None:
    for colour in (0, 128, 255, (10, 20, 30)):
        with pytest.raises(DataError, match=r"The image is empty.*Draw something"):
            HogFeatures().process(np.full((50, 60, 3), colour, np.uint8))


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((9, 9, 3), np.float32), r"type float32 and shape \(9, 9, 3\)"),
        (np.zeros((9, 9), np.uint8), r"shape \(9, 9\)"),
        (np.zeros((9, 9, 4), np.uint8), r"shape \(9, 9, 4\)"),
        (np.zeros((0, 9, 3), np.uint8), r"shape \(0, 9, 3\)"),
        ([[1, 2]], "list is not an image"),
        (None, "NoneType is not an image"),
    ],
)
def test_what_is_no_image_is_named(image: Any, words: str) -> None:
    with pytest.raises(ImageError, match=words):
        HogFeatures().process(image)


@pytest.mark.parametrize("parameters", [{"size": 0}, {"orientations": 1.5}, {"cell": True}, {"size": 8}])
def test_a_parameter_that_makes_no_sense_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"give a whole number|does not fit"):
        HogFeatures(**parameters)


def test_it_works_in_a_pipeline() -> None:
    images: Stream[Any] = Stream()
    seen: list[Any] = []
    images.map(HogFeatures().process).subscribe(seen.append)
    images.set(drawing())
    assert [len(features) for features in seen] == [1764]


def test_one_image_takes_a_few_milliseconds() -> None:
    features = HogFeatures()
    features.warm_up()
    times = []
    for _ in range(20):
        start = time.perf_counter()
        features.process(drawing())
        times.append(time.perf_counter() - start)
    assert sorted(times)[5] < 0.01


def test_its_view_says_how_many_numbers() -> None:
    assert "1,764 numbers" in HogFeatures().view().object  # type: ignore[attr-defined]
