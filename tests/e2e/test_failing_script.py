"""What the page says when its script cannot run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.served import Served

pytestmark = pytest.mark.e2e


def test_what_a_script_raised_is_shown_as_text_in_place_of_what_it_had_shown(
    serve: Callable[..., Served], open_page: Any, tmp_path: Path
) -> None:
    script = tmp_path / "failing.py"
    script.write_text(
        "import panel as pn\npn.pane.Markdown('hello').servable()\n"
        "raise ValueError('no <img src=x onerror=window.broken=1> thing')\n"
    )
    page = open_page(serve(script).url, viewport={"width": 390, "height": 844}, color_scheme="dark")
    told = page.get_by_role("alert")
    expect(told.get_by_role("heading", name="failing.py could not run.")).to_be_visible()
    expect(told).to_contain_text("ValueError: no <img src=x onerror=window.broken=1> thing")
    expect(told).to_contain_text("line 3")
    expect(page.get_by_text("hello")).to_have_count(0)
    assert page.evaluate("window.broken") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("body")).to_have_css("background-color", "rgb(18, 18, 18)")


def test_imlkit_s_own_errors_are_told_without_the_place_in_the_code(
    serve: Callable[..., Served], open_page: Any, tmp_path: Path
) -> None:
    script = tmp_path / "failing.py"
    script.write_text("from imlkit import data_store\ndata_store('nowhere:at-all')\n")
    page = open_page(serve(script).url)
    told = page.get_by_role("alert")
    expect(told).to_contain_text("nowhere")
    expect(told).not_to_contain_text("imlkit.errors")
    expect(told).not_to_contain_text("File")
