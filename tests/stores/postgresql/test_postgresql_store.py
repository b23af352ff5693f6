"""The PostgreSQL store keeps the contract on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imlkit.stores.postgresql import PostgreSQLStore
from tests.contracts.store_contract import StoreContract


@pytest.mark.slow
class TestPostgreSQLStore(StoreContract):
    at_once = False

    @pytest.fixture
    def store(self, location: str) -> Iterator[PostgreSQLStore]:
        store = PostgreSQLStore(location)
        yield store
        store.close()
