"""Writes that wait are their user's: nobody else sends them, and an ended login only makes them wait."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from imlkit.errors import LoginRequiredError
from imlkit.stores.remote import RemoteStore
from imlkit.stores.remote.log_in import log_in
from imlkit.stores.remote.logins import Logins
from imlkit.stores.server.accounts.access import Accounts
from imlkit.stores.server.accounts.rules import Rules
from imlkit.stores.server.accounts.tokens import Tokens
from imlkit.stores.server.accounts.users import Users
from imlkit.stores.sqlite import SQLiteStore
from tests.e2e.served import until
from tests.stores.faulty_network import FaultyNetwork, faulty_network
from tests.stores.serving import served

PASSWORD = "a long password"


@pytest.fixture
def users(tmp_path: Path) -> Iterator[tuple[FaultyNetwork, Users, str]]:
    store = SQLiteStore(tmp_path / "data")
    users = Users(store)
    for name in ("ann", "bob"):
        users.add(name, "editor", PASSWORD)
    accounts = Accounts(users, Tokens(b"s" * 43), Rules(None))
    with served(store, tmp_path / "uploads", accounts=accounts) as url, faulty_network(url) as network:
        yield network, users, url


def test_nobody_sends_what_another_user_wrote(users: tuple[FaultyNetwork, Users, str]) -> None:
    network, _, _ = users
    ann, bob = (log_in(network.url, name, PASSWORD).token for name in ("ann", "bob"))
    store = RemoteStore(network.url, ann)
    with network.away():
        store.collection("things").create({"id": "a"})
        store.close()
    other = RemoteStore(network.url, bob)
    assert other.pending.value == 0
    other.collection("things").create({"id": "b"})
    assert [each["id"] for each in other.collection("things").find()] == ["b"]
    again = RemoteStore(network.url, ann)
    assert [each["created_by"] for each in again.collection("things").find()] == ["bob", "ann"]
    again.close()
    other.close()


def test_a_login_that_ends_meanwhile_is_told_of_and_loses_nothing(
    users: tuple[FaultyNetwork, Users, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    network, accounts, url = users
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    login = log_in(network.url, "ann", PASSWORD)
    Logins().keep(network.url, login)
    store = RemoteStore(network.url)
    things = store.collection("things")
    with network.away():
        things.create({"id": "a"})
        accounts.set_password("ann", PASSWORD + "!")
        header = {"Authorization": f"Bearer {login.token}"}
        until(lambda: requests.get(f"{url}/v1/self", headers=header, timeout=10).status_code == 401)
    until(lambda: any("imlkit store login" in record.getMessage() for record in caplog.records))
    assert {record.levelno for record in caplog.records} <= {logging.WARNING, logging.INFO, logging.DEBUG}
    # Another user's login on this machine is not taken for it.
    Logins().keep(network.url, log_in(network.url, "bob", PASSWORD))
    with pytest.raises(LoginRequiredError):
        things.count()
    assert things.create({"id": "b"}) == {"id": "b"}
    assert store.pending.value == 2
    Logins().keep(network.url, log_in(network.url, "ann", PASSWORD + "!"))
    assert [each["created_by"] for each in things.find()] == ["ann", "ann"]
    assert store.refused == []
    store.close()
