from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader

from imlkit.components.data.dataset import Dataset
from imlkit.errors import DataError
from imlkit.stores.memory import MemoryStore
from imlkit.tables import Equals, InRange, Table

SOURCE: dict[str, Any] = {
    "id": ["a", "b", "c"],
    "x": np.arange(6, dtype=np.float32).reshape(3, 2),
    "n": [1, 2, 3],
    "holes": [1, None, 3],
    "f": [0.5, None, float("inf")],
    "yes": [True, False, True],
    "word": ["cat", "dog", "cat"],
    "maybe": ["u", None, "v"],
}


def test_items_are_tensors_by_column() -> None:
    data = Table(SOURCE).where(InRange("n", 2)).to_torch()
    assert len(data) == 2
    assert data.ids == ["b", "c"]
    assert data.columns == ["x", "n", "holes", "f", "yes"]
    item = data[0]
    assert item["x"].tolist() == [2.0, 3.0]
    assert item["x"].dtype == torch.float32
    assert item["n"].dtype == torch.int64
    assert item["yes"].dtype == torch.bool
    assert item["holes"].isnan()
    assert item["f"].isnan()
    assert data[-1]["f"] == float("inf")
    with pytest.raises(IndexError):
        data[2]


def test_a_target_of_words_is_the_number_of_its_class() -> None:
    data = Table(SOURCE).where(InRange("n", 1)).to_torch("x", target="word")
    assert data.classes == ["cat", "dog"]
    [(vectors, targets)] = DataLoader(data, batch_size=3)
    assert vectors.shape == (3, 2)
    assert targets.tolist() == [0, 1, 0]
    numbers = Table(SOURCE).where(InRange("n", 1)).to_torch(["x", "word"], target="n")
    assert numbers[1][0]["word"] == "dog"
    assert numbers[1][1] == 2
    assert numbers.classes == []


def test_what_cannot_be_learnt_from_is_said() -> None:
    rows = Table(SOURCE).where(InRange("n", 1))
    with pytest.raises(DataError, match="1 rows have no “maybe” to predict"):
        rows.to_torch("x", target="maybe")
    with pytest.raises(DataError, match="There is no column “y”"):
        rows.to_torch("y")
    with pytest.raises(DataError, match="No column holds numbers"):
        Table({"id": ["a"], "word": ["b"]}).where(Equals("word", "b")).to_torch()
    missing = (
        Table({"x": pa.array([[1.0], None], pa.list_(pa.float64()))}).where(InRange("id", 0)).to_torch("x")
    )
    assert missing[0].tolist() == [1.0]
    with pytest.raises(DataError, match="The row at 1 has no “x”"):
        missing[1]


def test_images_are_opened_when_they_are_asked_for(tmp_path: Path) -> None:
    for n in range(3):
        (tmp_path / f"k{n}").mkdir()
        Image.fromarray(np.full((4, 5, 3), n, np.uint8)).save(tmp_path / f"k{n}" / "i.png")
    table = Table(tmp_path)
    data = table.where(InRange("bytes", 0)).to_torch("file", target="folder")
    image, label = data[2]
    assert image.shape == (3, 4, 5)
    assert image.dtype == torch.uint8
    assert image.unique().tolist() == [2]
    assert data.classes[label] == "k2"
    # Workers of a loader are given a copy.
    assert pickle.loads(pickle.dumps(data))[1][0].unique().tolist() == [1]
    (tmp_path / "k0" / "i.png").unlink()
    with pytest.raises(DataError, match="There is no file"):
        data[0]


def test_images_of_a_dataset_are_read_from_it() -> None:
    dataset = Dataset("drawings", MemoryStore("memory:"))
    dataset.create([{"id": f"i{n}", "y": "cat", "x": np.full((4, 5, 3), n, np.uint8)} for n in range(2)])
    image, label = Table(dataset).where(Equals("id", "i1")).to_torch("x", "y")[0]
    assert image.shape == (3, 4, 5)
    assert image.unique().tolist() == [1]
    assert label == 0
