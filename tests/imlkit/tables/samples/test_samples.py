from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imlkit import Dataset, data_store
from imlkit.errors import DataError
from imlkit.tables import Table
from imlkit.tables.samples.sample_type import Sample, SampleType, register, sample_type
from imlkit.tables.samples.samples import samples
from tests.components.tables.samples.sounds import tone, wav


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IMLKIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for n in range(3):
        Image.new("RGB", (30, 20), (80 * n, 0, 0)).save(folder / f"{n}.png")
    (folder / "broken.png").write_text("<script>")
    (folder / "tone.wav").write_bytes(wav(tone()))
    return folder


@pytest.fixture
def table(folder: Path) -> Table:
    pictures = ["0.png", "1.png", "2.png", "broken.png", "none.png", None]
    return Table(
        {
            "id": [f"r{n}" for n in range(6)],
            "picture": [name and str(folder / name) for name in pictures],
            "sound": [str(folder / "tone.wav")] * 6,
            "text": ["a text that is read " * 5] * 6,
            "series": [[1.0, 2.0, 3.0]] * 6,
            "number": [1.5] * 6,
        },
        kinds={"picture": "image"},
    )


def test_samples_come_in_the_order_that_was_asked(table: Table) -> None:
    found = samples(table, "picture", ["r2", "r0", "unknown", "r2"], 16)
    assert [one["id"] for one in found] == ["r2", "r0"]
    shades = [np.asarray(Image.open(io.BytesIO(one["data"])))[0, 0, 0] for one in found]
    assert shades == [160, 0]


@pytest.mark.parametrize(
    ("column", "media_type", "words"),
    [
        ("picture", "image/png", "0.png"),
        ("sound", "image/svg+xml", "0.25 s"),
        ("text", "text/plain", "a text"),
        ("series", "image/svg+xml", "3 values"),
        ("number", "text/plain", "1.5"),
        (None, "text/plain", "number: 1.5"),
    ],
)
def test_every_kind_of_column_is_shown(table: Table, column: str | None, media_type: str, words: str) -> None:
    for whole in (False, True):
        (found,) = samples(table, column, ["r0"], 96, whole)
        wanted = "audio/wav" if whole and column == "sound" else media_type
        assert found["media_type"] == wanted
        assert words in found["text"]
        assert found["url"] is None


def test_what_cannot_be_shown_says_why_and_the_others_are_shown(table: Table) -> None:
    found = samples(table, "picture", ["r0", "r3", "r4", "r5"], 96)
    assert [one["media_type"] for one in found] == ["image/png", None, None, None]
    assert "broken.png" in found[1]["text"]
    assert "none.png" in found[2]["text"]
    assert found[3]["text"] == "There is no value."


def test_a_preview_of_a_file_is_made_once_until_the_file_changes(
    table: Table, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    shows = type(sample_type("image"))
    real = shows.preview

    def preview(self: SampleType, value: Any, size: int) -> Sample:
        made.append(value)
        return real(self, value, size)

    monkeypatch.setattr(shows, "preview", preview)
    first = samples(table, "picture", ["r0", "r1"], 96)
    assert samples(table, "picture", ["r0", "r1"], 96) == first
    assert len(made) == 2
    Image.new("RGB", (30, 20), (0, 200, 0)).save(folder / "0.png")
    (changed,) = samples(table, "picture", ["r0"], 96)
    assert changed["data"] != first[0]["data"]
    assert len(made) == 3


def test_images_of_a_live_dataset_are_shown() -> None:
    dataset = Dataset("pictures", data_store("memory:"))
    dataset.create({"id": "a", "x": np.zeros((20, 30, 3), np.uint8), "y": "cat"})
    table = Table(dataset)
    (found,) = samples(table, "x", ["a"], 16)
    assert found["media_type"] == "image/png"
    assert Image.open(io.BytesIO(found["data"])).size == (16, 11)
    table.dispose()


def test_ids_may_be_numbers() -> None:
    found = samples(Table({"text": ["a", "b", "c"]}), "text", [2, 0], 96)
    assert [(one["id"], one["text"]) for one in found] == [(2, "c"), (0, "a")]


@pytest.mark.parametrize(
    "name", ['a"b', "x'; drop table rows", " ", "constructor", "__proto__", "imlkit_value"]
)
def test_columns_may_have_any_name(name: str) -> None:
    found = samples(Table({"id": ["a"], name: ["words"]}), name, ["a"], 96)
    assert found[0]["text"] == "words"


def test_the_column_of_ids_is_a_sample_as_well() -> None:
    assert samples(Table({"id": ["a"]}), "id", ["a"], 96)[0]["text"] == "a"


@pytest.mark.parametrize(
    ("column", "ids", "size"),
    [
        ("none", ["r0"], 96),
        ("picture", ["r0"], 0),
        ("picture", ["r0"], 10**6),
        ("picture", [f"r{n}" for n in range(501)], 96),
        ("picture", [None], 96),
        ("picture", "r0", 96),
    ],
)
def test_what_cannot_be_asked_is_refused(table: Table, column: str, ids: Any, size: int) -> None:
    with pytest.raises(DataError):
        samples(table, column, ids, size)


class Loud(SampleType):
    """Texts in capitals."""

    kind = "nominal"

    def preview(self, value: Any, size: int) -> Sample:
        return Sample("text/plain", None, value.upper())

    def detail(self, value: Any) -> Sample:
        return self.preview(value, 0)


def test_a_script_adds_a_type_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imlkit.tables.samples.sample_type._known", {})
    register(Loud())
    assert samples(Table({"id": [1], "word": ["cat"]}), "word", [1], 96)[0]["text"] == "CAT"
    with pytest.raises(DataError, match="no sample type"):
        register(Loud)  # type: ignore[arg-type]
