"""Places that a server must not serve as if they were others."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from imlkit import data_store
from imlkit.cli import main
from imlkit.errors import LoginRequiredError
from imlkit.stores.server.accounts.users import Users
from imlkit.stores.sqlite import SQLiteStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store that has a user."""
    folder = tmp_path / "data"
    store = SQLiteStore(folder)
    Users(store).add("ann", "admin", "a long password")
    store.collection("cases").create({"n": 1})
    store.close()
    return folder


@contextmanager
def served(*words: str | Path) -> Iterator[tuple[str, list[str]]]:
    """Give the address of a server and what it says as it starts."""
    command = [sys.executable, "-m", "imlkit", "store", *map(str, words), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said: list[str] = []
    try:
        while not said or "Ctrl+C" not in said[-1]:
            line = process.stdout.readline()
            assert line
            said.append(line.rstrip())
        found = re.fullmatch(r"Store: (http://\S+)", said[0])
        assert found is not None
        yield found[1], said[1:-1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_store_that_has_users_asks_for_them_however_it_is_started(folder: Path) -> None:
    with served("--data", folder) as (url, said):
        assert said == ["Who asks has to log in."]
        assert requests.get(f"{url}/v1/collections", timeout=30).status_code == 401


def test_whoever_wants_no_logins_all_the_same_says_so_and_is_told_what_it_means(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "open.toml").write_text("[server]\naccounts = false\n")
    with served("--data", folder, "--config", tmp_path / "open.toml") as (url, said):
        assert len(said) == 1
        assert "although there are users" in said[0]
        assert requests.get(f"{url}/v1/collections", timeout=30).status_code == 200


@pytest.mark.parametrize("place", ["tinydb:there", "memory:", "http://127.0.0.1:1"])
def test_only_a_folder_is_served_as_one(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["store", "--data", place, "--port", "0"]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_another_kind_of_store_is_not_served_as_an_empty_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = data_store(f"tinydb:{tmp_path / 'there'}")
    store.collection("cases").create({"n": 1})
    store.close()
    assert main(["store", "--data", str(tmp_path / "there"), "--port", "0"]) == 2
    assert "imlkit store migrate tinydb:" in capsys.readouterr().err
    assert not (tmp_path / "there" / "store.sqlite").exists()


def test_an_app_keeps_its_data_in_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app.py").write_text("")
    assert main(["serve", str(tmp_path / "app.py"), "--data", "tinydb:there", "--port", "0"]) == 2
    assert "is no folder" in capsys.readouterr().err


def readable(folder: Path) -> list[Path]:
    """Return the files below a folder that others than its owner may read."""
    return [
        file for file in folder.rglob("*") if file.is_file() and stat.S_IMODE(file.stat().st_mode) & 0o077
    ]


@pytest.mark.parametrize(
    "words",
    [("restore", "backup.zip", "new"), ("migrate", "data", "new"), ("migrate", "data", "tinydb:new")],
    ids=["restored", "migrated", "to TinyDB"],
)
def test_copies_of_a_store_are_for_their_owner_alone(
    words: Sequence[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["store", "backup", "backup.zip", "--data", str(folder)]) == 0
    assert main(["store", *words]) == 0
    assert any((tmp_path / "new").iterdir())
    assert readable(tmp_path / "new") == []


def test_a_token_that_is_refused_is_named_by_where_it_came_from(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served("--data", folder) as (url, _):
        for token, words in (("garbage", "IMLKIT_STORE_TOKEN"), ("", f"imlkit store login {url}")):
            monkeypatch.setenv("IMLKIT_STORE_TOKEN", token)
            with pytest.raises(LoginRequiredError, match=re.escape(words)):
                data_store(url)
