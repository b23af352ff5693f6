"""Logging in to an app in a browser: who one is decides what one sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from imlkit.stores.remote import RemoteStore
from imlkit.stores.remote.log_in import log_in
from tests.accounts import PASSWORD, Clock, served_notes, served_store
from tests.e2e.served import Served

pytestmark = pytest.mark.e2e

SCRIPT = "<img src=x onerror=window.broken=1>"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
Context = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("login")


@pytest.fixture(scope="module")
def store(folder: Path, clock: Clock) -> Iterator[str]:
    people = {"ann": "annotator", "bob": "annotator", SCRIPT: "annotator"}
    with served_store(folder, people, clock) as url:
        yield url


@pytest.fixture(scope="module")
def app(folder: Path, store: str) -> Iterator[Served]:
    with served_notes(folder, store) as app:
        yield app


@pytest.fixture
def person(browser: Browser) -> Iterator[Context]:
    """A browser of somebody's own, which asks for nothing from elsewhere."""
    contexts: list[BrowserContext] = []
    foreign: list[str] = []

    def begin(**options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        context.set_default_timeout(15_000)
        context.on(
            "request",
            lambda asked: foreign.append(asked.url) if "//127.0.0.1:" not in asked.url[:20] else None,
        )
        contexts.append(context)
        return context

    yield begin
    for context in contexts:
        context.close()
    assert not [url for url in foreign if not url.startswith(("data:", "blob:"))]


def enter(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def opened(context: BrowserContext, app: Served, name: str) -> Page:
    """Open the app as somebody."""
    page = context.new_page()
    page.goto(app.url)
    enter(page, name)
    expect(page.get_by_role("button", name="Add")).to_be_visible()
    return page


def note(page: Page, text: str) -> None:
    page.get_by_label("Note").fill(text)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text(text)).to_be_visible()


def test_a_wrong_password_is_told_of_and_the_right_one_leads_to_the_page_asked_for(
    app: Served, person: Context
) -> None:
    page = person(**PHONE).new_page()
    page.goto(f"{app.url}?a=1#settings")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    assert not Axe().run(page).response["violations"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    enter(page, "ann", "not the password")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    expect(page.get_by_label("Name")).to_have_value("ann")
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.get_by_label("Password")).to_be_focused()
    assert not Axe().run(page).response["violations"]
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{app.url}?a=1#settings")
    expect(page.get_by_role("link", name="Log out ann")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_login_works_without_scripts(app: Served, person: Context) -> None:
    page = person(java_script_enabled=False).new_page()
    page.goto(app.url)
    enter(page, "ann")
    page.wait_for_url(app.url)
    assert page.title() == "Notes app"


def test_two_people_see_their_own_and_other_pages_of_theirs_at_once(app: Served, person: Context) -> None:
    ann, bob = person(), person()
    anns, bobs = opened(ann, app, "ann"), opened(bob, app, "bob")
    again = ann.new_page()
    again.goto(app.url)
    note(anns, "a wren of Ann's")
    note(bobs, "a heron of Bob's")
    expect(again.get_by_text("a wren of Ann's")).to_be_visible()
    expect(bobs.get_by_text("a heron of Bob's")).to_be_visible()
    for page in (anns, again):
        expect(page.get_by_text("a heron of Bob's")).to_have_count(0)
    expect(bobs.get_by_text("a wren of Ann's")).to_have_count(0)
    bobs.reload()
    expect(bobs.get_by_text("a heron of Bob's")).to_be_visible()
    expect(bobs.get_by_text("a wren of Ann's")).to_have_count(0)


def test_logging_out_ends_the_other_pages_of_the_browser_alone(app: Served, person: Context) -> None:
    ann = person()
    first = opened(ann, app, "ann")
    second = ann.new_page()
    second.goto(app.url)
    expect(second.get_by_role("button", name="Add")).to_be_visible()
    elsewhere = opened(person(), app, "ann")
    first.get_by_role("link", name="Log out ann").click()
    expect(first.get_by_role("heading", name="You are logged out")).to_be_visible()
    expect(second.get_by_role("heading", name="You are logged out")).to_be_visible()
    note(elsewhere, "still here")
    first.goto(app.url)
    expect(first.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_login_that_ends_is_told_of_and_renewed_beside_the_page_which_goes_on(
    app: Served, store: str, clock: Clock, person: Context
) -> None:
    ann = person(**PHONE)
    page = opened(ann, app, "ann")
    page.get_by_label("Note").fill("typed before")
    before = clock.ahead
    clock.ahead += 7200
    try:
        page.get_by_role("button", name="Add").click()
        notice = page.get_by_role("alert").filter(has_text="changes are not stored")
        expect(notice).to_be_visible()
        expect(page.get_by_label("Note")).to_have_value("typed before")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        with ann.expect_page() as beside:
            page.get_by_role("link", name="Log in again").click()
        expect(beside.value.get_by_label("Name")).to_have_value("ann")
        enter(beside.value, "ann")
        expect(beside.value.get_by_role("heading", name="You are logged in again")).to_be_visible()
        expect(notice).to_be_hidden()
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_text("typed before")).to_be_visible()
        own = RemoteStore(store, log_in(store, "ann", PASSWORD).token)
        assert own.collection("notes").count({"text": "typed before"}) == 1
        own.close()
    finally:
        clock.ahead = before


def test_an_expired_login_leads_to_the_login_page(app: Served, clock: Clock, person: Context) -> None:
    page = opened(person(), app, "bob")
    before = clock.ahead
    clock.ahead += 7200
    try:
        page.reload()
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    finally:
        clock.ahead = before


def test_script_in_a_name_is_shown_as_text(app: Served, person: Context) -> None:
    page = person().new_page()
    page.goto(app.url)
    enter(page, SCRIPT, "not the password")
    expect(page.get_by_label("Name")).to_have_value(SCRIPT)
    enter(page, SCRIPT)
    expect(page.get_by_role("link", name=f"Log out {SCRIPT}")).to_be_visible()
    assert page.evaluate("window.broken") is None
    page.goto(app.url.replace("/notes", "/logout"))
    expect(page.get_by_text(f"You are logged in as {SCRIPT}.")).to_be_visible()
    assert page.evaluate("window.broken") is None
