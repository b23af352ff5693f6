"""A store over HTTP keeps the contract of every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imlkit.stores.postgresql import PostgreSQLStore
from imlkit.stores.remote import RemoteStore
from imlkit.stores.sqlite import SQLiteStore
from tests.contracts.store_contract import StoreContract
from tests.stores.shared_server import SharedServer, shared_server


@pytest.fixture(scope="module")
def shared() -> Iterator[SharedServer]:
    with shared_server() as shared:
        yield shared


class TestOverHTTP(StoreContract):
    at_once = False

    @pytest.fixture
    def store(self, tmp_path: Path, shared: SharedServer) -> Iterator[RemoteStore]:
        with shared.serving(SQLiteStore(tmp_path / "data"), tmp_path / "uploads") as url:
            store = RemoteStore(url)
            yield store
            store.close()


@pytest.mark.slow
class TestOverHTTPOnPostgreSQL(StoreContract):
    at_once = False

    @pytest.fixture
    def store(self, tmp_path: Path, location: str, shared: SharedServer) -> Iterator[RemoteStore]:
        with shared.serving(PostgreSQLStore(location), tmp_path / "uploads") as url:
            store = RemoteStore(url)
            yield store
            store.close()
