"""The latest image of a stream."""

from __future__ import annotations

import base64
import re
from typing import Any

import numpy as np

from imlkit import ImageDisplay, Stream
from imlkit.images import open_image


def shown(view: Any) -> np.ndarray[Any, Any]:
    found = re.search(r'src="data:image/png;base64,([^"]+)"', view.object)
    assert found, view.object
    return open_image(base64.b64decode(found[1]))


def test_before_the_first_image_it_says_so() -> None:
    assert "No image yet" in ImageDisplay().view().object


def test_every_view_shows_the_latest_image_of_the_stream() -> None:
    source: Stream[Any] = Stream()
    display = ImageDisplay(source, "Camera")
    early = display.view()
    source.set(np.zeros((200, 300, 3), np.uint8))
    source.set(np.full((200, 300, 3), 9, np.uint8))
    late = display.view()
    assert shown(early).max() == shown(late).max() == 9
    assert 'alt="Camera, 300 by 200 pixels"' in late.object


def test_images_may_be_given_by_code() -> None:
    display = ImageDisplay()
    view = display.view()
    display.images.set(np.full((4, 4), 0.5))
    assert shown(view).tolist() == np.full((4, 4, 3), 128).tolist()


def test_a_tiny_image_is_enlarged_with_its_pixels_visible() -> None:
    display = ImageDisplay()
    display.images.set(np.zeros((8, 8), np.uint8))
    view = display.view()
    assert "width: 128px" in view.object
    assert "pixelated" in view.object


def test_a_huge_image_is_sent_small() -> None:
    display = ImageDisplay()
    display.images.set(np.zeros((3000, 1500, 3), np.uint8))
    assert shown(display.view()).shape == (1024, 512, 3)


def test_what_is_no_image_is_said_in_its_place_and_the_next_is_shown() -> None:
    display = ImageDisplay()
    view = display.view()
    display.images.set(np.zeros(5))
    assert "cannot be shown" in view.object
    assert "shape (5,)" in view.object
    display.images.set(np.zeros((5, 5), np.uint8))
    assert shown(view).shape == (5, 5, 3)


def test_a_title_is_text_and_never_markup() -> None:
    display = ImageDisplay(title='"><script>alert(1)</script>')
    display.images.set(np.zeros((200, 200), np.uint8))
    assert "<script>" not in display.view().object
    assert "&quot;&gt;" in display.view().object
