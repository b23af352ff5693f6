"""From the camera's frame to the answer on the page, ten a second for a minute, on two cores.

Server, browser and this process share two cores. The browser notes when it draws a frame of its
(fake) camera to send it, and paints that time into the frame; the page's script carries it through
features and prediction and writes it beside the bars. The browser notes when it reads it there and
the bars show that same answer: both times are of one clock. The answers of the first seconds,
while everything is loaded, do not count.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from imlkit import Dataset, HogFeatures, MLPClassifier, data_store
from imlkit.session import Session
from tests.benchmarks.browser import PAGES, imlkit_serve
from tests.benchmarks.serving import free_port
from tests.e2e.served import FLAGS, chromium_path

CORES = 2
WARM_UP, SECONDS, SPAN = 5, 60, 10
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]

# Paints into each frame of a video when it was drawn, and remembers it.
STAMP = """
window.taken = new Map()
const draw = CanvasRenderingContext2D.prototype.drawImage
CanvasRenderingContext2D.prototype.drawImage = function (source, ...where) {
  const now = performance.now()
  draw.call(this, source, ...where)
  if (!(source instanceof HTMLVideoElement)) return
  const stamp = Math.round(now)
  window.taken.set(stamp, now)
  const {width, height} = this.canvas
  for (let bit = 0; bit < 28; bit++) {
    this.fillStyle = (stamp >> (27 - bit)) & 1 ? "white" : "black"
    this.fillRect(bit * width / 28, 0, width / 28, height / 28)
  }
}
"""

# Notes when the time of each frame is read on the page, and whether the bars show its answer.
WATCH = """() => {
  const deep = (root, test) => { for (const e of root.querySelectorAll('*')) {
    if (test(e)) return e;
    const found = e.shadowRoot && deep(e.shadowRoot, test); if (found) return found; } return null; };
  const bars = deep(document, e => e.getAttribute('aria-label') === 'Confidence of each class');
  const text = deep(document, e => e.classList.contains('imlkit-text')).getRootNode();
  window.answers = [];
  let last = 0;
  new MutationObserver(() => {
    const found = text.querySelector('.imlkit-text')?.textContent.match(/^(\\d+) ([\\d.]+)$/);
    if (!found || Number(found[1]) === last) return;
    last = Number(found[1]);
    const width = bars.querySelector('.best .bar')?.style.width;
    window.answers.push([last, performance.now(), parseFloat(width) === Number(found[2])]);
  }).observe(text, {subtree: true, childList: true, characterData: true});
}"""


def pictures() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yield pictures of two classes: blurred noise, and noise with edges."""
    random = np.random.default_rng(0)
    for n in range(40):
        coarse = Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        how = Image.Resampling.NEAREST if n % 2 else Image.Resampling.BICUBIC
        yield "edges" if n % 2 else "clouds", np.asarray(coarse.resize((224, 224), how))


def train(folder: Path) -> None:
    """Keep a trained classifier in the store beside the page."""
    store = data_store(str(folder / "kept"))
    with Session().entered() as session:
        dataset, features, classifier = Dataset("pictures", store), HogFeatures(), MLPClassifier()
        dataset.create([{"x": features.process(image), "y": label} for label, image in pictures()])
        classifier.train(dataset)
        assert classifier.wait().state == "success"
        classifier.save(store, "seen")
        session.dispose()
    store.close()


@contextlib.contextmanager
def cores(count: int) -> Iterator[None]:
    """Let this process, and all that it starts meanwhile, use so many cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def answered(page: Page) -> list[tuple[float, float]]:
    """Return for each answer of a minute when it was on the page and how old its frame was, in ms."""
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("list", name="Confidence of each class").wait_for()
    page.evaluate(WATCH)
    page.wait_for_timeout(1000 * WARM_UP)
    begin = page.evaluate("performance.now()")
    page.wait_for_timeout(1000 * SECONDS)
    taken, answers = page.evaluate("[Object.fromEntries(window.taken), window.answers]")
    stamps = [str(stamp) for stamp, _, _ in answers]
    assert len(set(stamps)) == len(stamps), "a frame was answered twice"
    assert all(stamp in taken for stamp in stamps), "an answer is to no frame that was taken"
    assert all(shown for _, _, shown in answers), "the bars showed another answer"
    return [
        (shown - begin, shown - taken[stamp])
        for stamp, (_, shown, _) in zip(stamps, answers, strict=True)
        if begin <= shown < begin + 1000 * SECONDS
    ]


def measure(folder: Path) -> list[tuple[float, float]]:
    """Serve the page, open it, and return its answers."""
    train(folder)
    with cores(CORES), sync_playwright() as playwright:
        server = imlkit_serve(PAGES / "camera.py", folder, free_port())
        try:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *CAMERA])
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            page.add_init_script(STAMP)
            page.goto(server.url)
            answers = answered(page)
            browser.close()
            return answers
        finally:
            server.stop()


def rows() -> list[tuple[str, str, float, bool]]:
    """Return (what, bar, measured, met)."""
    with tempfile.TemporaryDirectory() as name:
        answers = measure(Path(name))
    ages = [age for _, age in answers]
    rate = len(ages) / SECONDS
    first = statistics.median(age for at, age in answers if at < 1000 * SPAN)
    last = statistics.median(age for at, age in answers if at >= 1000 * (SECONDS - SPAN))
    percentile = statistics.quantiles(ages, n=20)[-1]
    ratio = last / first
    what = f"camera to HogFeatures to answer, {SECONDS} s on {CORES} cores"
    return [
        (f"{what}, frames answered a second", "at least 9.5", rate, rate >= 9.5),
        (f"{what}, median of the last {SPAN} s / the first", "at most 1.2", ratio, ratio <= 1.2),
        (f"{what}, median of the first {SPAN} s, in ms", "told, no bar", first, True),
        (f"{what}, median of the last {SPAN} s, in ms", "told, no bar", last, True),
        (f"{what}, 95th percentile, in ms", "told, no bar", percentile, True),
    ]
