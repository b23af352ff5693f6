"""Image files to upload."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

Encode = Callable[..., bytes]


@pytest.fixture
def encode() -> Encode:
    """Make the bytes of an image file of one colour."""

    def make(
        colour: Any = "red", size: tuple[int, int] = (40, 20), format: str = "PNG", **options: Any
    ) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", size, colour).save(file, format, **options)
        return file.getvalue()

    return make
