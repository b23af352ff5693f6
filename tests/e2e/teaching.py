"""Going through the teach app in a browser."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.e2e.served import ROOT
from tests.e2e.sketching import points

__all__ = ["TEACH", "button", "files", "kept_project", "on_to", "picture", "step"]

TEACH = ROOT / "apps" / "teach.py"


def step(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=2, name=name, exact=True)).to_be_visible()


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).filter(visible=True)


def on_to(page: Page, name: str) -> None:
    expect(button(page, "Next")).to_be_enabled()
    button(page, "Next").click()
    step(page, name)


def picture(shape: str, jitter: float = 0.0) -> bytes:
    """Return a picture of a shape as a PNG file."""
    image = np.full((128, 128, 3), 255, np.uint8)
    for stroke in points(shape, jitter):
        for (x0, y0), (x1, y1) in itertools.pairwise(stroke):
            for share in np.linspace(0, 1, 60):
                x, y = (x0 + (x1 - x0) * share) * 128, (y0 + (y1 - y0) * share) * 128
                image[int(y) - 3 : int(y) + 3, int(x) - 3 : int(x) + 3] = 0
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def files(shape: str, count: int = 4) -> list[FilePayload]:
    return [
        {"name": f"{shape}{n}.png", "mimeType": "image/png", "buffer": picture(shape, 0.02 * n)}
        for n in range(count)
    ]


def kept_project(page: Page, folder: Path) -> Path:
    """Keep the project in a folder, from the step where that is done."""
    with page.expect_download() as started:
        button(page, "Keep the project").click()
    project = folder / "project.zip"
    started.value.save_as(project)
    return project
