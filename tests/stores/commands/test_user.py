"""``imlkit store user``, ``login`` and ``logout``."""

from __future__ import annotations

import io
import json
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from imlkit import data_store
from imlkit.cli import main
from imlkit.errors import LoginRequiredError
from imlkit.stores.remote.logins import Logins
from imlkit.stores.server.accounts.access import Accounts
from imlkit.stores.server.accounts.tokens import Tokens
from imlkit.stores.server.accounts.users import Users
from imlkit.stores.sqlite import SQLiteStore
from tests.stores.serving import served

PASSWORD = "a good password"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with something on its standard input; gives its status and what it said."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.delenv("IMLKIT_STORE_TOKEN", raising=False)

    def ran(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        status = main(["store", *arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    return ran


def test_users_are_added_named_changed_and_removed(run: Run, tmp_path: Path) -> None:
    place = ("--data", str(tmp_path / "data"))
    status, _, error = run("user", "list", *place)
    assert (status, "no such store" in error) == (2, True)
    SQLiteStore(tmp_path / "data").close()
    assert run("user", "list", *place)[2].startswith("Nobody yet")
    added = run("user", "add", "ann", "--role", "editor", *place, typed=f"{PASSWORD}\n")
    assert added == (0, "ann may use the store, as editor.\n", "")
    run("user", "add", "Zoé <b>", *place, typed=PASSWORD)
    assert run("user", "list", *place)[1] == "Zoé <b>\tannotator\nann\teditor\n"
    assert run("user", "role", "ann", "admin", *place)[0] == 0
    words = run("user", "password", "ann", "--random", *place)[1].splitlines()[0]
    store = SQLiteStore(tmp_path / "data")
    found = Users(store).verified("ann", words.removeprefix("Password of ann: "))
    assert found is not None
    assert found.role == "admin"
    store.close()
    assert stat.S_IMODE((tmp_path / "data" / "store.sqlite").stat().st_mode) == 0o600
    assert run("user", "remove", "Zoé <b>", *place)[0] == 0
    assert run("user", "list", *place)[1] == "ann\tadmin\n"


@pytest.mark.parametrize(
    ("arguments", "typed", "words"),
    [
        (["add", "ann"], PASSWORD, "already"),
        (["add", "bob", "--role", "queen"], PASSWORD, "no role"),
        (["add", "bob"], "short", "8 to"),
        (["add", "bob"], "", "no password came"),
        (["add", "x\ny"], PASSWORD, "no name"),
        (["role", "bob", "admin"], "", "no user 'bob'"),
        (["remove", "bob"], "", "no user 'bob'"),
        (["list", "--data", "http://127.0.0.1:1"], "", "folder"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    run: Run, tmp_path: Path, arguments: list[str], typed: str, words: str
) -> None:
    place = ("--data", str(tmp_path / "data"))
    run("user", "add", "ann", *place, typed=PASSWORD)
    status, said, error = run("user", *arguments[:1], *place, *arguments[1:], typed=typed)
    assert (status, said) == (2, "")
    assert words in error
    assert error.count("\n") == 1


def test_a_login_holds_for_all_programs_of_its_user(run: Run, tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "data")
    Users(store).add("ann", "editor", PASSWORD)
    accounts = Accounts(Users(store), Tokens(b"s" * 43, lifetime=8))
    with served(store, tmp_path / "uploads", accounts=accounts) as url:
        with pytest.raises(LoginRequiredError, match="imlkit store login"):
            data_store(url)
        status, _, error = run("login", url, "--user", "ann", typed="wrong password")
        assert (status, error.count("\n")) == (2, 1)
        assert "wrong" in error
        status, said, _ = run("login", f"{url}/", "--user", "ann", typed=PASSWORD)
        assert status == 0
        assert said.startswith(f"Logged in at {url} as ann, until ")
        kept = tmp_path / "settings" / "imlkit" / "logins.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert PASSWORD not in kept.read_text()
        before = json.loads(kept.read_text())[url]["token"]
        cases = data_store(url).collection("cases")
        made = cases.create({"y": "cat"})
        assert made["created_by"] == "ann"
        # Who goes on stays logged in: there is another token well before the first one ends.
        end = time.monotonic() + 20
        while json.loads(kept.read_text())[url]["token"] == before:
            assert time.monotonic() < end
            assert cases.count() == 1
            time.sleep(0.05)
        assert run("logout", url)[1] == f"Logged out of {url}.\n"
        assert run("logout", url)[1] == f"Nobody was logged in at {url}.\n"
        assert Logins().get(url) is None
        data_store(url).close()
        with pytest.raises(LoginRequiredError):
            data_store(url)


def test_who_logs_in_again_elsewhere_goes_on_in_programs_that_run(run: Run, tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "data")
    users = Users(store)
    users.add("ann", "editor", PASSWORD)
    with served(store, tmp_path / "uploads", accounts=Accounts(users, Tokens(b"s" * 43))) as url:
        run("login", url, "--user", "ann", typed=PASSWORD)
        cases = data_store(url).collection("cases")
        users.set_password("ann", "another password")
        run("login", url, "--user", "ann", typed="another password")
        cases.create({"y": "cat"})
        assert cases.count() == 1
        data_store(url).close()


def test_a_token_of_the_environment_is_used(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SQLiteStore(tmp_path / "data")
    ann = Users(store).add("ann", "reader", PASSWORD)
    tokens = Tokens(b"s" * 43)
    monkeypatch.setenv("IMLKIT_STORE_TOKEN", tokens.issue(ann)[0])
    with served(store, tmp_path / "uploads", accounts=Accounts(Users(store), tokens)) as url:
        assert data_store(url).collections() == []
        data_store(url).close()


def test_a_store_that_was_not_there_is_made_for_its_first_user_and_that_is_said(
    run: Run, tmp_path: Path
) -> None:
    place = ("--data", str(tmp_path / "data"))
    _, said, _ = run("user", "add", "ann", "--role", "admin", *place, typed=PASSWORD)
    assert "was not there, and was made" in said
    _, said, _ = run("user", "add", "bob", *place, typed=PASSWORD)
    assert "was made" not in said
    status, _, error = run("user", "password", "carl", *place)
    assert (status, "there is no user 'carl'" in error) == (2, True)
