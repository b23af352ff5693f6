from __future__ import annotations

import pytest

from imlkit.components.data.dataset import Dataset
from imlkit.errors import DataError, QueryError
from imlkit.session import Session
from imlkit.store import Store
from imlkit.stores.memory import MemoryStore
from tests.contracts.dataset_contract import DatasetContract


class TestDatasetInMemory(DatasetContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


def test_a_dataset_needs_a_name() -> None:
    with pytest.raises(DataError, match="give it a name"):
        Dataset(" ", MemoryStore())


def test_a_view_of_a_wrong_query_is_refused_where_it_is_written() -> None:
    with pytest.raises(QueryError):
        Dataset("drawings", MemoryStore()).where({"$nonsense": 1})


def test_a_dataset_s_streams_are_listed(session: Session) -> None:
    assert "changes" in Dataset("drawings", MemoryStore()).streams()
