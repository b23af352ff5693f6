"""A wizard as people go through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.served import Served, serving

pytestmark = pytest.mark.e2e

SCRIPT = """
from imlkit import Button, Dashboard, Text, TextInput, Toggle, Wizard

name = TextInput("Your name")
ready, far = Toggle("I am ready"), Toggle("Take the long way")
count, shown = Button("Count"), Text("counted 0")
count.clicks.map(lambda n: f"counted {n}").subscribe(shown.value)
details = Button("Details")

guide = Wizard(title="A guide")
guide.step("Begin").text("Say **who** you are.").use(name).tells(
    name.value.map(lambda text: f"You are {text}." if text else "You gave no name."))
guide.step("Ready").use(ready, far).leads_to(lambda: None if far.value.value else "Count")
guide.step("Detour").text("The long way.").opens_when(ready.value, "Switch on that you are ready.")
guide.step("Count").use([count, shown, details]).opens_when(ready.value, "Switch on that you are ready.")
guide.summary("You have done it.")

more = Dashboard(title="More of it")
more.page("First").use("The first page")
more.page("Second").use("The second page")
details.clicks.subscribe(lambda _: guide.open(more))
guide.servable()
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("guide"), "guide", SCRIPT) as served:
        yield served


def step(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=2, name=name)).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_it_leads_from_the_first_step_to_the_summary(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(served.url)
    step(page, "Begin")
    expect(page.get_by_text("Step 1 of 3")).to_be_visible()
    expect(page.get_by_role("button", name="Back")).to_be_disabled()
    page.get_by_role("textbox", name="Your name").fill("Ada <i>")
    press(page, "Next")
    step(page, "Ready")
    expect(page.get_by_role("heading", level=2, name="Ready")).to_be_focused()
    expect(page.get_by_text("Switch on that you are ready.")).to_be_visible()
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.get_by_text("I am ready").click()
    expect(page.get_by_text("Switch on that you are ready.")).to_be_hidden()
    press(page, "Next")
    step(page, "Count")
    press(page, "Count")
    expect(page.get_by_text("counted 1")).to_be_visible()
    press(page, "Finish")
    step(page, "Summary")
    expect(page.get_by_text("You are Ada <i>.")).to_be_visible()
    press(page, "Back")
    step(page, "Count")


def test_a_branch_is_taken_and_gone_back(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(served.url)
    press(page, "Next")
    step(page, "Ready")
    page.get_by_text("I am ready").click()
    page.get_by_text("Take the long way").click()
    expect(page.get_by_role("button", name="Next")).to_be_enabled()
    press(page, "Next")
    step(page, "Detour")
    expect(page.get_by_text("Step 3 of 4")).to_be_visible()
    press(page, "Back")
    step(page, "Ready")


def test_a_reload_resumes_at_the_step_one_was_at(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(served.url)
    press(page, "Next")
    step(page, "Ready")
    page.wait_for_url("**#ready")
    page.reload()
    step(page, "Ready")
    page.go_back()
    step(page, "Begin")


def test_a_link_to_a_closed_step_says_why_it_is_closed(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{served.url}#count")
    expect(page.get_by_role("alert").filter(has_text="Switch on that you are ready.")).to_be_visible()
    expect(page.get_by_role("button", name="Count", exact=True)).to_have_count(0)
    press(page, "Back")
    step(page, "Ready")


def test_it_is_gone_through_by_keyboard_alone(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(served.url)
    step(page, "Begin")
    page.get_by_role("textbox", name="Your name").focus()
    page.keyboard.type("Ada")
    tab_to(page, "Next")
    page.keyboard.press("Enter")
    step(page, "Ready")
    tab_to(page, "I am ready")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Next")).to_be_enabled()
    tab_to(page, "Next")
    page.keyboard.press("Enter")
    step(page, "Count")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called that."""
    for _ in range(20):
        page.keyboard.press("Tab")
        focused: Any = page.evaluate(
            """() => { let e = document.activeElement;
            while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
            return (e.getAttribute('aria-label') || '') + ' ' + (e.innerText || '') + ' ' +
              (e.closest('label')?.innerText || ''); }"""
        )
        if name in focused:
            return
    raise AssertionError(f"nothing named {name!r} takes the focus")


def test_it_fits_a_phone(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(served.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    step(page, "Begin")
    page.get_by_role("button", name="Next").tap()
    step(page, "Ready")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    next_box = page.get_by_role("button", name="Next").bounding_box()
    assert next_box is not None
    assert next_box["y"] + next_box["height"] <= 844


def test_a_dashboard_opens_over_it_and_closes_again(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(served.url)
    press(page, "Next")
    page.get_by_text("I am ready").click()
    press(page, "Next")
    step(page, "Count")
    for _ in range(2):
        press(page, "Details")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("heading", name="The first page")).to_be_visible()
        dialog.get_by_role("button", name="Second").click()
        expect(dialog.get_by_role("heading", name="The second page")).to_be_visible()
        dialog.get_by_role("button", name="First").click()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.wait_for_url("**#count")
