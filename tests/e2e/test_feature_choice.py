"""Choosing what the teach app looks at, in a browser."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from imlkit.components.data.dataset import Dataset
from imlkit.components.models.hog_features import HogFeatures
from imlkit.components.models.pretrained_weights import FOLDER_VARIABLE, MIRROR_VARIABLE
from imlkit.location import data_store
from tests.components.models.weights_server import random_weights
from tests.e2e.sketching import draw
from tests.e2e.teaching import TEACH, button, kept_project, on_to, picture, step

pytestmark = pytest.mark.e2e

TALL = {"width": 1280, "height": 1500}
AGAIN = "It was trained with “Shapes”, but now “Photographs” is in use: train it again."


def examples(folder: Path, count: int = 5) -> None:
    """Keep some examples where an app that is served from a folder finds them, as an app of before did."""
    store, shapes = data_store(f"{folder}/teach"), HogFeatures()
    dataset = Dataset("examples", store)
    for shape in ("circle", "cross"):
        for n in range(count):
            image = np.asarray(Image.open(io.BytesIO(picture(shape, 0.02 * n))).convert("RGB"))
            dataset.create({"x": shapes.process(image), "y": shape, "thumbnail": image})
    store.close()


def described(folder: Path) -> dict[Any, int]:
    store = data_store(f"{folder}/teach")
    found = store.collection("dataset/examples").distinct("features")
    store.close()
    return found


def way(page: Page, name: str) -> Locator:
    return page.get_by_role("radiogroup", name="What it looks at").get_by_role("radio", name=re.compile(name))


def problem(page: Page) -> Locator:
    return page.get_by_role("alert").filter(has_text="“Photographs” cannot be used now")


def train(page: Page) -> None:
    expect(button(page, "Train")).to_be_enabled()
    button(page, "Train").click()
    expect(page.get_by_text(re.compile("Trained on")).first).to_be_visible(timeout=60_000)


@pytest.fixture
def offline(tmp_path: Path) -> dict[str, str]:
    """An environment without weights, and without a way to have any."""
    return {FOLDER_VARIABLE: str(tmp_path / "no-weights"), MIRROR_VARIABLE: "http://127.0.0.1:9"}


@pytest.fixture
def with_weights(tmp_path: Path) -> Path:
    """The teach app with a weights file."""
    weights = random_weights(tmp_path)
    script = tmp_path / "teach.py"
    source = TEACH.read_text()
    assert "MobileNetFeatures()" in source
    script.write_text(source.replace("MobileNetFeatures()", f"MobileNetFeatures({str(weights)!r})"))
    return script


def test_offline_it_says_what_to_do_and_shapes_stay_by_keyboard_alone(
    serve: Any, open_page: Callable[..., Page], tmp_path: Path, offline: dict[str, str]
) -> None:
    examples(tmp_path)
    page = open_page(serve(TEACH, environment=offline).url + "#train", viewport=TALL)
    step(page, "Train")
    expect(button(page, "Train")).to_be_enabled()
    expect(way(page, "Shapes")).to_be_checked()
    way(page, "Shapes").focus()
    page.keyboard.press("ArrowDown")
    expect(problem(page)).to_contain_text("Connect to the internet and try again", timeout=60_000)
    expect(problem(page)).to_contain_text("no-weights")
    expect(problem(page)).to_contain_text("“Shapes” stays in use")
    expect(way(page, "Shapes")).to_be_checked()
    button(page, "Stay with Shapes").focus()
    page.keyboard.press("Enter")
    expect(problem(page)).to_have_count(0)
    button(page, "Train").focus()
    page.keyboard.press("Enter")
    expect(button(page, "Next")).to_be_enabled(timeout=60_000)
    assert described(tmp_path) == {"Shapes/1764": 10}


def test_photographs_are_chosen_trained_kept_and_opened_elsewhere(
    serve: Any, open_page: Callable[..., Page], tmp_path: Path, with_weights: Path
) -> None:
    examples(tmp_path)
    page = open_page(serve(with_weights).url + "#train", viewport=TALL)
    step(page, "Train")
    train(page)
    expect(button(page, "Next")).to_be_enabled()
    way(page, "Photographs").check()
    expect(page.get_by_text(AGAIN).first).to_be_visible(timeout=60_000)
    expect(button(page, "Next")).to_be_disabled()
    expect(button(page, "Train")).to_be_enabled()
    assert described(tmp_path) == {"Photographs/576": 10}
    button(page, "Train").click()
    on_to(page, "Try it")
    draw(page, "cross", 0.03)
    expect(page.get_by_role("status").filter(has_text=re.compile(r"(circle|cross).*%"))).to_be_visible()
    on_to(page, "Improve")
    on_to(page, "Keep it")
    project = kept_project(page, tmp_path)
    with zipfile.ZipFile(project) as archive:
        script = archive.read("run_model.py").decode()
    compile(script, "run_model.py", "exec")
    assert "MobileNetFeatures()" in script
    assert "HogFeatures" not in script

    elsewhere = tmp_path / "elsewhere"
    other = open_page(serve(with_weights, data=elsewhere).url + "#keep-it", viewport=TALL)
    step(other, "Keep it")
    other.get_by_label("Zip file to upload").filter(visible=False).last.set_input_files(project)
    expect(other.get_by_text("The model is ready to try.")).to_be_visible()
    other.get_by_role("tab", name="Try it").click()
    step(other, "Try it")
    draw(other, "cross", 0.03)
    expect(other.get_by_role("status").filter(has_text=re.compile(r"(circle|cross).*%"))).to_be_visible()
    assert described(elsewhere) == {"Photographs/576": 10}
    other.reload()
    step(other, "Try it")
    draw(other, "circle", 0.03)
    expect(other.get_by_role("status").filter(has_text=re.compile(r"(circle|cross).*%"))).to_be_visible()


def test_two_pages_agree_on_a_phone_too(
    serve: Any, open_page: Callable[..., Page], tmp_path: Path, with_weights: Path
) -> None:
    examples(tmp_path)
    url = serve(with_weights).url + "#train"
    phone = {"viewport": {"width": 390, "height": 1100}, "has_touch": True}
    one, other = open_page(url, viewport=TALL), open_page(url, **phone)
    step(one, "Train")
    train(one)
    step(other, "Train")
    way(other, "Photographs").check()
    for page in (one, other):
        expect(page.get_by_text(AGAIN).first).to_be_visible(timeout=60_000)
        expect(way(page, "Photographs")).to_be_checked()
    way(one, "Shapes").check()
    for page in (one, other):
        expect(page.get_by_text(AGAIN)).to_have_count(0)
        expect(way(page, "Shapes")).to_be_checked()
        expect(button(page, "Next")).to_be_enabled()
