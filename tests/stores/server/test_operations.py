"""What a server tells of itself: whether it answers, what it counts, and what it logs."""

from __future__ import annotations

import io
import json
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from imlkit.stores.remote import RemoteStore
from imlkit.stores.remote.log_in import log_in
from imlkit.stores.server import request_log
from imlkit.stores.server.accounts.access import Accounts
from imlkit.stores.server.accounts.tokens import Tokens
from imlkit.stores.server.accounts.users import Users
from imlkit.stores.server.request_log import set_up_log
from imlkit.stores.sqlite import SQLiteStore
from tests.e2e.served import until
from tests.stores.serving import served

PASSWORD = "a good password"
LABELS = {"method", "route", "status", "le", "action", "direction"}


@pytest.fixture
def store(tmp_path: Path) -> SQLiteStore:
    return SQLiteStore(tmp_path / "data")


@pytest.fixture
def url(store: SQLiteStore, tmp_path: Path) -> Iterator[str]:
    with served(store, tmp_path / "uploads") as address:
        yield address


@pytest.fixture(scope="module")
def with_users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a store with users: passwords take their time to hash."""
    store = SQLiteStore(tmp_path_factory.mktemp("users"))
    users = Users(store)
    users.add("ada", "admin", PASSWORD)
    users.add("ed", "editor", PASSWORD)
    store.close()
    return store.folder


@pytest.fixture
def guarded(with_users: Path, tmp_path: Path) -> Iterator[str]:
    store = SQLiteStore(shutil.copytree(with_users, tmp_path / "guarded"))
    accounts = Accounts(Users(store), Tokens(b"s" * 43))
    with served(store, tmp_path / "uploads", accounts=accounts) as address:
        yield address


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What ``--log json`` writes."""
    root, requests_log = logging.getLogger(), logging.getLogger("imlkit.requests")
    before, level = root.handlers[:], requests_log.level
    root.handlers[:] = []
    set_up_log("json")
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    handler.setStream(stream)
    yield stream
    root.handlers[:] = before
    requests_log.setLevel(level)


def lines(logged: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in logged.getvalue().splitlines()]


def counted(url: str, token: str | None = None) -> dict[tuple[str, ...], float]:
    """Return the numbers by their name and the values of their labels."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.get(f"{url}/metrics", headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    numbers: dict[tuple[str, ...], float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            assert set(sample.labels) <= LABELS
            numbers[sample.name, *(sample.labels[name] for name in sorted(sample.labels))] = sample.value
    return numbers


def test_requests_documents_assets_and_followers_are_counted(url: str) -> None:
    store = RemoteStore(url)
    things = store.collection("secret plans")
    things.create([{"id": "a"}, {"id": "b"}, {"id": "c"}])
    things.patch("a", {"n": 1})
    things.remove(["b", "c"])
    asset = store.assets.put(b"x" * 1000)
    with store.assets.open(asset.id) as file:
        assert len(file.read()) == 1000
    things.changes.subscribe(lambda change: None)
    until(lambda: counted(url)["imlkit_event_streams",] == 1)
    numbers = counted(url)
    assert numbers["imlkit_documents_written_total", "create"] == 3
    assert numbers["imlkit_documents_written_total", "patch"] == 1
    assert numbers["imlkit_documents_written_total", "remove"] == 2
    assert numbers["imlkit_asset_bytes_total", "in"] == 1000
    assert numbers["imlkit_asset_bytes_total", "out"] == 1000
    assert numbers["imlkit_requests_total", "POST", "/v1/create", "200"] == 1
    assert numbers["imlkit_request_seconds_count", "/v1/create"] == 1
    assert 0 < numbers["imlkit_request_seconds_sum", "/v1/create"] < 60
    assert numbers["imlkit_uptime_seconds",] > 0
    assert numbers["process_resident_memory_bytes",] > 1_000_000
    assert "secret plans" not in requests.get(f"{url}/metrics", timeout=10).text
    store.close()


def test_paths_and_methods_that_lead_nowhere_are_counted_as_one(url: str) -> None:
    for n in range(5):
        requests.request("BREW", f"{url}/pot/{n}", timeout=10)
    numbers = counted(url)
    assert numbers["imlkit_requests_total", "other", "(none)", "404"] == 5
    assert not any("pot" in part for name in numbers for part in name)


def test_numbers_are_for_administrators_where_there_are_accounts(guarded: str) -> None:
    assert requests.get(f"{guarded}/metrics", timeout=10).status_code == 401
    token = log_in(guarded, "ed", PASSWORD).token
    refused = requests.get(f"{guarded}/metrics", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert (refused.status_code, refused.json()["error"]) == (403, "ForbiddenError")
    assert counted(guarded, log_in(guarded, "ada", PASSWORD).token)["imlkit_uptime_seconds",] > 0


def test_health_is_told_to_anyone(guarded: str) -> None:
    answer = requests.get(f"{guarded}/health", timeout=10)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_a_store_that_cannot_be_read_is_not_well(url: str, store: SQLiteStore) -> None:
    store.close()
    answer = requests.get(f"{url}/health", timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (503, "StoreUnavailableError")
    assert "is closed" in answer.json()["message"]


def test_each_request_is_a_line_of_json_without_what_was_in_it(guarded: str, logged: io.StringIO) -> None:
    token = log_in(guarded, "ed", PASSWORD).token
    answer = requests.post(
        f"{guarded}/v1/find?password=hush",
        json={"collection": "secret plans", "query": {"name": "private"}},
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert answer.status_code == 200
    until(lambda: any(line.get("route") == "/v1/find" for line in lines(logged)))
    (line,) = [line for line in lines(logged) if line.get("route") == "/v1/find"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(line.pop("time")))
    assert 0 < float(str(line.pop("milliseconds"))) < 60_000
    assert line == {
        "level": "info",
        "method": "POST",
        "route": "/v1/find",
        "status": 200,
        "user": "ed",
        "address": "127.0.0.1",
        "request": answer.headers["X-Request-Id"],
    }
    for hidden in ("hush", "private", "secret plans", PASSWORD, token):
        assert hidden not in logged.getvalue()


def test_the_id_that_a_proxy_gave_is_kept_if_it_is_one(url: str) -> None:
    for given, kept in (("abc-1.2_3", True), ("a" * 65, False), ("a b", False), ('"}', False)):
        answer = requests.get(f"{url}/health", headers={"X-Request-Id": given}, timeout=10)
        assert (answer.headers["X-Request-Id"] == given) is kept
        assert re.fullmatch(r"[\w.-]{1,64}", answer.headers["X-Request-Id"])


def test_what_fails_unforeseen_is_found_in_the_log_by_the_answer(tmp_path: Path, logged: io.StringIO) -> None:
    class Broken(SQLiteStore):
        def collections(self) -> list[str]:
            raise RuntimeError("unforeseen")

    with served(Broken(tmp_path / "data"), tmp_path / "uploads") as url:
        answer = requests.get(f"{url}/v1/collections", timeout=10)
        until(lambda: sum("failed" in str(line.get("message")) for line in lines(logged)) > 0)
    id = answer.headers["X-Request-Id"]
    assert answer.status_code == 500
    assert id in answer.json()["message"]
    assert "unforeseen" not in answer.text
    told = [line for line in lines(logged) if id in json.dumps(line)]
    assert any("RuntimeError: unforeseen" in str(line.get("exception")) for line in told)
    assert any(line.get("status") == 500 and line["level"] == "error" for line in told)


def test_in_words_only_what_failed_or_was_slow_is_told(
    url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.name == "imlkit.requests"]

    with requests.Session() as session:
        # Over one connection a request is handled once the one before it is done with.
        for path in ("/v1/collections", "/nowhere", "/v1/collections"):
            session.get(f"{url}{path}", timeout=10)
        assert told() == []
        monkeypatch.setattr(request_log, "_SLOW", 0.0)
        session.get(f"{url}/v1/assets", timeout=10)
    until(lambda: any("/v1/assets" in line for line in told()))
    (line,) = [line for line in told() if "/v1/assets" in line]
    assert re.fullmatch(
        r"'GET' /v1/assets: 200 after [\d.]+ ms \(user None, 127\.0\.0\.1, request \w+\)", line
    )


def test_other_names_than_the_loopbacks_lead_nowhere_without_accounts(url: str) -> None:
    port = url.rpartition(":")[2]
    for host in ("127.0.0.1", f"localhost:{port}", f"[::1]:{port}", "127.1.2.3", "LOCALHOST", "a.localhost"):
        assert requests.get(f"{url}/health", headers={"Host": host}, timeout=10).status_code == 200, host
    for host in ("evil.example", f"localhost.evil.example:{port}", "127.0.0.1.evil.example", "10.0.0.1", "["):
        answer = requests.get(f"{url}/v1/collections", headers={"Host": host}, timeout=10)
        assert answer.status_code == 421, host
        assert "127.0.0.1 and localhost alone" in answer.json()["message"]


def test_behind_a_proxy_a_server_with_accounts_has_any_name(guarded: str) -> None:
    answer = requests.get(f"{guarded}/health", headers={"Host": "store.example"}, timeout=10)
    assert answer.status_code == 200


def test_scripts_of_other_sites_may_read_nothing(url: str) -> None:
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    for method in ("GET", "POST", "OPTIONS"):
        answer = requests.request(method, f"{url}/v1/collections", headers=asked, timeout=10)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    # What a form can send without being asked for is no request of this server's.
    form = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
    body = json.dumps({"collection": "a", "documents": [{"id": "x", "fields": {}}]})
    answer = requests.post(f"{url}/v1/create", data=body, headers=form, timeout=10)
    assert answer.status_code == 422
