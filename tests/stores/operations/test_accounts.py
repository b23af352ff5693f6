"""Moving to a server where everybody has a name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imlkit.errors import DuplicateIdError
from imlkit.stores.operations.archive import opened_archive
from imlkit.stores.operations.backup import backup
from imlkit.stores.operations.migrate import migrate
from imlkit.stores.operations.restore import restore
from imlkit.stores.remote import RemoteStore
from imlkit.stores.remote.log_in import log_in
from imlkit.stores.server.accounts.access import Accounts
from imlkit.stores.server.accounts.tokens import Tokens
from imlkit.stores.server.accounts.users import Users
from imlkit.stores.sqlite import SQLiteStore
from tests.stores.serving import served

from .conftest import Made
from .contents import fill


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RemoteStore]:
    """A server on which one is an administrator called ada."""
    folder = tmp_path / "served"
    store = SQLiteStore(folder)
    users = Users(store)
    users.add("ada", "admin", "a good password")
    with served(store, folder / "uploads", accounts=Accounts(users, Tokens(b"s" * 43))) as url:
        remote = RemoteStore(url, log_in(url, "ada", "a good password").token)
        yield remote
        remote.close()


def test_documents_of_nobody_become_those_of_who_copies_them(made: Made, server: RemoteStore) -> None:
    store = made("sqlite")
    fill(store)
    store.collection("corrections").create([{"id": "a"}, {"id": "b", "created_by": "bob"}])
    done = migrate(store, server)
    assert migrate(store, server) == done
    kept = server.collection("corrections").find()
    assert kept == [{"id": "a", "created_by": "ada"}, {"id": "b", "created_by": "bob"}]
    assert server.collection("cases").count({"created_by": "ada"}) == 50


def test_a_backup_is_restored_and_merged_where_documents_have_owners(
    made: Made, server: RemoteStore, tmp_path: Path
) -> None:
    store = made("sqlite")
    fill(store)
    backup(store, tmp_path / "b.zip")
    with opened_archive(tmp_path / "b.zip") as archive:
        restore(archive, server)
        server.collection("cases").remove("000")
        restore(archive, server, merge=True)
        assert server.collection("cases").count({"created_by": "ada"}) == 50
        server.collection("cases").patch("007", {"n": "changed"})
        with pytest.raises(DuplicateIdError, match="1 documents have ids that others have"):
            restore(archive, server, merge=True)
