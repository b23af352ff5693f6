from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.served import Served

pytestmark = pytest.mark.e2e

SCRIPT = """
import panel as pn
from imlkit import Button, Dashboard, Session, Text
from imlkit.question import Question

count = Button("Count")
shown = Text("counted 0")
count.clicks.map(lambda n: f"counted {n}").subscribe(shown.value)
fail = Button("Fail")
fail.clicks.subscribe(lambda n: {}["<img src=x onerror=window.broken=1>"])
ask = Button("Ask")
answer = Text("unanswered")
ask.clicks.subscribe(lambda _: Session.current().ask(Question(
    "Really?", "Think <b>well</b>.",
    {"No": lambda: answer.value.set("answered no"), "Yes": lambda: answer.value.set("answered yes")})))

app = Dashboard(title="A <b>title</b>", author="someone")
app.page("Main").sidebar(count).use("A *heading*", shown, [fail, ask], answer)
app.page("Second page").use(shown)
app.page("Empty")
app.servable()
"""


@pytest.fixture
def served(serve: Callable[..., Served], tmp_path: Path) -> Served:
    script = tmp_path / "pages.py"
    script.write_text(SCRIPT)
    return serve(script)


def test_a_page_has_an_address_and_a_link_to_it_opens_it(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    page.get_by_role("link", name="Second page").click()
    expect(page.get_by_role("button", name="Count")).to_have_count(0)
    page.wait_for_url("**#second-page")
    other = open_page(page.url)
    expect(other.get_by_text("counted 0").filter(visible=True)).to_be_visible()
    expect(other.get_by_role("button", name="Count")).to_have_count(0)


def test_going_back_and_forward_follows_the_pages(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    expect(page.get_by_role("button", name="Count")).to_be_visible()
    page.get_by_role("link", name="Empty").click()
    expect(page.get_by_text("has nothing on it yet")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Count")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("has nothing on it yet")).to_be_visible()


def test_components_go_on_while_another_page_is_shown(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("counted 1").filter(visible=True)).to_be_visible()
    page.get_by_role("link", name="Second page").click()
    expect(page.get_by_role("button", name="Count")).to_have_count(0)
    expect(page.get_by_text("counted 1").filter(visible=True)).to_be_visible()
    page.get_by_role("link", name="Main").click()
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("counted 2").filter(visible=True)).to_be_visible()


def test_a_click_on_a_page_that_is_being_left_and_come_back_to_is_not_lost(
    served: Served, open_page: Any
) -> None:
    page = open_page(served.url)
    for clicks in range(1, 4):
        page.get_by_role("link", name="Second page").click()
        page.get_by_role("link", name="Main").click()
        page.get_by_role("button", name="Count").click()
        expect(page.get_by_text(f"counted {clicks}").filter(visible=True)).to_be_visible()


def test_what_people_type_is_shown_as_text(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    expect(page.get_by_role("heading", name="A <b>title</b>")).to_be_visible()
    expect(page.get_by_role("heading", name="A *heading*")).to_be_visible()


def test_an_error_is_told_once_as_text_and_the_app_goes_on(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    page.get_by_role("button", name="Fail").click()
    page.get_by_role("button", name="Fail").click()
    said = page.get_by_role("alert").filter(has_text="Something went wrong in Button.clicks")
    expect(said).to_have_count(1)
    assert page.evaluate("window.broken") is None
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("counted 1").filter(visible=True)).to_be_visible()
    assert any("Traceback" in line for line in served.log)


def test_a_question_is_asked_in_a_dialog_and_the_answer_acted_on(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_text("Think <b>well</b>.")).to_be_visible()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("answered yes")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_page_opens_as_dark_as_the_system(served: Served, open_page: Any) -> None:
    dark = open_page(served.url, color_scheme="dark")
    expect(dark.locator("body")).to_have_css("background-color", "rgb(18, 18, 18)")
    light = open_page(served.url, color_scheme="light")
    expect(light.get_by_role("button", name="Count")).to_be_visible()
    expect(light.locator("body")).not_to_have_css("background-color", "rgb(18, 18, 18)")
    light.get_by_role("button", name="Toggle theme").click()
    expect(light.locator("body")).to_have_css("background-color", "rgb(18, 18, 18)")


def test_nothing_is_wider_than_a_phone(served: Served, open_page: Any) -> None:
    page = open_page(served.url, viewport={"width": 390, "height": 844})
    expect(page.get_by_role("button", name="Count")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
