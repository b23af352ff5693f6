from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imlkit.components.data.dataset import Dataset
from imlkit.errors import DataError
from imlkit.stores.memory import MemoryStore
from imlkit.stores.sqlite import SQLiteStore
from imlkit.tables import Equals, Table
from imlkit.tables.sources import dataset_source
from tests.awaiting import awaited


@pytest.fixture(params=["memory", "sqlite"])
def dataset(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Dataset]:
    store = MemoryStore("memory:") if request.param == "memory" else SQLiteStore(str(tmp_path / "store"))
    made = Dataset("drawings", store)
    yield made
    made.dispose()
    store.close()


def instance(n: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"i{n}",
        "x": np.arange(3, dtype=np.float32) + n,
        "y": "cat" if n % 2 else "dog",
        "thumbnail": np.full((4, 5, 3), n % 256, np.uint8),
        "score": n / 2,
        **more,
    }


def test_instances_are_rows_and_their_fields_columns(dataset: Dataset) -> None:
    dataset.create([instance(0, box={"x": 1, "size": {"w": 2}}), instance(1, tags=["a", "b"])])
    table = Table(dataset)
    assert table.id == "id"
    assert table.dataset is dataset
    assert {name: column.kind for name, column in table.columns.items()} == {
        "id": "nominal",
        "x": "embedding",
        "y": "nominal",
        "thumbnail": "image",
        "score": "continuous",
        "box.x": "integer",
        "box.size.w": "integer",
        "tags": "other",
    }
    first, second = table.where(~Equals("y", "bird")).to_dicts()
    assert first == {
        "id": "i0",
        "x": [0, 1, 2],
        "y": "dog",
        "thumbnail": "i0",
        "score": 0.0,
        "box.x": 1,
        "box.size.w": 2,
        "tags": None,
    }
    assert second["tags"] == ["a", "b"]
    assert (table.content("thumbnail", "i1") == 1).all()
    dataset.remove("i1")
    with pytest.raises(DataError, match="'i1' is no longer in the dataset"):
        table.content("thumbnail", "i1")


def test_changes_raise_the_version(dataset: Dataset) -> None:
    dataset.create(instance(0))
    table = Table(dataset)
    assert table.version.value == 0
    dataset.create(instance(1, new="field"))
    awaited(table.version, lambda version: table.count() == 2)
    assert table.columns["new"].kind == "nominal"
    dataset.patch("i0", {"y": "bird"})
    awaited(table.version, lambda version: table.count(Equals("y", "bird")) == 1)
    dataset.remove("i0")
    awaited(table.version, lambda version: table.count() == 1)
    assert [row["id"] for row in table.where(Equals("y", "cat")).to_dicts()] == ["i1"]


def test_a_thousand_changes_are_taken_in_together_and_none_is_lost(dataset: Dataset) -> None:
    table = Table(dataset)
    threads = [
        threading.Thread(target=lambda part=part: [dataset.create(instance(n)) for n in range(part, 400, 4)])
        for part in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    awaited(table.version, lambda version: table.count() == 400)
    assert 0 < table.version.value < 100


def test_an_empty_dataset_is_a_table_that_fills(dataset: Dataset) -> None:
    table = Table(dataset, kinds={"y": "nominal"})
    assert table.count() == 0
    assert list(table.columns) == ["id"]
    dataset.create(instance(3))
    awaited(table.version, lambda version: table.count() == 1)
    assert table.columns["y"].kind == "nominal"


def test_fields_may_change_their_type_and_vanish(dataset: Dataset) -> None:
    dataset.create([{"id": "a", "v": 1, "gone": True}, {"id": "b", "v": 2}])
    table = Table(dataset, kinds={"v": "continuous"})
    assert table.columns["v"].kind == "continuous"
    dataset.patch("a", {"v": "text"})
    awaited(table.version, lambda version: table.columns["v"].kind == "nominal")
    assert "several types (int, str)" in table.columns["v"].note
    dataset.update("a", {"v": None})
    awaited(table.version, lambda version: "gone" not in table.columns)
    assert table.columns["v"].kind == "continuous"
    with pytest.raises(DataError, match="There is no column “gone”"):
        table.count(Equals("gone", True))


def test_rows_found_before_a_change_stay_what_they_were(dataset: Dataset) -> None:
    dataset.create(instance(0))
    table = Table(dataset)
    found = table.where(Equals("y", "dog"))
    dataset.create([instance(n) for n in range(2, 12, 2)])
    awaited(table.version, lambda version: table.count() == 6)
    assert len(found) == 1


def test_the_instances_that_match_a_query_are_a_table_too(dataset: Dataset) -> None:
    dataset.create([instance(n) for n in range(4)])
    table = Table(dataset.where({"y": "cat"}))
    assert table.count() == 2
    dataset.patch("i0", {"y": "cat"})
    awaited(table.version, lambda version: table.count() == 3)
    dataset.patch("i1", {"y": "dog"})
    awaited(table.version, lambda version: table.count() == 2)


def test_a_table_that_is_disposed_follows_no_longer(dataset: Dataset) -> None:
    table, other = Table(dataset), Table(dataset)
    table.dispose()
    dataset.create(instance(0))
    awaited(other.version, lambda version: other.count() == 1)
    assert (table.version.value, table.count()) == (0, 0)


def test_what_another_store_writes_is_told(tmp_path: Path) -> None:
    here, there = SQLiteStore(str(tmp_path / "store")), SQLiteStore(str(tmp_path / "store"))
    table = Table(Dataset("drawings", here))
    Dataset("drawings", there).create([instance(n) for n in range(5)])
    awaited(table.version, lambda version: table.count() == 5)
    there.close()
    here.close()


def test_images_of_many_instances_are_known_without_opening_them(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_source, "WHOLE", 4)
    monkeypatch.setattr(dataset_source, "WHOLE_AT_END", 2)
    dataset.create(
        [instance(n) for n in range(10)] + [{"id": "bare", "y": "cat"}] + [instance(n) for n in (11, 12)]
    )
    table = Table(dataset)
    rows = table.where(~Equals("id", "")).to_dicts()
    assert [row["id"] for row in rows] == [*(f"i{n}" for n in range(10)), "bare", "i11", "i12"]
    assert [row["thumbnail"] for row in rows] == [*(f"i{n}" for n in range(10)), None, "i11", "i12"]
    assert rows[7]["x"] == [7, 8, 9]


def test_a_table_that_nobody_holds_is_let_go(dataset: Dataset) -> None:
    table = Table(dataset)
    held = weakref.ref(table)
    del table
    gc.collect()
    assert held() is None
    dataset.create(instance(0))
