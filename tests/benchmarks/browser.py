"""What a person waits for, in Chromium, against bare Panel."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.e2e.served import Served, chromium

PAGES = Path(__file__).parent / "pages"
CLICKS = 60
ROUNDS = 3

# Times a click from its dispatch to the text on the page, looking again at every turn of the
# event loop; shadow roots are walked, so both pages are read the same way.
CLICK = """async (n) => {
  const deep = (root, test) => { for (const e of root.querySelectorAll('*')) {
    if (test(e)) return e;
    const found = e.shadowRoot && deep(e.shadowRoot, test); if (found) return found; } return null; };
  const button = deep(document, e => e.tagName === 'BUTTON' && e.textContent.trim() === 'Click');
  const wanted = 'clicked ' + n;
  const shown = () => deep(document, e => e.childElementCount === 0 && e.textContent.trim() === wanted);
  const channel = new MessageChannel();
  return await new Promise((resolve, reject) => {
    const start = performance.now();
    channel.port1.onmessage = () => {
      if (shown()) resolve(performance.now() - start);
      else if (performance.now() - start > 10000) reject(new Error('no ' + wanted));
      else channel.port2.postMessage(0);
    };
    button.click();
    channel.port2.postMessage(0);
  });
}"""


def panel_serve(script: Path, folder: Path, port: int) -> Served:
    """Serve a script with Panel's own command."""
    command = [
        sys.executable,
        "-m",
        "panel",
        "serve",
        str(script),
        "--port",
        str(port),
        "--address",
        "127.0.0.1",
    ]
    return Served([*command, "--allow-websocket-origin", f"127.0.0.1:{port}"], folder)


def imlkit_serve(script: Path, folder: Path, port: int) -> Served:
    """Serve a script with imlkit's command."""
    command = [
        sys.executable,
        "-m",
        "imlkit",
        "serve",
        str(script),
        "--port",
        str(port),
        "--data",
        str(folder),
    ]
    return Served(command, folder)


def clicks(page: Page, first: int, count: int = CLICKS) -> list[float]:
    """Return how long each of several clicks took to show, in milliseconds."""
    return [page.evaluate(CLICK, n) for n in range(first, first + count)]


def opened(browser: Browser, url: str, text: str) -> Page:
    """Open an address and wait for a text on it."""
    page = browser.new_context().new_page()
    page.goto(url)
    page.get_by_text(text, exact=True).first.wait_for()
    return page


def click_ratio(browser: Browser, folder: Path) -> float:
    """Return the median click-to-text time of imlkit's page over bare Panel's, side by side."""
    ours_server = imlkit_serve(PAGES / "click.py", folder, 5281)
    bare_server = panel_serve(PAGES / "bare_click.py", folder, 5282)
    try:
        ours_page = opened(browser, ours_server.url, "clicked 0")
        bare_page = opened(browser, bare_server.url, "clicked 0")
        clicks(ours_page, 1, 10)
        clicks(bare_page, 1, 10)
        ratios = []
        for turn in range(ROUNDS):
            first = 11 + turn * CLICKS
            ours = statistics.median(clicks(ours_page, first))
            bare = statistics.median(clicks(bare_page, first))
            ratios.append(ours / bare)
        return statistics.median(ratios)
    finally:
        ours_server.stop()
        bare_server.stop()


def training_ratio(browser: Browser, folder: Path) -> float:
    """Return the median click time while another session trains, over that of an idle server."""
    server = imlkit_serve(PAGES / "trainer.py", folder, 5283)
    try:
        page = opened(browser, server.url, "clicked 0")
        trainer = opened(browser, server.url, "idle")
        clicks(page, 1, 10)
        first, ratios = 11, []
        for _ in range(ROUNDS):
            idle = statistics.median(clicks(page, first))
            trainer.get_by_role("button", name="Train").click()
            trainer.get_by_text("epoch", exact=True).or_(trainer.get_by_text("batch", exact=True)).wait_for()
            busy = statistics.median(clicks(page, first + CLICKS))
            trainer.get_by_role("button", name="Stop").click()
            trainer.get_by_text("cancelled", exact=True).wait_for()
            first += 2 * CLICKS
            ratios.append(busy / idle)
        return statistics.median(ratios)
    finally:
        server.stop()


def rows() -> list[tuple[str, str, float, bool]]:
    """Return (what, bar, measured, met)."""
    measured: list[tuple[str, str, float, bool]] = []

    def row(what: str, bar: float, ratio: float) -> None:
        measured.append((what, f"at most {bar:g}", ratio, ratio <= bar))

    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        row("button click to text / bare Panel", 1.5, click_ratio(browser, folder))
        row("click while another session trains / idle server", 2.0, training_ratio(browser, folder))
    return measured
