"""How a page's modules come to the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.served import Served

pytestmark = pytest.mark.e2e

SCRIPT = """
from panel.custom import JSComponent
from imlkit import Dashboard, Text


class Named(JSComponent):
    _importmap = {"imports": {"greeting": "data:text/javascript,export default 'named elsewhere'"}}
    _esm = '''
    import words from "greeting";
    export function render() { const p = document.createElement("p"); p.textContent = words; return p; }
    '''


class Plain(JSComponent):
    _esm = '''
    export function render() { const p = document.createElement("p"); p.textContent = "plain"; return p; }
    '''


app = Dashboard(title="Modules")
app.page("Main").use(Text("a text"), Named(), Plain())
app.servable()
"""


@pytest.fixture
def page(tmp_path: Path, serve: Callable[..., Served], open_page: Callable[..., Page]) -> Page:
    script = tmp_path / "modules.py"
    script.write_text(SCRIPT)
    return open_page(serve(script).url)


def test_modules_with_and_without_names_for_others_are_shown(page: Page) -> None:
    expect(page.get_by_text("named elsewhere")).to_be_visible()
    expect(page.get_by_text("plain", exact=True)).to_be_visible()
    expect(page.get_by_text("a text")).to_be_visible()


def test_the_large_module_is_asked_for_with_the_page_and_once(page: Page) -> None:
    expect(page.get_by_text("a text")).to_be_visible()
    asked = page.evaluate(
        """performance.getEntriesByType("resource").filter(
            ({ name }) => name.includes("material-ui.bundle.js")).map(({ startTime }) => startTime)"""
    )
    parsed = page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
    assert len(asked) == 1
    assert asked[0] < parsed
