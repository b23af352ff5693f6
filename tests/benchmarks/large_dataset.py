"""Browsing 100,000 instances in Chromium, against browsing 100."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, BrowserContext, Page

from imlkit import Dataset, data_store
from tests.benchmarks.browser import PAGES, imlkit_serve
from tests.benchmarks.serving import free_port
from tests.e2e.served import Served, chromium

CLASSES = [f"class {n}" for n in range(10)]
SMALL, LARGE = 100, 100_000
BATCH = 2_000
ROUNDS = 9
SCROLLS = 40

# Scrolls on with every frame and returns how long each took, in milliseconds.
FRAMES = """async (turns) => {
  const deep = (root) => { for (const e of root.querySelectorAll('*')) {
    if (e.classList.contains('scroller')) return e;
    const found = e.shadowRoot && deep(e.shadowRoot); if (found) return found; } return null; };
  const scroller = deep(document);
  const times = [];
  let last = await new Promise(requestAnimationFrame);
  for (let turn = 0; turn < turns; turn++) {
    scroller.scrollTop += 60;
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times;
}"""


def picture(n: int) -> NDArray[np.uint8]:
    """Return a small picture that differs from its neighbours."""
    image = np.full((64, 64, 3), (n * 37 % 200, n * 11 % 200, 90), np.uint8)
    row, column = n % 48, n // 48 % 48
    image[row : row + 16, column : column + 16] = 255
    return image


def fill(folder: Path, count: int) -> None:
    """Make a store of so many instances, the classes one after another."""
    store = data_store(str(folder / "kept"))
    dataset = Dataset("pictures", store)
    for start in range(0, count, BATCH):
        dataset.create(
            [
                {"x": [n / count, 1.0], "y": CLASSES[n * len(CLASSES) // count], "thumbnail": picture(n)}
                for n in range(start, min(start + BATCH, count))
            ]
        )
    dataset.dispose()
    store.close()


def opened(context: BrowserContext, url: str) -> tuple[Page, float]:
    """Open a page; return it with the milliseconds from navigation to the first thumbnail in sight."""
    page = context.new_page()
    page.goto(url)
    page.locator(".tile img").first.wait_for()
    return page, page.evaluate("performance.now()")


def opening(browser: Browser, small: Served, large: Served) -> tuple[float, float, float]:
    """Return the median times of opening both, in ms, and the ratio of the first, picture-making ones."""
    context = browser.new_context()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS + 1):
        for server, measured in zip((small, large), times, strict=True):
            page, milliseconds = opened(context, server.url)
            measured.append(milliseconds)
            page.close()
    first = times[1][0] / times[0][0]
    return statistics.median(times[0][1:]), statistics.median(times[1][1:]), first


def paging(page: Page) -> list[float]:
    """Return how long each of several pages more of a class took to be there, in milliseconds."""
    more = page.get_by_role("button", name=f"Show more of {CLASSES[0]},")
    tiles = page.get_by_role("listbox").first.get_by_role("option")
    times = []
    for _ in range(ROUNDS):
        shown = tiles.count()
        start = time.perf_counter()
        more.dispatch_event("click")
        tiles.nth(shown).wait_for(state="attached")
        times.append(1000 * (time.perf_counter() - start))
    return times


def selecting(page: Page, count: int) -> float:
    """Return the milliseconds from asking for all of a class to having them selected."""
    start = time.perf_counter()
    page.get_by_role("button", name=f"Select all of {CLASSES[0]}", exact=True).dispatch_event("click")
    page.get_by_text(f"{count:,} selected", exact=True).wait_for()
    return 1000 * (time.perf_counter() - start)


def rows() -> list[tuple[str, str, float, bool]]:
    """Return (what, bar, measured, met)."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folders = Path(name, "small"), Path(name, "large")
        for folder, count in zip(folders, (SMALL, LARGE), strict=True):
            folder.mkdir()
            fill(folder, count)
        servers = [imlkit_serve(PAGES / "browse.py", folder, free_port()) for folder in folders]
        try:
            small, large, first = opening(browser, *servers)
            page, _ = opened(browser.new_context(), servers[1].url)
            frame = statistics.mean(page.evaluate(FRAMES, SCROLLS))
            more = statistics.median(paging(page))
            chosen = selecting(page, LARGE // len(CLASSES))
        finally:
            for server in servers:
                server.stop()
    what = f"DatasetBrowser of {LARGE:,} instances"
    return [
        (f"{what}, to the first thumbnails / of {SMALL}", "at most 1.5", large / small, large <= 1.5 * small),
        (f"{what}, to the first thumbnails, first time / of {SMALL}", "told, no bar", first, True),
        (f"{what}, to the first thumbnails, in ms", "told, no bar", large, True),
        (f"{what}, a page more of a class, in ms", "at most 300", more, more <= 300),
        (f"{what}, a frame while scrolling, mean in ms", "at most 33", frame, frame <= 33),
        (f"{what}, all {LARGE // len(CLASSES):,} of a class selected, in ms", "told, no bar", chosen, True),
    ]
