"""What any sample type must do.

A test module subclasses the contract and gives it three fixtures::

    class TestImageSample(SampleTypeContract):
        @pytest.fixture
        def sample_type(self):
            return ImageSample()

        @pytest.fixture
        def values(self, tmp_path):  # some that can be shown
            ...

        @pytest.fixture
        def impossible(self, tmp_path):  # some that cannot
            ...
"""

from __future__ import annotations

import io
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from imlkit.errors import DataError
from imlkit.tables.samples.sample_type import Sample, SampleType

__all__ = ["SampleTypeContract", "pixels_of"]

SHOWN = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/avif", "image/svg+xml")


def pixels_of(sample: Sample) -> tuple[int, int]:
    """Return the width and height of a picture."""
    assert sample.data is not None
    if sample.media_type == "image/svg+xml":
        root = ElementTree.fromstring(sample.data)
        return int(root.attrib["width"]), int(root.attrib["height"])
    with Image.open(io.BytesIO(sample.data)) as image:
        image.load()
        return image.size


class SampleTypeContract:
    """Every subclass runs these against its own fixtures."""

    def test_its_kind_is_a_text(self, sample_type: SampleType) -> None:
        assert isinstance(sample_type.kind, str)
        assert sample_type.kind

    @pytest.mark.parametrize("size", [16, 96, 512])
    def test_a_preview_can_be_shown_and_has_at_most_its_size(
        self, sample_type: SampleType, values: list[Any], size: int
    ) -> None:
        for value in values:
            sample = sample_type.preview(value, size)
            check(sample)
            if sample.media_type.startswith("image/"):
                assert max(pixels_of(sample)) <= size
            assert len(sample.text) <= 10_000

    def test_a_detail_can_be_shown(self, sample_type: SampleType, values: list[Any]) -> None:
        for value in values:
            check(sample_type.detail(value))

    def test_what_cannot_be_shown_is_told_in_words(
        self, sample_type: SampleType, impossible: list[Any]
    ) -> None:
        for value in impossible:
            with pytest.raises(DataError) as small:
                sample_type.preview(value, 96)
            with pytest.raises(DataError) as whole:
                sample_type.detail(value)
            for caught in (small, whole):
                assert 10 < len(str(caught.value)) < 600

    def test_several_threads_get_the_same_as_one(self, sample_type: SampleType, values: list[Any]) -> None:
        wanted = [sample_type.preview(value, 64) for value in values]
        with ThreadPoolExecutor(8) as pool:
            for _ in range(3):
                assert list(pool.map(lambda value: sample_type.preview(value, 64), values)) == wanted

    def test_a_value_is_not_changed_by_being_shown(self, sample_type: SampleType, values: list[Any]) -> None:
        for value in values:
            before = pickle.dumps(value)
            sample_type.preview(value, 64)
            sample_type.detail(value)
            assert pickle.dumps(value) == before


def check(sample: Sample) -> None:
    """Assert that a browser can show this."""
    assert isinstance(sample.text, str)
    if sample.media_type == "text/plain":
        assert sample.data is None
        assert sample.text
        return
    assert isinstance(sample.data, bytes)
    assert sample.data
    if sample.media_type.startswith("audio/"):
        return
    assert sample.media_type in SHOWN
    assert min(pixels_of(sample)) >= 1
    assert sample.text, "those who do not see the picture are told of it"
    if sample.media_type == "image/svg+xml":
        assert not [one for one in ElementTree.fromstring(sample.data).iter() if "script" in one.tag]
