"""Images: opening untrusted files safely, and encoding arrays for stores and views.

An image is a ``numpy.uint8`` array (H, W, 3), RGB.
"""

from __future__ import annotations

import base64
import io
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import ImageError

__all__ = [
    "FORMATS",
    "MAX_FILE_BYTES",
    "MAX_PIXELS",
    "Fit",
    "RGBImage",
    "as_rgb",
    "check_resizing",
    "data_uri",
    "encode_png",
    "open_image",
    "resized",
    "thumbnail",
]

RGBImage: TypeAlias = npt.NDArray[np.uint8]
Fit = Literal["inside", "pad", "crop"]

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF") + (("AVIF",) if find_spec("PIL._avif") else ())
"""What Pillow may try to decode; its other decoders never see the bytes."""

FORMATS_IN_WORDS: Final = "PNG, JPEG, WebP, GIF, BMP or TIFF"

MAX_PIXELS: Final = 64_000_000
"""The most pixels an image may have; more is refused by its header, before decoding."""

MAX_FILE_BYTES: Final = 100_000_000
"""The most bytes a file may have."""

_WHITE: Final = (255, 255, 255)


def open_image(
    source: bytes | bytearray | memoryview | str | os.PathLike[str],
    name: str = "",
    *,
    size: tuple[int, int] | None = None,
    fit: Fit = "inside",
) -> RGBImage:
    """Decode an image that nobody vouches for.

    The orientation from EXIF is applied, transparency is laid on white, of an animation the
    first frame is taken, and 16-bit samples are brought to 8.

    Args:
        source: the file's bytes, or its path.
        name: what to call it in messages; a path names itself.
        size: (W, H) in pixels to resize to; None keeps the image's own.
        fit: how ``size`` is met. ``"inside"`` keeps the aspect, is at most that size and never
            enlarges; ``"pad"`` keeps the aspect and fills up to exactly that size with white;
            ``"crop"`` fills exactly that size and cuts off what sticks out, alike on both sides.

    Returns:
        uint8 (H, W, 3), RGB.

    Raises:
        ImageError: it is no image of a known format, is damaged, or is too large.
        ValueError: ``size`` or ``fit`` is none of these.
    """
    check_resizing(size, fit)
    data, called = _read(source, name)
    if not data:
        raise ImageError(f"{called} is empty (0 bytes): get the file again from where it came from")
    if len(data) > MAX_FILE_BYTES:
        raise ImageError(
            f"{called} has {len(data) / 1e6:.0f} MB, more than the {MAX_FILE_BYTES / 1e6:.0f} MB that are "
            "opened: save a smaller version and choose that"
        )
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _refuse_large(image, called)
            return _decode(image, size, fit)
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(called) from error
    except UnidentifiedImageError as error:
        raise ImageError(
            f"{called} is not an image that can be opened, whatever its name says: choose a "
            f"{FORMATS_IN_WORDS} file, or open it in an image program and save it as one of these"
        ) from error
    except MemoryError as error:
        raise ImageError(
            f"{called} needs more memory than there is: save a smaller version and choose that"
        ) from error
    except Exception as error:
        # A damaged file can make a decoder raise anything.
        raise ImageError(
            f"{called} is damaged and cannot be opened ({str(error).strip() or type(error).__name__}): "
            "get the file again from where it came from"
        ) from error


def check_resizing(size: tuple[int, int] | None, fit: str) -> None:
    """Raise ValueError unless these are a size and a fit that :func:`open_image` takes."""
    if fit not in get_args(Fit):
        raise ValueError(f"fit {fit!r} is unknown: use 'inside', 'pad' or 'crop'")
    if size is not None and not (len(size) == 2 and all(isinstance(n, int) and n > 0 for n in size)):
        raise ValueError(f"size {size!r} is not a size: expected (width, height) in pixels, or None")


def resized(image: npt.ArrayLike, size: tuple[int, int] | None, fit: Fit = "inside") -> RGBImage:
    """Return the image brought to a size as :func:`open_image` does; None keeps its own.

    Raises:
        ImageError: :func:`as_rgb` does not take it.
        ValueError: ``size`` or ``fit`` is none.
    """
    check_resizing(size, fit)
    pixels = as_rgb(image)
    return pixels if size is None else np.array(_resized(Image.fromarray(pixels), size, fit))


def thumbnail(image: npt.ArrayLike, side: int = 96) -> RGBImage:
    """Return the image made small: its longer side at most ``side`` pixels, its aspect kept.

    An image that is small enough is returned as it is.
    """
    pixels = as_rgb(image)
    height, width = pixels.shape[:2]
    target = _inside((width, height), (side, side))
    if target == (width, height):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0))


def encode_png(image: npt.ArrayLike, *, level: int = 6) -> bytes:
    """Return the image as the bytes of a PNG file, without loss.

    Args:
        image: as :func:`as_rgb` takes it.
        level: from 0 (fast, large) to 9 (slow, small).
    """
    file = io.BytesIO()
    Image.fromarray(as_rgb(image)).save(file, "PNG", compress_level=level)
    return file.getvalue()


def data_uri(image: npt.ArrayLike, side: int | None = None) -> str:
    """Return the image as a ``data:`` address for an ``img`` element.

    Args:
        image: as :func:`as_rgb` takes it.
        side: make its longer side at most so many pixels first.
    """
    small = as_rgb(image) if side is None else thumbnail(image, side)
    return "data:image/png;base64," + base64.b64encode(encode_png(small, level=1)).decode("ascii")


def as_rgb(image: npt.ArrayLike) -> RGBImage:
    """Return an array of any usual image shape as uint8 (H, W, 3).

    Args:
        image: (H, W), (H, W, 1), (H, W, 3) or (H, W, 4, transparency on white); integers from 0
            to 255, floats from 0 to 1, or booleans.

    Raises:
        ImageError: the array has another shape or other values.
    """
    pixels = np.asarray(image)
    if pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.size:
        return pixels
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4) or not pixels.size:
        raise ImageError(
            f"an array of shape {np.shape(image)} is not an image: "
            "expected (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), none of them 0"
        )
    pixels = _as_bytes(pixels)
    if pixels.shape[2] == 4:
        return np.asarray(_on_white(Image.fromarray(pixels)))
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))


def _read(source: Any, name: str) -> tuple[bytes, str]:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), f"“{name}”" if name else "the image"
    path = Path(source)
    called = f"“{name or path.name}”"
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1), called
    except OSError as error:
        raise ImageError(
            f"{called} cannot be read ({error.strerror or error}): check that the file is there and readable"
        ) from error


def _refuse_large(image: Image.Image, called: str) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_large(called, f" ({width} × {height})")


def _too_large(called: str, measure: str = "") -> ImageError:
    return ImageError(
        f"{called} is too large{measure}: images of up to {MAX_PIXELS // 1_000_000} megapixels are opened. "
        "Save a smaller version and choose that"
    )


def _decode(image: Image.Image, size: tuple[int, int] | None, fit: Fit) -> RGBImage:
    if size is not None:
        # A JPEG can be decoded at an eighth to a half of its size at once. Twice the wanted size
        # on both sides, whichever way up it is, leaves enough for the resizing to be smooth.
        image.draft(None, (2 * max(size), 2 * max(size)))
    image.load()
    image = _upright(image)
    image = _eight_bit(image)
    image = _on_white(image) if image.has_transparency_data else image.convert("RGB")
    if size is not None:
        image = _resized(image, size, fit)
    return np.array(image)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        # Damaged metadata is no reason to refuse the picture.
        return image


def _eight_bit(image: Image.Image) -> Image.Image:
    if not (image.mode.startswith("I") or image.mode == "F"):
        return image
    samples = np.asarray(image).astype(np.float32)
    usual = (0.0, 1.0) if image.mode == "F" else (0.0, 65535.0)
    np.nan_to_num(samples, copy=False)
    low, high = float(samples.min()), float(samples.max())
    if usual[0] <= low and high <= usual[1]:
        low, high = usual
    samples -= low
    samples *= 255 / max(high - low, 1e-12)
    return Image.fromarray(np.rint(samples).astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, (*_WHITE, 255)), layer).convert("RGB")


def _resized(image: Image.Image, size: tuple[int, int], fit: Fit) -> Image.Image:
    lanczos = Image.Resampling.LANCZOS
    if fit == "crop":
        return ImageOps.fit(image, size, lanczos)
    if fit == "inside":
        target = _inside(image.size, size)
        return image if target == image.size else image.resize(target, lanczos, reducing_gap=2.0)
    scale = min(size[0] / image.width, size[1] / image.height)
    target = _scaled(image.size, scale, size)
    paper = Image.new("RGB", size, _WHITE)
    place = ((size[0] - target[0]) // 2, (size[1] - target[1]) // 2)
    paper.paste(image.resize(target, lanczos, reducing_gap=2.0), place)
    return paper


def _inside(own: tuple[int, int], most: tuple[int, int]) -> tuple[int, int]:
    return _scaled(own, min(1.0, most[0] / own[0], most[1] / own[1]), most)


def _scaled(own: tuple[int, int], scale: float, most: tuple[int, int]) -> tuple[int, int]:
    if scale == 1:
        return own
    # A very long, thin image still has one pixel across.
    return (
        min(max(1, round(own[0] * scale)), max(most[0], 1)),
        min(max(1, round(own[1] * scale)), max(most[1], 1)),
    )


def _as_bytes(pixels: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels)
    if pixels.dtype == np.bool_:
        return np.where(pixels, 255, 0).astype(np.uint8)
    whole = np.issubdtype(pixels.dtype, np.integer)
    most = 255 if whole else 1
    if not (whole or np.issubdtype(pixels.dtype, np.floating)):
        raise ImageError(f"an array of {pixels.dtype} is not an image: expected uint8, or floats from 0 to 1")
    low, high = pixels.min(), pixels.max()
    if not (low >= 0 and high <= most):
        raise ImageError(
            f"an image of {pixels.dtype} with values from {low:g} to {high:g} is ambiguous: "
            f"expected values from 0 to {most}, so scale it first"
        )
    return pixels.astype(np.uint8) if whole else np.rint(pixels * 255).astype(np.uint8)
