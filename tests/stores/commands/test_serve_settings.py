"""The command that serves a store as a file of settings says."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import requests

from imlkit.stores.postgresql import PostgreSQLStore
from imlkit.stores.remote.log_in import log_in
from imlkit.stores.server.accounts.users import Users
from imlkit.stores.sqlite import SQLiteStore
from tests.e2e.served import until

PASSWORD = "a good password"


@dataclass
class Started:
    """A server that runs: where it is, what it said, and what it logs."""

    url: str
    said: str
    log: Path
    process: subprocess.Popen[str]


@contextlib.contextmanager
def started(folder: Path, *words: str) -> Iterator[Started]:
    """Start ``imlkit store`` in a folder, with its states below it."""
    log = folder / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "imlkit", "store", "--port", "0", *words],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder,
            env={**os.environ, "XDG_STATE_HOME": str(folder / "state")},
        )
    assert process.stdout is not None
    try:
        said = ""
        while "Stop it" not in said and (line := process.stdout.readline()):
            said += line
        found = re.match(r"Store: (http://\S+)\n", said)
        assert found is not None, log.read_text()
        yield Started(found[1], said, log, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def refused(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "imlkit", "store", *words], capture_output=True, text=True, cwd=folder
    )
    assert done.returncode == 2
    return done.stderr


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_server_is_as_its_settings_say(tmp_path: Path) -> None:
    (tmp_path / "settings").mkdir()
    config = tmp_path / "settings" / "store.toml"
    config.write_text(
        '[server]\ndata = "../birds"\nport = 1\naccounts = true\ntoken_hours = 2\nlog = "json"\n'
        'secret = "secret"\nmetrics = false\n[rules]\nreader = "read in cases"\n'
        '[indexes]\ncases = ["species"]\n[limits]\nbody = 2_000\n'
    )
    store = SQLiteStore(tmp_path / "birds")
    store.collection("cases").create({"id": "c", "species": "wren"})
    store.collection("notes").create({"id": "n"})
    Users(store).add("rita", "reader", PASSWORD)
    store.close()
    with started(tmp_path, "--config", str(config)) as server:
        assert "no users yet" not in server.said
        assert requests.get(f"{server.url}/v1/collections", timeout=10).status_code == 401
        assert requests.get(f"{server.url}/metrics", timeout=10).status_code == 404
        login = log_in(server.url, "rita", PASSWORD)
        headers = {"Authorization": f"Bearer {login.token}"}
        names = requests.get(f"{server.url}/v1/collections", headers=headers, timeout=10).json()
        assert names == {"collections": ["cases"]}
        large = requests.post(f"{server.url}/v1/find", data=b" " * 3_000, headers=headers, timeout=10)
        assert large.status_code == 413
        until(lambda: server.log.read_text().count("\n") >= 4)
    logged = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert {line["user"] for line in logged if "route" in line} == {None, "rita"}
    assert "making index 1 of 7" in {line.get("message") for line in logged}
    assert mode(tmp_path / "settings" / "secret") == 0o600
    assert mode(tmp_path / "birds" / "audit.jsonl") == 0o600
    assert '"login"' in (tmp_path / "birds" / "audit.jsonl").read_text()
    store = SQLiteStore(tmp_path / "birds")
    assert store.declare_indexes({"cases": ["species"]}) == 0
    store.close()
    # Without settings, what was declared stays; and who asks has to log in where there are users.
    with started(tmp_path, "--data", "birds") as server:
        assert requests.get(f"{server.url}/v1/collections", timeout=10).status_code == 401
    store = SQLiteStore(tmp_path / "birds")
    assert store.declare_indexes({"cases": ["species"]}) == 0
    store.close()


def test_at_an_address_that_others_reach_who_asks_has_to_log_in(tmp_path: Path) -> None:
    with started(tmp_path, "--address", "0.0.0.0", "--data", "my data") as server:
        url = server.url.replace("0.0.0.0", "127.0.0.1")
        assert "imlkit store user add NAME --role admin --data 'my data'\n" in server.said
        assert "HTTPS" in server.said
        assert requests.get(f"{url}/v1/collections", timeout=10).status_code == 401
        assert requests.get(f"{url}/health", timeout=10).status_code == 200
    assert mode(tmp_path / "my data" / "server-secret") == 0o600


def test_accounts_can_be_asked_for_on_loopback(tmp_path: Path) -> None:
    with started(tmp_path, "--accounts") as server:
        assert requests.get(f"{server.url}/v1/collections", timeout=10).status_code == 401
    with started(tmp_path) as server:
        assert server.said.count("\n") == 2
        assert requests.get(f"{server.url}/v1/collections", timeout=10).status_code == 200
        requests.post(
            f"{server.url}/v1/create",
            json={"collection": "a", "documents": [{"id": "x", "fields": {}}]},
            timeout=10,
        )
    line = json.loads((tmp_path / "imlkit-data" / "audit.jsonl").read_text())
    assert (line["action"], line["ids"]) == ("create", ["x"])


def test_settings_that_cannot_be_followed_are_refused_in_words(tmp_path: Path) -> None:
    config = tmp_path / "store.toml"
    config.write_text('[server]\naccounts = false\naddress = "0.0.0.0"')
    assert "has to know who asks" in refused(tmp_path, "--config", "store.toml")
    config.write_text("[server]\nprot = 1")
    assert "server.prot" in refused(tmp_path, "--config", "store.toml")
    config.write_text('[server]\naccounts = true\nsecret = "/dev/null/x"')
    assert "secret" in refused(tmp_path, "--config", "store.toml")


@pytest.mark.slow
def test_a_server_of_a_database_keeps_its_secret_with_the_user_and_makes_indexes_meanwhile(
    tmp_path: Path, location: str
) -> None:
    store = PostgreSQLStore(location)
    store.collection("cases").create([{"n": n} for n in range(100)])
    config = tmp_path / "store.toml"
    config.write_text('[indexes]\ncases = ["n"]')
    with started(tmp_path, "--config", "store.toml", "--database", location, "--accounts") as server:
        found = re.search(r"Secret: (\S+)", server.said)
        assert found is not None
        secret = Path(found[1])
        assert secret.is_relative_to(tmp_path / "state" / "imlkit")
        assert mode(secret) == 0o600
        assert (secret.parent / "audit.jsonl").exists()
        with psycopg.connect(location, autocommit=True) as connection:
            made = "SELECT count(*) FROM pg_indexes WHERE starts_with(indexname, 'declared_')"
            until(lambda: connection.execute(made).fetchone() == (7,))
    store.close()
