"""Coming in to served apps, as browsers and those who pretend to be one ask for it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import re
import socket
import subprocess
import sys
import urllib.parse
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from imlkit.cli.login.pages import where_to_go
from imlkit.store_login import StoreLogin
from imlkit.stores.sqlite import SQLiteStore
from tests.accounts import PASSWORD, form_of, served_notes, served_store
from tests.e2e.served import Served, until
from tests.stores.serving import served


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("login")


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[Served]:
    people = {"ann": "annotator", "bob": "annotator"}
    with served_store(folder, people) as store, served_notes(folder, store) as app:
        yield app


def logged_in(app: Served, name: str = "ann", password: str = PASSWORD, **asked: str) -> requests.Session:
    """Return a browser's requests after logging in."""
    browser = requests.Session()
    page = browser.get(urllib.parse.urljoin(app.url, "/login"), timeout=30)
    form = {"name": name, "password": password, "_xsrf": form_of(page)}
    browser.post(page.url, params=asked, data=form, timeout=30, allow_redirects=False)
    return browser


def login_cookie(browser: requests.Session) -> str:
    return next(cookie.name for cookie in browser.cookies if cookie.name.startswith("imlkit_login"))


def websocket(app: Served, page: str, cookie: str, origin: str | None = None) -> int:
    """Ask for a page's websocket as its browser does; return the status of the answer."""
    token = re.search(r'"token":\s*"([^"]+)"', page)
    assert token is not None
    where = urllib.parse.urlsplit(app.url)
    connection = http.client.HTTPConnection(where.netloc, timeout=30)
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol": f"bokeh, {token[1]}",
        "Origin": origin or f"http://{where.netloc}",
        "Cookie": cookie,
    }
    try:
        connection.request("GET", where.path + "/ws", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def cookie_of(browser: requests.Session) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)


@pytest.mark.parametrize("path", ["/", "/notes", "/notes/", "/notes?a=1"])
def test_a_page_leads_to_the_login_and_back(path: str, app: Served) -> None:
    answer = requests.get(urllib.parse.urljoin(app.url, path), timeout=30, allow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login?{urllib.parse.urlencode({'next': path})}"
    browser = requests.Session()
    page = browser.get(urllib.parse.urljoin(app.url, answer.headers["Location"]), timeout=30)
    form = {"name": "ann", "password": PASSWORD, "_xsrf": form_of(page)}
    there = browser.post(page.url, data=form, timeout=30, allow_redirects=False)
    assert (there.status_code, there.headers["Location"]) == (303, path)
    assert "<title>Notes app</title>" in browser.get(urllib.parse.urljoin(app.url, path), timeout=30).text


@pytest.mark.parametrize("path", ["/notes/autoload.js?bokeh-autoload-element=1", "/notes/metadata"])
def test_what_pages_from_elsewhere_would_embed_is_refused(path: str, app: Served) -> None:
    where = urllib.parse.urljoin(app.url, path)
    assert requests.get(where, timeout=30, allow_redirects=False).status_code == 401
    browser, foreign = logged_in(app), {"Origin": "http://elsewhere.example"}
    assert browser.get(where, timeout=30).status_code == 200
    assert browser.get(where, timeout=30, headers=foreign).status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        *("//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "evil", ""),
        *("/a\nb", "/\t/evil.example", "javascript:alert(1)", "http:///x", "/login?next=/", "/ä"),
    ],
)
def test_nobody_is_led_elsewhere_after_the_login(asked: str) -> None:
    assert where_to_go(asked) == "/"


@pytest.mark.parametrize("asked", ["/", "/notes", "/notes?next=//evil.example", "/a/b?c=%2F%2F"])
def test_pages_of_this_server_are_led_to_after_the_login(asked: str) -> None:
    assert where_to_go(asked) == asked


def test_the_form_works_for_its_own_page_alone(app: Served) -> None:
    login = urllib.parse.urljoin(app.url, "/login")
    form = {"name": "ann", "password": PASSWORD}
    assert requests.post(login, data=form, timeout=30).status_code == 403
    other = form_of(requests.get(login, timeout=30))
    assert requests.post(login, data={**form, "_xsrf": other}, timeout=30).status_code == 403
    browser = requests.Session()
    page = browser.get(login, timeout=30)
    assert browser.post(login, json={**form, "_xsrf": form_of(page)}, timeout=30).status_code == 415
    assert not any(cookie.name.startswith("imlkit_login") for cookie in browser.cookies)


def test_a_form_of_many_megabytes_is_not_read(app: Served) -> None:
    where = urllib.parse.urlsplit(app.url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as connection:
        head = "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        connection.sendall(f"{head}Content-Length: 100000000\r\n\r\n".encode())
        # The connection ends instead of waiting for the rest.
        assert connection.recv(100) in (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_the_token_is_in_a_cookie_that_scripts_cannot_read_and_nowhere_else(app: Served) -> None:
    browser = requests.Session()
    page = browser.get(urllib.parse.urljoin(app.url, "/login"), timeout=30)
    form = {"name": "ann", "password": PASSWORD, "_xsrf": form_of(page)}
    there = browser.post(page.url, data=form, timeout=30, allow_redirects=False)
    kept = there.headers["Set-Cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    assert "Secure" not in kept
    token = str(there.cookies[login_cookie(browser)])
    shown = browser.get(app.url, timeout=30)
    assert token not in shown.text
    assert token not in _told_of_the_request(shown.text)
    assert token not in there.headers["Location"]
    assert token not in "".join(app.log)
    assert PASSWORD not in "".join(app.log)
    by_proxy = {"X-Forwarded-Proto": "https"}
    secured = browser.post(page.url, data=form, headers=by_proxy, timeout=30, allow_redirects=False)
    assert "Secure" in secured.headers["Set-Cookie"]
    # A cookie that says nothing else of the browser is left out too.
    alone = requests.get(app.url, cookies={login_cookie(browser): token}, timeout=30).text
    assert token not in _told_of_the_request(alone)


def _told_of_the_request(page: str) -> str:
    """Return what Bokeh keeps in a page of the request that asked for it."""
    found = re.search(r'"token":\s*"([^".]+)', page)
    assert found is not None
    said = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode()
    packed = re.search(r'"__bk__zlib_": "([^"]+)"', said)
    assert packed is not None
    unpacked = zlib.decompress(base64.urlsafe_b64decode(packed[1] + "=" * (-len(packed[1]) % 4))).decode()
    assert "headers" in unpacked
    return said + unpacked


def test_the_websocket_is_refused_without_a_login_and_to_another_person(app: Served) -> None:
    ann, bob = logged_in(app), logged_in(app, "bob")
    page = ann.get(app.url, timeout=30).text
    assert websocket(app, page, "") == 403
    assert websocket(app, page, f"{login_cookie(ann)}=forged") == 403
    assert websocket(app, page, cookie_of(bob)) == 403
    assert websocket(app, page, cookie_of(ann), origin="http://elsewhere.example") == 403
    assert websocket(app, page, cookie_of(ann)) == 101


def test_a_page_that_is_named_by_its_number_is_not_shown_to_another_person(app: Served) -> None:
    ann, bob = logged_in(app), logged_in(app, "bob")
    number = {"bokeh-session-id": "1" * 44}
    assert ann.get(app.url, params=number, timeout=30).status_code == 200
    assert bob.get(app.url, params=number, timeout=30).status_code == 403
    assert bob.get(app.url, headers={"Bokeh-Session-Id": "1" * 44}, timeout=30).status_code == 403


def test_a_link_from_elsewhere_does_not_log_out_and_one_of_the_app_does(app: Served) -> None:
    browser, out = logged_in(app), urllib.parse.urljoin(app.url, "/logout")
    asked = browser.get(out, headers={"Sec-Fetch-Site": "cross-site"}, timeout=30)
    assert "Log out?" in asked.text
    assert browser.get(app.url, timeout=30, allow_redirects=False).status_code == 200
    page = browser.get(app.url, timeout=30).text
    kept = cookie_of(browser)
    assert (
        "You are logged out" in browser.get(out, headers={"Sec-Fetch-Site": "same-origin"}, timeout=30).text
    )
    assert browser.get(app.url, timeout=30, allow_redirects=False).status_code == 302
    # Whoever kept the cookie comes in no more, either.
    assert websocket(app, page, kept) == 403


def test_the_form_of_the_logout_page_logs_out(app: Served) -> None:
    browser, out = logged_in(app), urllib.parse.urljoin(app.url, "/logout")
    page = browser.get(out, timeout=30)
    assert "You are logged in as ann." in page.text
    assert browser.post(out, data={"_xsrf": "guessed"}, timeout=30).status_code == 403
    assert "logged out" in browser.post(out, data={"_xsrf": form_of(page)}, timeout=30).text
    assert browser.get(app.url, timeout=30, allow_redirects=False).status_code == 302


def test_too_many_tries_are_told_of(app: Served) -> None:
    browser = requests.Session()
    login = urllib.parse.urljoin(app.url, "/login")
    form = {"name": "carl", "password": "not known here", "_xsrf": form_of(browser.get(login, timeout=30))}
    proxied = {"X-Forwarded-For": "198.51.100.7"}
    answers = [browser.post(login, data=form, headers=proxied, timeout=30) for _ in range(11)]
    assert answers[0].status_code == 401
    assert "The name or the password is wrong." in answers[0].text
    assert answers[-1].status_code == 429
    assert "Wait a minute" in answers[-1].text


def test_the_log_of_the_store_names_where_a_login_came_from(app: Served, folder: Path) -> None:
    browser = requests.Session()
    login = urllib.parse.urljoin(app.url, "/login")
    form = {"name": "bob", "password": PASSWORD, "_xsrf": form_of(browser.get(login, timeout=30))}
    browser.post(login, data=form, headers={"X-Forwarded-For": "10.0.0.1, 203.0.113.9"}, timeout=30)
    assert '"203.0.113.9"' in (folder / "audit.jsonl").read_text().splitlines()[-1]


def test_a_store_that_is_away_is_told_of_at_the_start(folder: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        command = [sys.executable, "-m", "imlkit", "serve", str(folder / "notes.py"), "--store", address]
        (folder / "notes.py").touch()
        said = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert said.returncode == 2
    assert f"the store at {address} does not answer" in said.stderr
    assert said.stderr.count("\n") == 1


def test_a_store_that_goes_away_later_is_told_of_on_the_page(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        away = contextlib.ExitStack()
        store = away.enter_context(served_store(tmp_path, {"ann": "annotator"}))
        app = stack.enter_context(served_notes(tmp_path, store))
        browser = logged_in(app)
        assert browser.get(app.url, timeout=30).status_code == 200
        away.close()
        page = browser.get(app.url, timeout=30)
        assert page.status_code == 503
        assert "The store does not answer" in page.text
        login = requests.Session()
        form = login.get(urllib.parse.urljoin(app.url, "/login"), timeout=30)
        asked = {"name": "ann", "password": PASSWORD, "_xsrf": form_of(form)}
        refused = login.post(form.url, data=asked, timeout=30)
        assert refused.status_code == 503
        assert "Try again in a moment." in refused.text


@pytest.mark.slow
def test_a_login_is_renewed_while_a_page_is_open_and_no_longer(tmp_path: Path) -> None:
    with (
        served_store(tmp_path, {"ann": "annotator", "bob": "annotator"}, lifetime=8) as store,
        served_notes(tmp_path, store) as app,
    ):
        ann, bob = logged_in(app), logged_in(app, "bob")
        first, bobs = (str(one.cookies[login_cookie(one)]) for one in (ann, bob))
        assert "<title>Notes app</title>" in ann.get(app.url, timeout=30).text
        for token in (first, bobs):
            said = {"Authorization": f"Bearer {token}"}
            until(lambda: requests.get(f"{store}/v1/self", headers=said, timeout=30).status_code == 401)  # noqa: B023
        page = ann.get(app.url, timeout=30)
        assert "<title>Notes app</title>" in page.text
        assert ann.cookies[login_cookie(ann)] != first
        assert "<title>Log in</title>" in bob.get(app.url, timeout=30).text


def test_a_login_holds_at_every_process(tmp_path: Path) -> None:
    with (
        served_store(tmp_path, {"ann": "annotator"}) as store,
        served_notes(tmp_path, store, "--processes", "2") as app,
    ):
        port = urllib.parse.urlsplit(app.url).port or 0
        other = app.url.replace(str(port), str(port + 1))
        assert requests.get(other, timeout=30, allow_redirects=False).status_code == 302
        browser = logged_in(app)
        for number, url in enumerate((app.url, other)):
            assert "<title>Notes app</title>" in browser.get(url, timeout=30).text
            assert browser.cookies["imlkit_process"] == str(number)


def test_without_accounts_nobody_is_asked_and_the_store_is_shared(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "shared")
    store.collection("notes").create({"text": "what was there"})
    with served(store, tmp_path / "uploads") as url, served_notes(tmp_path, url) as app:
        assert "<title>Notes app</title>" in requests.get(app.url, timeout=30, allow_redirects=False).text
        assert requests.get(urllib.parse.urljoin(app.url, "/login"), timeout=30).status_code == 404


def test_a_login_goes_on_with_another_token_until_it_is_left() -> None:
    login = StoreLogin("http://127.0.0.1:1", "ann", "editor", "first", None)
    told: list[str] = []
    end = login.watch(lambda: told.append(login.state))
    assert login.refused("an older one")
    assert not login.refused("first")
    assert login.state == "ended"
    login.take("second", 5.0)
    assert (login.state, login.token, login.until) == ("open", "second", 5.0)
    assert login.refused("first")
    login.leave()
    login.take("third", 6.0)
    assert (login.state, login.token) == ("left", "")
    assert told == ["ended", "open", "left"]
    end()
    login.leave()
    assert len(told) == 3
