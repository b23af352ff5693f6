"""The teach app, from the first step to the last, as a novice goes through it."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.e2e.served import until
from tests.e2e.sketching import canvas, draw, points
from tests.e2e.teaching import TEACH, button, files, kept_project, on_to, picture, step

pytestmark = pytest.mark.e2e


def name_classes(page: Page) -> None:
    for old, new in (("Class 1", "circle"), ("Class 2", "cross")):
        field = page.get_by_role("textbox", name=f"Name of {old}")
        field.fill(new)
        field.press("Enter")
        expect(page.get_by_role("textbox", name=f"Name of {new}")).to_have_value(new)


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=re.compile(name)).check()
    expect(button(page, f"Add to {name}")).to_be_visible()


def counted(page: Page, name: str, count: int) -> None:
    expect(page.get_by_role("radio", name=re.compile(rf"{name}\s*{count} example"))).to_be_visible()


def upload(page: Page, shape: str) -> None:
    page.locator("input[type=file][accept='image/*']").filter(visible=False).first.set_input_files(
        files(shape)
    )


def answered(script: Path, folder: Path) -> str:
    """Return what a project's script names a picture of a cross, run from some other folder."""
    (folder / "new.png").write_bytes(picture("cross", 0.03))
    run = subprocess.run([sys.executable, script, "new.png"], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    found = re.fullmatch(r"new\.png: (\w+) \(\d+%\)\n", run.stdout)
    assert found, run.stdout
    without = subprocess.run([sys.executable, script], cwd=folder, capture_output=True, text=True)
    assert "Name a picture" in without.stderr
    return found[1]


def test_by_mouse_from_the_first_step_to_the_last(serve: Any, open_page: Any, tmp_path: Path) -> None:
    page = open_page(serve(TEACH).url, viewport={"width": 1280, "height": 1500})
    step(page, "Classes")
    name_classes(page)
    on_to(page, "Examples")
    expect(page.get_by_text("Each class needs at least 3 examples")).to_be_visible()
    expect(button(page, "Next")).to_be_disabled()
    for shape in ("circle", "cross"):
        choose(page, shape)
        for n in range(4):
            draw(page, shape, 0.015 * n)
            button(page, f"Add to {shape}").click()
            counted(page, shape, n + 1)
            expect(canvas(page)).to_have_attribute("aria-label", "Draw: empty")
    on_to(page, "Train")
    button(page, "Train").click()
    expect(button(page, "Next")).to_be_enabled(timeout=60_000)
    on_to(page, "Try it")
    draw(page, "cross", 0.03)
    expect(page.get_by_role("status").filter(has_text=re.compile(r"cross.*%"))).to_be_visible()
    on_to(page, "Improve")
    on_to(page, "Keep it")
    project = kept_project(page, tmp_path)
    with zipfile.ZipFile(project) as archive:
        kept = {"project.json", "examples.zip", "model.safetensors", "run_model.py"}
        assert set(archive.namelist()) == kept
        classes = json.loads(archive.read("project.json"))["classes"]
        archive.extractall(tmp_path / "kept")
    assert [each["name"] for each in classes] == ["circle", "cross"]
    assert answered(tmp_path / "kept" / "run_model.py", tmp_path) == "cross"
    button(page, "Finish").click()
    step(page, "Summary")
    expect(page.get_by_text("circle (4), cross (4)")).to_be_visible()


def test_a_project_is_opened_elsewhere_and_tried_at_once(serve: Any, open_page: Any, tmp_path: Path) -> None:
    first = open_page(serve(TEACH, data=tmp_path / "one").url, viewport={"width": 1280, "height": 1500})
    teach_by_files(first)
    first.goto(first.url.split("#")[0] + "#keep-it")
    with first.expect_download() as started:
        button(first, "Keep the project").click()
    project = tmp_path / "project.zip"
    started.value.save_as(project)
    other = open_page(serve(TEACH, data=tmp_path / "other").url + "#keep-it")
    step(other, "Keep it")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(project.read_bytes()[:-2000])
    other.get_by_label("Zip file to upload").filter(visible=False).last.set_input_files(cut)
    expect(other.get_by_text("cut off")).to_be_visible()
    other.get_by_label("Zip file to upload").filter(visible=False).last.set_input_files(project)
    expect(other.get_by_text("The model is ready to try.")).to_be_visible()
    other.get_by_role("tab", name="Try it").click()
    step(other, "Try it")
    draw(other, "cross", 0.02)
    expect(other.get_by_role("status").filter(has_text=re.compile(r"cross.*%"))).to_be_visible()


def teach_by_files(page: Page) -> None:
    step(page, "Classes")
    name_classes(page)
    on_to(page, "Examples")
    page.get_by_role("tab", name="Pictures").click()
    for shape in ("circle", "cross"):
        page.get_by_role("radio", name=re.compile(shape)).check()
        with page.expect_file_chooser() as chooser:
            button(page, "Choose images").click()
        chooser.value.set_files(files(shape))
        counted(page, shape, 4)
    on_to(page, "Train")
    button(page, "Train").click()
    expect(button(page, "Next")).to_be_enabled(timeout=60_000)


def focused(page: Page) -> str:
    words: Any = page.evaluate(
        """() => { let e = document.activeElement;
        while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
        return [e.getAttribute('aria-label'), e.innerText, e.closest('label')?.innerText].join(' '); }"""
    )
    return str(words)


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab until what has the focus is called that."""
    for _ in range(60):
        page.keyboard.press(key)
        if re.search(name, focused(page)):
            return
    raise AssertionError(f"nothing named {name!r} takes the focus: last was {focused(page)!r}")


def open_pictures(page: Page) -> None:
    """Go from the first way to bring a picture to the third, and wait until its field stands."""
    for name in ("camera", "picture"):
        page.keyboard.press("ArrowRight")
        until(lambda: name in focused(page).casefold())  # noqa: B023
    page.keyboard.press("Enter")
    expect(button(page, "Choose images")).to_be_visible()
    page.wait_for_timeout(500)


def choose_files(page: Page, chosen: list[FilePayload]) -> None:
    """Choose files by keyboard, once more where the tab was still being built under the key."""
    for _ in range(3):
        tab_to(page, "Choose images")
        try:
            with page.expect_file_chooser(timeout=3_000) as chooser:
                page.keyboard.press("Enter")
        except PlaywrightTimeoutError:
            continue
        chooser.value.set_files(chosen)
        return
    raise AssertionError("no choice of files opened")


@pytest.mark.alone
def test_by_keyboard_alone(serve: Any, open_page: Any) -> None:
    page = open_page(serve(TEACH).url)
    step(page, "Classes")
    expect(page.get_by_role("textbox", name="Name of Class 1")).to_be_visible()
    for old, new in (("Class 1", "circle"), ("Class 2", "cross")):
        tab_to(page, f"Name of {old}")
        page.keyboard.press("Control+a")
        page.keyboard.type(new)
        page.keyboard.press("Enter")
        expect(page.get_by_role("textbox", name=f"Name of {new}")).to_have_value(new)
    tab_to(page, "^ ?Next")
    page.keyboard.press("Enter")
    step(page, "Examples")
    tab_to(page, r"circle\s*0 examples")
    for shape in ("circle", "cross"):
        if shape == "cross":
            tab_to(page, r"circle\s*4 examples", "Shift+Tab")
            page.keyboard.press("ArrowDown")
        expect(page.get_by_role("radio", name=re.compile(shape))).to_be_checked()
        if shape == "circle":
            tab_to(page, "(?i)draw")
            open_pictures(page)
        choose_files(page, files(shape))
        counted(page, shape, 4)
    tab_to(page, "^ ?Next")
    page.keyboard.press("Enter")
    step(page, "Train")
    tab_to(page, "^ ?Train")
    page.keyboard.press("Enter")
    expect(button(page, "Next")).to_be_enabled(timeout=60_000)
    tab_to(page, "^ ?Next")
    page.keyboard.press("Enter")
    step(page, "Try it")
    tab_to(page, "(?i)draw")
    open_pictures(page)
    choose_files(page, files("cross", 1))
    expect(page.get_by_role("status").filter(has_text=re.compile(r"cross.*%"))).to_be_visible()
    for name in ("Improve", "Keep it"):
        tab_to(page, "^ ?Next")
        page.keyboard.press("Enter")
        step(page, name)
    tab_to(page, "^ ?Finish")
    page.keyboard.press("Enter")
    step(page, "Summary")


def test_by_touch_on_a_phone(serve: Any, open_page: Any) -> None:
    page = open_page(serve(TEACH).url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    step(page, "Classes")
    name_classes(page)
    tap(page, button(page, "Next"))
    step(page, "Examples")
    for shape in ("circle", "cross"):
        tap(page, page.get_by_role("radio", name=re.compile(shape)))
        expect(button(page, f"Add to {shape}")).to_be_visible()
        for n in range(3):
            touch(page, shape, 0.02 * n)
            tap(page, button(page, f"Add to {shape}"))
            counted(page, shape, n + 1)
            expect(canvas(page)).to_have_attribute("aria-label", "Draw: empty")
    expect(button(page, "Next")).to_be_enabled()
    tap(page, button(page, "Next"))
    step(page, "Train")
    tap(page, button(page, "Train"))
    expect(button(page, "Next")).to_be_enabled(timeout=60_000)
    tap(page, button(page, "Next"))
    step(page, "Try it")
    touch(page, "cross", 0.01)
    expect(page.get_by_role("status").filter(has_text=re.compile(r"cross.*%"))).to_be_visible()
    for name in ("Improve", "Keep it"):
        tap(page, button(page, "Next"))
        step(page, name)
    tap(page, button(page, "Finish"))
    step(page, "Summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def tap(page: Page, place: Locator) -> None:
    """Tap, once more where the browser took the first for a long press because it was busy."""
    expect(place).to_be_enabled()
    page.evaluate("""() => { window.tapped = 0;
        window.addEventListener('click', () => window.tapped++, {capture: true, once: true}) }""")
    place.tap()
    page.wait_for_timeout(300)
    if not page.evaluate("window.tapped"):
        place.tap()


def touch(page: Page, shape: str, jitter: float) -> None:
    """Draw a shape with a finger."""
    canvas(page).scroll_into_view_if_needed()
    canvas(page).evaluate("e => e.scrollIntoView({block: 'center'})")
    box = canvas(page).bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    for stroke in points(shape, jitter):
        spots = [
            {"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y}
            for (x0, y0), (x1, y1) in itertools.pairwise(stroke)
            for x, y in ((x0, y0), ((x0 + x1) / 2, (y0 + y1) / 2), (x1, y1))
        ]
        session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": spots[:1]})
        for spot in spots[1:]:
            session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [spot]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()
    # A finger takes a moment to the next thing; sooner, the browser counts it to the same gesture.
    page.wait_for_timeout(500)


def test_a_class_is_removed_after_asking_and_its_examples_with_it(serve: Any, open_page: Any) -> None:
    page: Page = open_page(serve(TEACH).url, viewport={"width": 1280, "height": 1500})
    name_classes(page)
    on_to(page, "Examples")
    draw(page, "circle")
    choose(page, "circle")
    button(page, "Add to circle").click()
    counted(page, "circle", 1)
    button(page, "Back").click()
    step(page, "Classes")
    page.get_by_role("button", name="Remove circle").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("“circle” has 1 example")
    dialog.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("textbox", name="Name of circle")).to_have_count(0)
    on_to(page, "Examples")
    expect(page.get_by_text("Add a second class")).to_be_visible()
    expect(button(page, "Choose a class")).to_be_disabled()


def test_two_pages_share_classes_examples_and_the_model(serve: Any, open_page: Callable[..., Page]) -> None:
    served = serve(TEACH)
    one = open_page(served.url, viewport={"width": 1280, "height": 1500})
    two = open_page(served.url, viewport={"width": 1280, "height": 1500})
    teach_by_files(one)
    expect(two.get_by_role("textbox", name="Name of cross")).to_be_visible()
    on_to(two, "Examples")
    counted(two, "cross", 4)
    on_to(two, "Train")
    on_to(two, "Try it")
    draw(two, "circle", 0.02)
    expect(two.get_by_role("status").filter(has_text=re.compile(r"circle.*%"))).to_be_visible()
