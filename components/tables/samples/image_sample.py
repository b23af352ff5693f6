"""Pictures, from files or from the table itself."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from imlkit.errors import DataError, ImageError
from imlkit.images import FORMATS, RGBImage, as_rgb, encode_png, open_image, thumbnail
from imlkit.tables.samples.sample_type import Sample, SampleType

__all__ = ["ImageSample"]

SMALL = 5_000
"""Bytes of a PNG up to which it stays one: photographs are several times smaller as JPEG."""
MOST_BYTES = 20_000_000
"""The largest file that is sent as it is."""
MOST_PIXELS = 4_096
"""Pixels each way of a picture that is not sent as it is."""
SHOWN_BY_BROWSERS = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "AVIF": "image/avif",
}


class ImageSample(SampleType):
    """A picture: the path of a file, a file's bytes, or an array as :func:`imlkit.images.as_rgb` takes it.

    Files are opened as :func:`imlkit.images.open_image` does: upright, transparency on white, 16-bit
    samples brought to 8, those of too many pixels refused by their header.
    """

    kind = "image"
    of_files = True

    def preview(self, value: Any, size: int) -> Sample:
        """Return the picture with at most ``size`` pixels each way, as PNG or JPEG."""
        if isinstance(value, (Path, bytes)):
            pixels = open_image(value, size=(size, size))
        else:
            pixels = thumbnail(_array(value), size)
        return _encoded(pixels, _named(value, "picture"))

    def detail(self, value: Any) -> Sample:
        """Return the picture's own file; a smaller copy where it is large or browsers do not show it."""
        if not isinstance(value, (Path, bytes)):
            pixels = _array(value)
            height, width = pixels.shape[:2]
            return Sample("image/png", encode_png(pixels), f"{width:,} × {height:,} pixels")
        # Opened small, but whole: a file cut short is found here, not by the browser.
        open_image(value, size=(16, 16))
        data = value if isinstance(value, bytes) else _read(value)
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            kind, (width, height) = image.format or "", image.size
        said = f"{_named(value, '')}{width:,} × {height:,} pixels, {_bytes(len(data))}"
        if kind in SHOWN_BY_BROWSERS and len(data) <= MOST_BYTES:
            return Sample(SHOWN_BY_BROWSERS[kind], data, said)
        return _encoded(open_image(data, size=(MOST_PIXELS, MOST_PIXELS)), said)


def _array(value: Any) -> RGBImage:
    try:
        pixels = np.asarray(value)
    except ValueError as error:
        raise ImageError("The rows of the picture are not equally long: give an array (H, W, 3).") from error
    if pixels.dtype.kind == "i" and pixels.size and pixels.min() >= 0 and pixels.max() <= 255:
        pixels = pixels.astype(np.uint8)
    if pixels.dtype.kind not in "uifb":
        raise ImageError(
            f"{str(value)[:100]!r} is no picture: give the path of a file, its bytes, or an array (H, W, 3)."
        )
    return as_rgb(pixels)


def _encoded(pixels: RGBImage, text: str) -> Sample:
    data = encode_png(pixels, level=3)
    if len(data) <= SMALL:
        return Sample("image/png", data, text)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=85)
    return Sample("image/jpeg", file.getvalue(), text)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"“{path.name}” cannot be read ({error.strerror or error}).") from error


def _named(value: Any, otherwise: str) -> str:
    if not isinstance(value, Path):
        return otherwise
    return value.name if otherwise else f"{value.name}: "


def _bytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1_000_000 else f"{count / 1e3:,.1f} kB"
