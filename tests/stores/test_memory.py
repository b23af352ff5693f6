"""The store in memory keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from imlkit.stores.memory import MemoryStore
from tests.contracts.store_contract import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[MemoryStore]:
        store = MemoryStore()
        yield store
        store.close()

    def test_attachments_go_with_the_last_document_that_holds_them(self, store: MemoryStore) -> None:
        things = store.collection("things")
        a, b = (things.create({"x": np.ones(3)})["id"] for _ in range(2))
        things.remove(a)
        assert np.array_equal(things.get(b)["x"], np.ones(3))
        things.patch(b, {"x": 1})
        assert store._shelf._contents == {}
