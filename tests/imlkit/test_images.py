"""Opening files that nobody vouches for, and encoding arrays."""

from __future__ import annotations

import base64
import io
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imlkit.errors import ImageError
from imlkit.images import MAX_PIXELS, as_rgb, data_uri, encode_png, open_image, resized, thumbnail


def encoded(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_claims(width: int, height: int) -> bytes:
    """A small file whose header promises a large image."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def halves(left: Any, right: Any, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (40, 20), left)
    image.paste(right, (20, 0, 40, 20))
    return image


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_each_format_that_messages_name_is_opened(format: str) -> None:
    image = open_image(encoded(halves("red", "blue"), format), "photo")
    assert image.dtype == np.uint8
    assert image.shape == (20, 40, 3)
    assert np.abs(image[10, 5].astype(int) - (255, 0, 0)).max() < 12
    assert np.abs(image[10, 35].astype(int) - (0, 0, 255)).max() < 12


def test_a_path_is_opened_and_names_itself_in_messages(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    good.write_bytes(encoded(halves("red", "blue")))
    bad.write_text("not an image")
    assert open_image(good).shape == (20, 40, 3)
    with pytest.raises(ImageError, match=r"“bad\.png” is not an image"):
        open_image(bad)
    with pytest.raises(ImageError, match=r"“none\.png” cannot be read"):
        open_image(tmp_path / "none.png")


def test_a_text_file_called_png_is_refused_with_what_to_do() -> None:
    with pytest.raises(ImageError, match=r"“notes\.png” is not an image.*choose a PNG, JPEG"):
        open_image(b"milk, bread, <script>", "notes.png")


def test_an_empty_file_is_refused_as_empty() -> None:
    with pytest.raises(ImageError, match=r"“a\.png” is empty"):
        open_image(b"", "a.png")


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"])
def test_a_file_cut_short_is_refused_as_damaged(format: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    whole = encoded(noise, format)
    with pytest.raises(ImageError, match=r"“cut”"):
        open_image(whole[: len(whole) // 2], "cut")


def test_any_damage_is_an_image_error_or_an_image() -> None:
    random = np.random.default_rng(2)
    for format in ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"):
        whole = np.frombuffer(encoded(halves("red", "blue"), format), np.uint8)
        for _ in range(60):
            damaged = whole.copy()
            damaged[random.integers(0, len(damaged), 4)] = random.integers(0, 256, 4)
            try:
                shape = open_image(damaged.tobytes(), "x").shape
            except ImageError:
                continue
            assert shape[2] == 3


@pytest.mark.parametrize(("width", "height"), [(20_000, 10_000), (10_000, 6_401), (12_000, 10_000)])
def test_a_huge_image_is_refused_by_its_header(width: int, height: int) -> None:
    with pytest.raises(ImageError, match=r"“big\.png” is too large.* 64 megapixels"):
        open_image(png_that_claims(width, height), "big.png")


def test_the_limit_of_pixels_is_the_one_that_messages_name() -> None:
    assert MAX_PIXELS == 64_000_000


def test_formats_that_are_not_listed_are_refused() -> None:
    for format in ("PPM", "ICO", "PDF"):
        with pytest.raises(ImageError, match="is not an image that can be opened"):
            open_image(encoded(halves("red", "blue"), format), "x.png")


def test_orientation_from_exif_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    image = open_image(encoded(halves("red", "blue"), "JPEG", exif=exif, quality=95), "phone.jpg")
    assert image.shape == (40, 20, 3)
    assert image[5, 10, 0] > 200  # what was left is on top
    assert image[35, 10, 2] > 200


def test_a_phone_s_picture_of_several_parts_is_opened_at_its_first() -> None:
    data = encoded(halves("red", "blue"), "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))])
    assert open_image(data, "phone.jpg").shape == (20, 40, 3)


def test_transparent_parts_are_white() -> None:
    image = halves((255, 0, 0, 255), (0, 0, 255, 0), "RGBA")
    assert open_image(encoded(image))[10, 35].tolist() == [255, 255, 255]
    palette = halves("red", "blue").quantize(4)
    data = encoded(palette, transparency=palette.getpixel((35, 10)))
    assert open_image(data)[10, 35].tolist() == [255, 255, 255]
    assert open_image(data)[10, 5].tolist() == [255, 0, 0]


def test_of_an_animation_the_first_frame_is_taken() -> None:
    red, blue = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    for format in ("GIF", "WEBP", "PNG", "TIFF"):
        data = encoded(red, format, save_all=True, append_images=[blue])
        assert open_image(data)[4, 4, 0] > 200, format


def test_sixteen_bit_samples_keep_their_brightness() -> None:
    samples = np.array([[0, 32_896, 65_535]], np.uint16)
    for format in ("PNG", "TIFF"):
        assert open_image(encoded(Image.fromarray(samples), format))[0, :, 0].tolist() == [0, 128, 255]


def test_float_samples_from_0_to_1_keep_their_brightness() -> None:
    samples = np.array([[0, 0.5, np.nan, 1]], np.float32)
    image = open_image(encoded(Image.fromarray(samples), "TIFF"))
    assert image[0, :, 0].tolist() == [0, 128, 0, 255]


def test_cmyk_and_grey_become_rgb() -> None:
    cmyk = open_image(encoded(halves((0, 255, 255, 0), (255, 255, 0, 0), "CMYK"), "JPEG"), "print.jpg")
    assert cmyk[10, 5, 0] > 230
    assert cmyk[10, 5, 1] < 25
    grey = open_image(encoded(halves(10, 200, "L")))
    assert grey[10, 35].tolist() == [200, 200, 200]
    assert open_image(encoded(halves(0, 1, "1")))[10, 35].tolist() == [255, 255, 255]


def test_inside_keeps_the_aspect_and_never_enlarges() -> None:
    data = encoded(Image.new("RGB", (400, 200), "red"))
    assert open_image(data, size=(100, 100)).shape == (50, 100, 3)
    assert open_image(data, size=(1000, 1000)).shape == (200, 400, 3)


def test_pad_fills_up_with_white_to_exactly_the_size() -> None:
    image = open_image(encoded(Image.new("RGB", (40, 20), "red")), size=(100, 100), fit="pad")
    assert image.shape == (100, 100, 3)
    assert image[5, 50].tolist() == [255, 255, 255]
    assert image[50, 50].tolist() == [255, 0, 0]


def test_crop_cuts_both_sides_alike() -> None:
    image = Image.new("RGB", (300, 100), "red")
    image.paste("blue", (100, 0, 200, 100))
    cut = open_image(encoded(image), size=(50, 50), fit="crop")
    assert cut.shape == (50, 50, 3)
    assert cut[:, 3:-3, 2].min() > 200


def test_a_large_jpeg_is_resized_as_smoothly_as_its_full_decoding() -> None:
    ramp = np.linspace(0, 255, 1600).astype(np.uint8)
    image = Image.fromarray(np.broadcast_to(ramp[None, :, None], (1200, 1600, 3)).copy())
    data = encoded(image, "JPEG", quality=95)
    small = open_image(data, size=(160, 160))
    full = thumbnail(open_image(data), 160)
    assert small.shape == full.shape == (120, 160, 3)
    assert np.abs(small.astype(int) - full).max() <= 4


def test_a_line_of_one_pixel_stays_an_image_when_resized() -> None:
    data = encoded(Image.new("RGB", (5000, 1), "red"))
    assert open_image(data, size=(10, 10)).shape == (1, 10, 3)
    assert open_image(data, size=(10, 10), fit="pad").shape == (10, 10, 3)
    assert thumbnail(np.zeros((1, 5000, 3), np.uint8), 10).shape == (1, 10, 3)


def test_an_unknown_fit_or_size_is_named() -> None:
    with pytest.raises(ValueError, match="'stretch'"):
        open_image(b"", fit="stretch")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=re.escape("(0, 5)")):
        open_image(b"", size=(0, 5))


def test_a_thumbnail_is_small_and_a_small_image_is_left_alone() -> None:
    assert thumbnail(np.zeros((300, 600, 3), np.uint8), 96).shape == (48, 96, 3)
    small = np.zeros((20, 30, 3), np.uint8)
    assert thumbnail(small, 96) is small


def test_png_keeps_every_pixel() -> None:
    image = np.random.default_rng(3).integers(0, 255, (17, 31, 3), dtype=np.uint8)
    assert np.array_equal(open_image(encode_png(image)), image)
    uri = data_uri(image)
    assert uri.startswith("data:image/png;base64,")
    assert np.array_equal(open_image(base64.b64decode(uri.partition(",")[2])), image)


def test_usual_arrays_become_rgb() -> None:
    assert as_rgb(np.full((2, 3), 7, np.uint8)).tolist() == np.full((2, 3, 3), 7).tolist()
    assert as_rgb(np.full((2, 3, 1), 0.5)).max() == 128
    assert as_rgb(np.array([[True, False]]))[0, :, 0].tolist() == [255, 0]
    assert as_rgb(np.array([[[255, 0, 0, 0]]], np.uint8)).tolist() == [[[255, 255, 255]]]
    assert as_rgb(np.array([[0, 255]])).dtype == np.uint8


@pytest.mark.parametrize(
    "array",
    [np.zeros(3), np.zeros((2, 2, 2)), np.zeros((0, 4, 3), np.uint8), np.full((2, 2), 300),
     np.full((2, 2), np.nan), np.array([["a"]]), np.full((2, 2), 2.0)],
)  # fmt: skip
def test_arrays_that_are_no_images_are_refused(array: Any) -> None:
    with pytest.raises(ImageError, match="expected"):
        as_rgb(array)


@pytest.mark.parametrize("fit", ["inside", "pad", "crop"])
def test_an_array_is_brought_to_a_size_exactly_as_a_file_is(fit: Any) -> None:
    picture = halves("red", "blue")
    image = resized(np.asarray(picture), (12, 12), fit)
    np.testing.assert_array_equal(image, open_image(encoded(picture), size=(12, 12), fit=fit))
    assert resized(image, None) is image
    with pytest.raises(ValueError, match="size"):
        resized(image, (0, 12), fit)
