"""The report on digits: an app, and the same as a page without Python."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from imlkit import LinkedState, Table
from tests.e2e.served import ROOT, Served

pytestmark = pytest.mark.e2e

SCRIPT = ROOT / "apps" / "digits_report.py"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the digits that were read are kept: the networks are trained once."""
    return tmp_path_factory.mktemp("digits")


def rows_left(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("status").filter(has_text=words).first).to_be_visible()


def test_the_same_is_written_to_a_folder_that_needs_no_python(
    data: Path, tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    environment = {**os.environ, "IMLKIT_DATA": str(data)}
    written = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "page")],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert written.returncode == 0, written.stderr
    page = open_page((tmp_path / "page" / "index.html").as_uri(), viewport={"width": 1280, "height": 2200})
    rows_left(page, "1,797 rows")
    expect(page.get_by_text("1,797 rows shown.").first).to_be_visible()
    expect(page.get_by_role("button", name="Compute")).to_have_count(0)
    page.get_by_role("region", name="right", exact=True).get_by_role("button", name="no").click()
    rows_left(page, re.compile(r"^\d+ of 1,797 rows"))
    expect(page.locator(".linked img").first).to_be_visible()
    page.wait_for_url(re.compile("state="))
    table = Table(data / "digits-report" / "digits.parquet")
    found = table.filtered(LinkedState.from_url(page.url)).to_dicts()
    assert found
    assert all(row["label"] != row["prediction"] for row in found)
    expect(page.get_by_text(f"{len(found)} rows shown.").first).to_be_visible()


def test_the_page_stands_while_the_networks_learn_and_what_they_learned_is_kept(
    tmp_path: Path, serve: Callable[..., Served], open_page: Callable[..., Page]
) -> None:
    served = serve(SCRIPT, data=tmp_path)
    page = open_page(served.url, viewport={"width": 1280, "height": 2200})
    rows_left(page, "1,797 rows")
    learned = page.get_by_text("Every digit is read.")
    label = page.get_by_role("region", name="label", exact=True).get_by_role("button").first
    label.click()
    rows_left(page, re.compile(r"^\d+ of 1,797 rows"))
    expect(learned).to_be_visible(timeout=60_000)
    # What was filtered meanwhile is filtered still, and what was read has come into the charts.
    rows_left(page, re.compile(r"^\d+ of 1,797 rows"))
    region = page.get_by_role("region", name="right", exact=True)
    expect(region.get_by_role("button", name="yes")).to_be_visible()
    expect(page.get_by_role("button", name="Let the networks learn")).to_be_disabled()
    later = open_page(served.url, viewport={"width": 1280, "height": 2200})
    rows_left(later, "1,797 rows")
    expect(later.get_by_role("button", name="Let the networks learn")).to_have_count(0)
    expect(later.get_by_text(re.compile(r"of 1,797 rows have the label"))).to_be_visible()


def test_a_cancelled_network_learns_later(
    tmp_path: Path, serve: Callable[..., Served], open_page: Callable[..., Page]
) -> None:
    served = serve(SCRIPT, data=tmp_path)
    page = open_page(served.url, viewport={"width": 1280, "height": 2200})
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    expect(cancel.first).to_be_enabled()
    for number in range(2):
        cancel.nth(number).click()
    again = page.get_by_role("button", name="Let the networks learn")
    expect(page.get_by_text("Digits are still unread")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("The training was cancelled").first).to_be_visible()
    rows_left(page, "1,797 rows")
    again.click()
    expect(page.get_by_text("Every digit is read.")).to_be_visible(timeout=60_000)


def test_all_views_follow_a_number_of_the_matrix(
    data: Path, serve: Callable[..., Served], open_page: Callable[..., Page]
) -> None:
    served = serve(SCRIPT, data=data)
    page = open_page(served.url, viewport={"width": 1280, "height": 2200})
    rows_left(page, "1,797 rows")
    expect(page.get_by_text("1,797 rows shown.").first).to_be_visible()
    # The first to open the report waits for the networks.
    expect(page.get_by_text(re.compile("of 1,797 rows have the label"))).to_be_visible(timeout=60_000)
    table = Table(data / "digits-report" / "digits.parquet")
    said = table.expression.to_pyarrow().to_pylist()
    wrong = [row for row in said if row["label"] != row["prediction"]]
    accuracy = 1 - len(wrong) / len(said)
    assert 0.9 < accuracy < 1
    expect(
        page.get_by_text(re.compile(rf"{len(said) - len(wrong):,} of 1,797 rows have the label"))
    ).to_be_visible()
    page.get_by_role("region", name="right", exact=True).get_by_role("button", name="no").click()
    rows_left(page, f"{len(wrong)} of 1,797 rows")
    expect(page.get_by_text(f"{len(wrong)} rows shown.").first).to_be_visible()
    expect(page.locator(".linked img").first).to_be_visible()
    page.wait_for_url(re.compile("state="))
    found = table.filtered(LinkedState.from_url(unquote(page.url))).to_dicts()
    assert {row["id"] for row in found} == {row["id"] for row in wrong}
