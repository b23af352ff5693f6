"""A store behind the proxy that the guide describes, by HTTPS."""

from __future__ import annotations

import json
import queue
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from imlkit.errors import LoginRequiredError, StoreUnavailableError
from imlkit.store import Change
from imlkit.stores.remote import RemoteStore
from imlkit.stores.remote.log_in import log_in
from tests.accounts import PASSWORD, form_of, served_notes, served_store
from tests.nginx import Proxy, free_pair, free_ports, nginx_proxy

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def proxy(folder: Path) -> Iterator[Proxy]:
    with served_store(folder, {"ann": "editor", "bob": "editor"}) as url:
        (port,) = free_ports(1)
        with nginx_proxy(folder, port, store=urlsplit(url).port or 0) as proxy:
            yield proxy


@pytest.fixture(autouse=True)
def believed(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(proxy.authority))


def opened(proxy: Proxy, name: str) -> RemoteStore:
    url = f"{proxy.url}/store"
    return RemoteStore(url, log_in(url, name, PASSWORD).token)


def test_nobody_comes_in_without_a_login_or_with_a_certificate_that_is_not_believed(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(LoginRequiredError):
        RemoteStore(f"{proxy.url}/store", token="")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(StoreUnavailableError, match="SSLError"):
        log_in(f"{proxy.url}/store", "ann", PASSWORD)


def test_plain_http_is_led_to_https(proxy: Proxy) -> None:
    answer = requests.get(f"{proxy.plain}/store/health", timeout=10, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{proxy.url}/store/health")
    assert requests.get(f"{proxy.plain}/store/health", timeout=10).json()["status"] == "ok"


def test_changes_come_through_at_once(proxy: Proxy) -> None:
    ann, bob = opened(proxy, "ann"), opened(proxy, "bob")
    heard: queue.Queue[Change] = queue.Queue()
    ann.collection("birds").changes.subscribe(heard.put)
    try:
        for number in range(3):
            begin = time.perf_counter()
            bob.collection("birds").create({"id": f"b{number}"})
            change = heard.get(timeout=10)
            assert time.perf_counter() - begin < 1
            assert (change.kind, change.ids) == ("created", (f"b{number}",))
        assert ann.collection("birds").count() == 3
    finally:
        ann.close()
        bob.close()


def test_an_asset_of_some_megabytes_passes_both_ways(proxy: Proxy) -> None:
    store = opened(proxy, "ann")
    content = secrets.token_bytes(20 << 20)
    try:
        asset = store.assets.put(content, "application/octet-stream")
        with store.assets.open(asset.id) as file:
            assert file.read() == content
        with store.assets.open(asset.id) as file:
            file.seek(-5, 2)
            assert file.read() == content[-5:]
    finally:
        store.close()


def test_a_large_bulk_write_passes(proxy: Proxy) -> None:
    store = opened(proxy, "ann")
    try:
        store.collection("many").create([{"text": "x" * 1_000} for _ in range(5_000)])
        assert store.collection("many").count() == 5_000
    finally:
        store.close()


def test_the_log_names_where_people_come_from_and_not_what_they_claim(proxy: Proxy, folder: Path) -> None:
    with requests.Session() as session:
        session.mount("https://", _From("127.0.0.2"))
        claimed = {"X-Forwarded-For": "203.0.113.1"}
        asked = {"name": "ann", "password": PASSWORD}
        url = f"{proxy.url}/store/v1/login".replace("localhost", "127.0.0.1")
        answer = session.post(url, json=asked, headers=claimed, timeout=10, verify=str(proxy.authority))
    assert answer.status_code == 200
    last = json.loads((folder / "audit.jsonl").read_text().splitlines()[-1])
    assert "127.0.0.2" in last.values()
    assert "203.0.113.1" not in last.values()


def test_people_log_in_to_an_app_of_two_processes_through_the_proxy(tmp_path: Path) -> None:
    pair, (port,) = free_pair(), free_ports(1)
    origin = f"127.0.0.1:{port}"
    with (
        served_store(tmp_path, {"ann": "annotator"}) as store,
        nginx_proxy(tmp_path, port, pair, urlsplit(store).port or 0) as proxy,
        served_notes(tmp_path, store, "--processes", "2", "--port", str(pair[0]), "--origin", origin),
        requests.Session() as browser,
    ):
        browser.mount("https://", _From("127.0.0.2"))
        page = browser.get(f"https://{origin}/notes", timeout=30, verify=str(proxy.authority))
        assert page.url == f"https://{origin}/login?next=%2Fnotes"
        form = {"name": "ann", "password": PASSWORD, "_xsrf": form_of(page)}
        shown = browser.post(page.url, data=form, timeout=30, verify=str(proxy.authority))
        assert shown.url == f"https://{origin}/notes"
        assert "<title>Notes app</title>" in shown.text
        assert all(cookie.secure for cookie in browser.cookies if cookie.name != "imlkit_form")
        last = json.loads((tmp_path / "audit.jsonl").read_text().splitlines()[-1])
        assert (last["user"], last["action"], last["address"]) == ("ann", "login", "127.0.0.2")


class _From(HTTPAdapter):
    """Sends requests from one of this machine's addresses."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, source_address=(self._address, 0), **named)
