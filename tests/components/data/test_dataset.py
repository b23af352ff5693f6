from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imlkit.components.data.dataset import Dataset
from imlkit.dataset import StoredDataset
from imlkit.errors import DataError, QueryError
from imlkit.store import Store
from imlkit.stores.memory import MemoryStore
from imlkit.stores.sqlite import SQLiteStore
from imlkit.stores.tinydb import TinyDBStore
from tests.contracts.dataset_contract import DatasetContract


class TestDatasetInMemory(DatasetContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


class TestDatasetInSQLite(DatasetContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = SQLiteStore(str(tmp_path / "kept"))
        yield store
        store.close()


class TestDatasetInTinyDB(DatasetContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = TinyDBStore(f"tinydb:{tmp_path / 'kept'}")
        yield store
        store.close()


def test_a_dataset_needs_a_name() -> None:
    with pytest.raises(DataError, match="give it a name"):
        Dataset(" ", MemoryStore())


def test_a_view_of_a_wrong_query_is_refused_where_it_is_written() -> None:
    with pytest.raises(QueryError):
        Dataset("drawings", MemoryStore()).where({"$nonsense": 1})


def test_a_dataset_is_what_the_framework_expects_of_one() -> None:
    dataset = Dataset("drawings", MemoryStore())
    assert isinstance(dataset, StoredDataset)
    assert "changes" in dataset.streams()
    assert dataset.name == "drawings"
