"""Empty stores of every kind, and what is put into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from imlkit.store import Store
from imlkit.stores.memory import MemoryStore
from imlkit.stores.remote import RemoteStore
from imlkit.stores.sqlite import SQLiteStore
from imlkit.stores.tinydb import TinyDBStore
from tests.stores.serving import served

Made = Callable[[str], Store]


@pytest.fixture
def made(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Made]:
    """Makes an empty store of a kind."""
    with ExitStack() as stack:

        def make(kind: str) -> Store:
            folder = tmp_path / f"store-{len(list(tmp_path.iterdir()))}"
            store: Store
            match kind:
                case "memory":
                    store = MemoryStore()
                case "tinydb":
                    store = TinyDBStore(folder)
                case "sqlite":
                    store = SQLiteStore(folder)
                case "postgresql":
                    from imlkit.stores.postgresql import PostgreSQLStore

                    store = PostgreSQLStore(request.getfixturevalue("database")())
                case "http":
                    folder.mkdir()
                    url = stack.enter_context(served(SQLiteStore(folder), folder / "uploads"))
                    store = RemoteStore(url)
                case _:
                    raise AssertionError(kind)
            stack.callback(store.close)
            return store

        yield make
