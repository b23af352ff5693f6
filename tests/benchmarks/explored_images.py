"""A folder of 50,000 images: from the command to the first pictures on the page."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image
from playwright.sync_api import Browser

from tests.e2e.served import Served, chromium

__all__ = ["rows"]

IMAGES = 50_000
CLASSES = 20
TIMES = 3


def images(folder: Path) -> None:
    """Write images, each of its own, into a folder a class."""
    random = np.random.default_rng(0)
    grounds = [Image.fromarray(random.integers(0, 255, (128, 128, 3), np.uint8)) for _ in range(CLASSES)]
    for number in range(CLASSES):
        (folder / f"class {number:02}").mkdir(parents=True)
    for n in range(IMAGES):
        file = io.BytesIO()
        image = grounds[n % CLASSES].copy()
        image.putpixel((n % 128, n // 128 % 128), (255, 0, 0))
        image.save(file, "JPEG", quality=60)
        (folder / f"class {n % CLASSES:02}" / f"{n:05}.jpg").write_bytes(file.getvalue())


def first_view(folder: Path, place: Path, browser: Browser) -> float:
    """Return the seconds from the command until the count, a chart and a picture are on the page."""
    # Every time as the first: no preview is kept.
    with tempfile.TemporaryDirectory() as cache:
        start = time.perf_counter()
        command = [sys.executable, "-m", "imlkit", "explore", str(folder), "--port", "0", "--no-open"]
        served = Served(command, place, {**os.environ, "IMLKIT_CACHE": cache})
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(served.url)
            page.get_by_text(f"{IMAGES:,} rows", exact=True).first.wait_for()
            page.locator("button.value").first.wait_for()
            page.locator(".linked img").first.wait_for()
            seconds = time.perf_counter() - start
            page.close()
        finally:
            served.stop()
    return seconds


def rows() -> list[tuple[str, str, float, bool]]:
    """Return what was measured: what, its bar, the value and whether it holds."""
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        folder = Path(place) / "images"
        images(folder)
        seconds = median(first_view(folder, Path(place), browser) for _ in range(TIMES))
    return [(f"exploring {IMAGES:,} images: first view, s", "under 5", seconds, seconds < 5)]
