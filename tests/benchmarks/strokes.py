"""From the end of a stroke to the new confidence bars, in Chromium."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.benchmarks.browser import CLICKS, PAGES, clicks, imlkit_serve, opened, panel_serve
from tests.e2e.served import ROOT, chromium
from tests.e2e.sketching import capture, draw, train, wait_for_app

STROKES = 60
QUIET_MILLISECONDS = 400

# Remembers when each stroke ended and when the bars last changed after it. The last change
# counts: a picture sent while drawing may change them earlier.
WATCH = """() => {
  const deep = (root, test) => { for (const e of root.querySelectorAll('*')) {
    if (test(e)) return e;
    const found = e.shadowRoot && deep(e.shadowRoot, test); if (found) return found; } return null; };
  window.strokeEnd = 0; window.lastChange = 0;
  window.addEventListener('pointerup', () => { window.strokeEnd = performance.now(); }, true);
  const bars = deep(document, e => e.getAttribute('aria-label') === 'Confidence of each class');
  if (!bars) throw new Error('no confidence bars');
  const changed = () => { window.lastChange = performance.now(); };
  const observe = root => { new MutationObserver(changed).observe(root,
      {subtree: true, childList: true, characterData: true, attributes: true});
    for (const e of root.querySelectorAll('*')) if (e.shadowRoot) observe(e.shadowRoot); };
  observe(bars.getRootNode());
}"""


def stroke_times(page: Page) -> list[float]:
    """Return the time from each of several strokes' ends to the bars' last change, in milliseconds."""
    times = []
    for n in range(STROKES):
        page.get_by_role("button", name="Clear", exact=True).click()
        page.wait_for_timeout(QUIET_MILLISECONDS)
        page.evaluate("window.lastChange = 0")
        draw(page, "circle" if n % 2 else "cross", steps=6)
        page.wait_for_function("window.lastChange > window.strokeEnd", timeout=10_000)
        page.wait_for_timeout(QUIET_MILLISECONDS)
        end, last = page.evaluate("[window.strokeEnd, window.lastChange]")
        times.append(last - end)
    return times


def measure(browser: Browser, folder: Path) -> tuple[float, float]:
    """Return the ratio of medians to bare Panel's button-to-text, and the 95th percentile in milliseconds."""
    app = imlkit_serve(ROOT / "apps" / "sketch.py", folder, 5284)
    bare = panel_serve(PAGES / "bare_click.py", folder, 5285)
    try:
        page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
        page.goto(app.url)
        wait_for_app(page)
        for shape in ("circle", "cross"):
            for _ in range(4):
                capture(page, shape)
        train(page)
        page.evaluate(WATCH)
        bare_page = opened(browser, bare.url, "clicked 0")
        clicks(bare_page, 1, 10)
        times = stroke_times(page)
        round_trip = statistics.median(clicks(bare_page, 11, CLICKS))
        return statistics.median(times) / round_trip, statistics.quantiles(times, n=20)[-1]
    finally:
        app.stop()
        bare.stop()


def rows() -> list[tuple[str, str, float, bool]]:
    """Return (what, bar, measured, met)."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        ratio, percentile = measure(browser, Path(name))
    return [
        ("stroke end to confidence bars / bare Panel button to text", "at most 3", ratio, ratio <= 3),
        ("stroke end to confidence bars, 95th percentile, ms", "under 200", percentile, percentile < 200),
    ]
