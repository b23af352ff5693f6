"""Charts of a table on an engine that takes its time: an estimate at once, then all that is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ibis
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.served import Served
from tests.postgresql import postgresql_server

pytestmark = pytest.mark.e2e

ROWS = 3_000_000
APP = """
import ibis

from imlkit import Dashboard, SummaryCharts, Table

connection = ibis.postgres.connect(**SERVER)
table = Table(connection.table("many"))
app = Dashboard(title="Many")
app.page("Main").use(SummaryCharts(table))
app.servable()
"""

WATCH = """node => {
    window.toldOf = new Set();
    const look = () => {
        for (const each of node.getRootNode().querySelectorAll("*")) {
            const text = each.children.length ? "" : each.textContent;
            if (text.startsWith("Estimated") && each.checkVisibility()) window.toldOf.add(text);
        }
        requestAnimationFrame(look);
    };
    look();
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, Any]]:
    with postgresql_server() as server:
        connection = ibis.postgres.connect(**server)
        connection.raw_sql(
            "CREATE TABLE many AS SELECT n AS id, n % 7 AS day, sin(n)::float8 AS wave, "
            f"(n % 100) / 10.0::float8 AS part FROM generate_series(1, {ROWS}) AS n"
        ).close()
        connection.raw_sql("ANALYZE many").close()
        connection.disconnect()
        yield server


def test_an_estimate_is_shown_and_told_until_all_rows_are_counted(
    server: dict[str, Any], tmp_path: Path, serve: Callable[..., Served], open_page: Callable[..., Page]
) -> None:
    script = tmp_path / "many.py"
    script.write_text(APP.replace("SERVER", repr(dict(server))))
    page = open_page(serve(script).url)
    status = page.locator(".linked .status")
    expect(status).to_have_text("3,000,000 rows", timeout=60_000)
    area = page.get_by_role("region", name="day").locator(".area")
    expect(area).to_be_visible(timeout=60_000)
    handle = page.get_by_role("slider", name="From, day")
    handle.focus()
    told = page.get_by_text(re.compile("Estimated from"))
    # On a quick machine it is seen for less time than lies between two looks of a test.
    area.evaluate(WATCH)
    for _ in range(8):
        handle.press("PageUp")
    page.wait_for_function("window.toldOf.size > 0", timeout=60_000)
    assert re.fullmatch(r"Estimated from [\d.]+ % of the rows; .* counted…", page.evaluate("[...toldOf][0]"))
    expect(told).to_be_hidden(timeout=60_000)
    expect(status).to_have_text(re.compile(r"^[\d,]+ of 3,000,000 rows$"))
    bars = page.get_by_role("region", name="part").locator("svg .bar")
    shares = bars.evaluate_all("bars => bars.map((bar) => Number(bar.getAttribute('height')))")
    assert len(shares) > 10
    # A bar holds four or five of a hundred values, all equally frequent: no estimate would be so even.
    assert len({round(share, 1) for share in shares}) == 2
