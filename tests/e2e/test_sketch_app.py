"""The sketch app, as a person uses it."""

from __future__ import annotations

import contextlib
import re
import socket
import sqlite3
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from imlkit.location import data_store
from imlkit.store import Store
from tests.e2e.served import ROOT, Served, until
from tests.e2e.sketching import capture, captured, draw, train, wait_for_app

pytestmark = pytest.mark.e2e

SKETCH = ROOT / "apps" / "sketch.py"


def design_script() -> str:
    """Return the script that README shows, which is the one every app begins from."""
    blocks: list[str] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return next(block for block in blocks if "Sketchpad()" in block and "app.servable()" in block)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def app(open_page: Callable[..., Page], served: Served, **options: Any) -> Page:
    page = open_page(served.url, **{"viewport": {"width": 1280, "height": 1400}, **options})
    wait_for_app(page)
    return page


def predicted(page: Page) -> Any:
    """Return the place where the prediction is said in words."""
    return page.get_by_role("status").filter(has_text="%")


def teach(page: Page, each: int = 4) -> None:
    for n in range(each):
        for shape in ("circle", "cross"):
            capture(page, shape, jitter=0.015 * n)
    train(page)


def answers(page: Page, shape: str) -> None:
    page.get_by_role("button", name="Clear", exact=True).click()
    draw(page, shape, jitter=0.03)
    expect(predicted(page)).to_have_text(re.compile(shape))


def test_draw_label_capture_train_and_see_the_right_answer(serve: Any, open_page: Any) -> None:
    page = app(open_page, serve(SKETCH))
    teach(page)
    answers(page, "circle")
    answers(page, "cross")


def test_everything_is_there_after_a_reload_and_after_the_server_was_started_again(
    serve: Any, open_page: Any
) -> None:
    served = serve(SKETCH)
    page = app(open_page, served)
    teach(page)
    page.reload()
    wait_for_app(page)
    expect(page.get_by_role("option")).to_have_count(8)
    answers(page, "circle")
    served.stop()
    again = app(open_page, serve(SKETCH))
    expect(again.get_by_role("option")).to_have_count(8)
    answers(again, "cross")


def test_two_browsers_on_one_store_see_each_others_captures(serve: Any, open_page: Any) -> None:
    served = serve(SKETCH)
    one, two = app(open_page, served), app(open_page, served)
    capture(one, "circle")
    expect(two.get_by_role("option")).to_have_count(1)
    capture(two, "cross")
    expect(one.get_by_role("option")).to_have_count(2)


def test_two_servers_on_one_folder_see_each_others_captures(serve: Any, open_page: Any) -> None:
    one, two = app(open_page, serve(SKETCH)), app(open_page, serve(SKETCH))
    capture(one, "circle")
    expect(two.get_by_role("option")).to_have_count(1)


def test_the_predicted_label_is_offered_but_typing_is_never_overwritten(serve: Any, open_page: Any) -> None:
    page = app(open_page, serve(SKETCH))
    teach(page)
    label = page.get_by_role("textbox", name="Label")
    page.get_by_role("button", name="Clear", exact=True).click()
    draw(page, "circle")
    expect(label).to_have_value("circle")
    label.fill("")
    label.press_sequentially("my own wo")
    draw(page, "circle")
    expect(predicted(page)).to_have_text(re.compile("circle|cross"))
    expect(label).to_have_value("my own wo")


def test_the_script_in_readme_runs_as_it_stands(serve: Any, open_page: Any, tmp_path: Path) -> None:
    script = tmp_path / "sketch.py"
    script.write_text(design_script())
    page = app(open_page, serve(script))
    teach(page)
    answers(page, "circle")


def test_the_script_runs_with_panel_serve_as_well(open_page: Any, tmp_path: Path) -> None:
    script = tmp_path / "sketch.py"
    script.write_text(design_script())
    port = str(free_port())
    served = Served(
        [sys.executable, "-m", "panel", "serve", str(script), "--port", port, "--address", "127.0.0.1"],
        tmp_path,
        {"IMLKIT_DATA": str(tmp_path), "BOKEH_ALLOW_WS_ORIGIN": f"127.0.0.1:{port}"},
    )
    try:
        page = app(open_page, served)
        teach(page, each=2)
        answers(page, "circle")
        page.get_by_role("button", name="Clear", exact=True).click()
        page.get_by_role("button", name="Capture this drawing").click()
        expect(page.get_by_role("alert").filter(has_text="empty")).to_be_visible()
    finally:
        served.stop()


def test_the_app_works_by_touch_at_phone_width(serve: Any, open_page: Any) -> None:
    page = app(
        open_page, serve(SKETCH), viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    capture(page, "circle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_app_asks_nothing_of_other_hosts(serve: Any, open_page: Any) -> None:
    page = app(open_page, serve(SKETCH))
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url))
    page.reload()
    wait_for_app(page)
    teach(page, each=2)
    assert [url for url in foreign if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))] == []


class TestBadInput:
    """Each gets words where the person is looking, and nothing stored is lost."""

    def test_an_empty_label(self, serve: Any, open_page: Any) -> None:
        page = app(open_page, serve(SKETCH))
        draw(page, "circle")
        page.get_by_role("button", name="Capture this drawing").click()
        expect(page.get_by_role("alert").filter(has_text="label")).to_be_visible()
        assert captured(page) == 0

    def test_an_empty_drawing(self, serve: Any, open_page: Any) -> None:
        page = app(open_page, serve(SKETCH))
        page.get_by_role("textbox", name="Label").fill("nothing")
        page.get_by_role("button", name="Capture this drawing").click()
        expect(page.get_by_role("alert").filter(has_text="empty")).to_be_visible()
        assert captured(page) == 0

    def test_training_without_data_and_with_one_class(self, serve: Any, open_page: Any) -> None:
        page = app(open_page, serve(SKETCH))
        page.get_by_role("button", name="Train the classifier").click()
        nothing = re.compile("no instances|has no|nothing to learn", re.I)
        expect(page.get_by_text(nothing).first).to_be_visible()
        capture(page, "circle")
        page.get_by_role("button", name="Train the classifier").click()
        expect(page.get_by_text(re.compile("two|second class|one class", re.I)).first).to_be_visible()

    def test_predicting_before_training(self, serve: Any, open_page: Any) -> None:
        page = app(open_page, serve(SKETCH))
        draw(page, "circle")
        expect(page.get_by_text(re.compile("not been trained")).first).to_be_visible()

    @pytest.mark.parametrize(
        "label", ["<script>window.broken=1</script>", "<img src=x onerror=window.broken=1>"]
    )
    def test_a_label_with_markup_stays_text(self, serve: Any, open_page: Any, label: str) -> None:
        page = app(open_page, serve(SKETCH))
        draw(page, "circle")
        page.get_by_role("textbox", name="Label").fill(label)
        page.get_by_role("button", name="Capture this drawing").click()
        expect(page.get_by_role("option")).to_have_count(1)
        expect(page.get_by_text(label).first).to_be_visible()
        page.goto(page.url.split("#")[0] + "#settings")
        expect(page.get_by_role("heading", name="Datasets")).to_be_visible()
        assert page.evaluate("window.broken") is None

    def test_a_label_of_ten_thousand_characters_is_kept_whole(
        self, serve: Any, open_page: Any, tmp_path: Path
    ) -> None:
        page = app(open_page, serve(SKETCH))
        draw(page, "circle")
        page.get_by_role("textbox", name="Label").fill("long " * 2000)
        page.get_by_role("button", name="Capture this drawing").click()
        expect(page.get_by_role("option")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        with_label = stored(tmp_path)
        assert len(with_label[0]["y"]) >= 9_999

    def test_a_full_disk(self, serve: Any, open_page: Any, tmp_path: Path) -> None:
        script = tmp_path / "full.py"
        opened = 'store = data_store("sketch-app")\n'
        assert opened in SKETCH.read_text()
        # The database may grow by no page more: what a full disk is to it.
        full = (
            "((pages,),) = store._file._writer.execute('PRAGMA page_count')\n"
            "store._file._writer.execute(f'PRAGMA max_page_count={pages}')\n"
        )
        script.write_text(SKETCH.read_text().replace(opened, opened + full))
        page = app(open_page, serve(script))
        draw(page, "circle")
        page.get_by_role("textbox", name="Label").fill("circle")
        page.get_by_role("button", name="Capture this drawing").click()
        expect(page.get_by_role("alert").filter(has_text="no space is left")).to_be_visible()
        assert captured(page) == 0
        assert stored(tmp_path) == []

    def test_a_store_of_a_newer_version(self, serve: Any, open_page: Any, tmp_path: Path) -> None:
        data_store(tmp_path / "sketch-app").close()
        file = tmp_path / "sketch-app" / "store.sqlite"
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA user_version=99")
        before = file.read_bytes()
        page = open_page(serve(SKETCH).url)
        expect(page.get_by_role("alert").filter(has_text="newer imlkit")).to_be_visible()
        assert file.read_bytes() == before

    def test_a_store_folder_that_cannot_be_written(self, serve: Any, open_page: Any, tmp_path: Path) -> None:
        (tmp_path / "sketch-app").write_text("a file where the folder should be")
        page = open_page(serve(SKETCH).url)
        expect(page.get_by_role("alert").filter(has_text=str(tmp_path / "sketch-app"))).to_be_visible()
        assert (tmp_path / "sketch-app").read_text() == "a file where the folder should be"

    def test_a_second_click_while_training_asks(self, serve: Any, open_page: Any, tmp_path: Path) -> None:
        script = tmp_path / "slow.py"
        script.write_text(SKETCH.read_text().replace("epochs=20", "epochs=1000000"))
        page = app(open_page, serve(script))
        for shape in ("circle", "cross"):
            capture(page, shape)
        button = page.get_by_role("button", name="Train the classifier")
        button.click()
        expect(page.get_by_role("button", name="Cancel").first).to_be_enabled()
        button.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.get_by_role("button", name="Keep training").click()
        page.get_by_role("button", name="Cancel").first.click()
        expect(page.get_by_text(re.compile("cancelled|stopped", re.I)).first).to_be_visible()


def test_the_settings_page_lists_downloads_and_clears_after_asking(
    serve: Any, open_page: Any, tmp_path: Path
) -> None:
    page = app(open_page, serve(SKETCH))
    teach(page, each=2)
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_text("4 instances").filter(visible=True)).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download drawings").click()
    file = tmp_path / "download.zip"
    started.value.save_as(file)
    with zipfile.ZipFile(file) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".png")]) == 4
    # The hint beside the button just pressed may lie over the next one until the pointer leaves.
    page.mouse.move(5, 5)
    expect(page.get_by_role("tooltip")).to_have_count(0)
    clear = page.get_by_role("button", name="Clear drawings")
    clear.click()
    page.get_by_role("button", name="Keep it").click()
    assert len(stored(tmp_path)) == 4
    clear.click()
    page.get_by_role("button", name="Clear it").click()
    expect(page.get_by_text("0 instances", exact=True)).to_be_visible()
    assert stored(tmp_path) == []


def stored(folder: Path) -> list[dict[str, Any]]:
    """Return the captures in the app's store, read by this process."""
    store: Store = data_store(folder / "sketch-app")
    try:
        return store.collection("dataset/drawings").find()
    finally:
        store.close()


def counted(page: Page) -> int:
    """Return how many captures the page says there are; it says nothing before the first."""
    words = page.get_by_text(re.compile(r"^\d[\d,]* instances?\b")).all_text_contents()
    return int(words[0].split()[0].replace(",", "")) if words else 0


def ended(served: Served) -> bool:
    return served.process.poll() is not None


@pytest.mark.slow
@pytest.mark.alone
def test_killing_the_server_at_any_moment_loses_no_capture_the_page_confirmed(
    serve: Any, open_page: Any, tmp_path: Path
) -> None:
    port = free_port()
    confirmed = 0
    for round_ in range(20):
        served = serve(SKETCH, port=port)
        page = app(open_page, served)
        until(lambda: counted(page) >= confirmed)  # noqa: B023
        shown = counted(page)
        draw(page, "circle")
        page.get_by_role("textbox", name="Label").fill("circle")
        button = page.get_by_role("button", name="Capture this drawing")
        button.click()
        until(lambda: counted(page) > shown)  # noqa: B023
        # Captures come in while the server is killed after a time that differs from round to round.
        threading.Timer(0.03 * round_, served.kill).start()
        end = time.monotonic() + 5
        while not ended(served) and time.monotonic() < end:
            try:
                button.click(timeout=2_000)
            except PlaywrightTimeoutError:
                # A page that has lost its server says so, above everything else.
                assert ended(served)
            confirmed = max(confirmed, counted(page))
        until(partial(ended, served))
        confirmed = max(confirmed, counted(page))
        assert len(stored(tmp_path)) >= confirmed
        page.context.close()
    assert confirmed >= 20
