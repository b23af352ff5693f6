from __future__ import annotations

from typing import Any

import panel as pn
import pytest

from imlkit.layouts.dashboard import Dashboard
from imlkit.layouts.page import Page, slug


def test_the_same_name_gives_the_same_page() -> None:
    app = Dashboard("App")
    assert app.page("Main") is app.page("Main")


def test_two_names_of_one_address_are_refused() -> None:
    app = Dashboard("App")
    app.page("My page")
    with pytest.raises(ValueError, match="'My page' and 'my page!' would have the same address"):
        app.page("my page!")
    with pytest.raises(ValueError, match="settings page's address"):
        app.page("Settings")


@pytest.mark.parametrize(
    ("name", "expected"), [("Main", "main"), ("My page!", "my-page"), ("Été 2", "été-2"), ("!!", "page")]
)
def test_an_address_is_made_of_a_name(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_a_page_is_built_once_and_anew_after_something_was_added() -> None:
    page = Page("Main").use("Heading")
    first = page.view()
    assert page.view() is first
    page.use(pn.pane.Str("more"))
    assert page.view() is not first


def test_a_dashboard_shows_its_first_page_and_any_that_is_set() -> None:
    app = Dashboard("App")
    app.page("One").use("First heading")
    app.page("Two").use("Second heading")
    body: Any = app.content(whole_page=True)[1]  # type: ignore[index]
    assert app.current.value == "one"
    (one,) = body
    app.current.set("two")
    assert [page.visible for page in body] == [False, True]
    app.current.set("no such page")
    assert [page.visible for page in body] == [True, False]
    assert body[0] is one


def test_what_was_added_to_a_page_is_there_when_it_is_shown_again() -> None:
    app = Dashboard("App")
    page = app.page("One")
    app.page("Two")
    body: Any = app.content(whole_page=True)[1]  # type: ignore[index]
    app.current.set("two")
    page.use("Added later")
    app.current.set("one")
    shown = [page for page in body if page.visible]
    assert [heading.object for heading in shown[0]] == ["Added later"]
