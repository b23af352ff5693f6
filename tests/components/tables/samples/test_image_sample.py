from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imlkit.components.tables.samples.image_sample import ImageSample
from imlkit.errors import DataError
from imlkit.tables.samples.sample_type import Sample
from tests.contracts.sample_type_contract import SampleTypeContract, pixels_of


def picture(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    across = np.tile(np.linspace(0, 255, size[0]), (size[1], 1)).astype(np.uint8)
    return Image.fromarray(across).convert(mode)


def opened(sample: Sample) -> np.ndarray[Any, Any]:
    assert sample.data is not None
    return np.asarray(Image.open(io.BytesIO(sample.data)).convert("RGB")).astype(int)


class TestImageSample(SampleTypeContract):
    @pytest.fixture
    def sample_type(self) -> ImageSample:
        return ImageSample()

    @pytest.fixture
    def values(self, tmp_path: Path) -> list[Any]:
        files = []
        for mode, ending in [
            ("RGB", "png"),
            ("L", "jpg"),
            ("CMYK", "jpg"),
            ("P", "gif"),
            ("RGBA", "webp"),
            ("1", "tif"),
        ]:
            files.append(tmp_path / f"{mode}.{ending}")
            picture(mode).save(files[-1])
        Image.fromarray(np.linspace(0, 65535, 2400).reshape(40, 60).astype(np.uint16)).save(
            tmp_path / "deep.png"
        )
        array = np.asarray(picture())
        return [*files, tmp_path / "deep.png", files[0].read_bytes(), array, array.tolist(), array[:, :, 0]]

    @pytest.fixture
    def impossible(self, tmp_path: Path) -> list[Any]:
        (tmp_path / "empty.png").write_bytes(b"")
        (tmp_path / "words.png").write_text("<script>alert(1)</script>")
        file = io.BytesIO()
        Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(file, "JPEG")
        (tmp_path / "cut.jpg").write_bytes(file.getvalue()[: file.tell() // 2])
        Image.new("1", (30_000, 30_000)).save(tmp_path / "bomb.png")
        named = [tmp_path / name for name in ("empty.png", "words.png", "cut.jpg", "bomb.png", "none.png")]
        return [*named, tmp_path, b"", "text", 3, [[1, 2], [3]], np.zeros((2, 2, 7)), np.full((4, 4), 900)]


def test_a_picture_lies_as_its_camera_says(tmp_path: Path) -> None:
    image = picture(size=(60, 40))
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned right
    image.save(tmp_path / "turned.jpg", exif=exif)
    assert pixels_of(ImageSample().preview(tmp_path / "turned.jpg", 30)) == (20, 30)


def test_what_is_transparent_is_seen_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert opened(ImageSample().preview(tmp_path / "clear.png", 8)).min() == 255


def test_samples_of_sixteen_bits_keep_their_shades(tmp_path: Path) -> None:
    shades = np.tile(np.linspace(0, 65535, 64), (64, 1)).astype(np.uint16)
    Image.fromarray(shades).save(tmp_path / "deep.png")
    seen = opened(ImageSample().preview(tmp_path / "deep.png", 64))[0, :, 0]
    assert seen[0] < 8
    assert seen[-1] > 247
    assert abs(int(seen[32]) - 130) < 8


def test_a_photograph_is_sent_small(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (600, 900, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    sample = ImageSample().preview(tmp_path / "noise.png", 160)
    assert sample.media_type == "image/jpeg"
    assert pixels_of(sample) == (160, 107)
    assert sample.data is not None
    assert len(sample.data) < 40_000


def test_the_whole_picture_is_the_file_itself(tmp_path: Path) -> None:
    picture().save(tmp_path / "été.png")
    sample = ImageSample().detail(tmp_path / "été.png")
    assert (sample.media_type, sample.data) == ("image/png", (tmp_path / "été.png").read_bytes())
    assert "60 × 40 pixels" in sample.text


def test_a_picture_that_browsers_do_not_know_is_sent_as_one_they_do(tmp_path: Path) -> None:
    picture("RGB").save(tmp_path / "scan.tif")
    sample = ImageSample().detail(tmp_path / "scan.tif")
    assert sample.media_type == "image/png"
    assert pixels_of(sample) == (60, 40)


def test_a_picture_of_too_many_pixels_is_refused_by_its_head(tmp_path: Path) -> None:
    Image.new("1", (30_000, 30_000)).save(tmp_path / "bomb.png")
    with pytest.raises(DataError, match=r"too large.*megapixels"):
        ImageSample().preview(tmp_path / "bomb.png", 96)
