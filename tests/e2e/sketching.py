"""What a person does in the sketch app."""

from __future__ import annotations

import math

from playwright.sync_api import Page, expect

__all__ = ["canvas", "capture", "captured", "draw", "train", "wait_for_app"]


def wait_for_app(page: Page) -> None:
    """Wait until the app can be used."""
    page.get_by_role("button", name="Capture this drawing").wait_for(timeout=30_000)
    canvas(page).wait_for()
    page.get_by_role("button", name="Upload").wait_for()
    page.wait_for_function("Bokeh.documents.length > 0 && Bokeh.documents[0].is_idle")


def canvas(page: Page):  # type: ignore[no-untyped-def]
    """Return the drawing canvas that is in sight."""
    return page.locator("canvas[role=img]").filter(visible=True).first


def points(shape: str, jitter: float = 0.0) -> list[list[tuple[float, float]]]:
    """Return the strokes of a shape, in fractions of the canvas."""
    if shape == "circle":
        return [
            [
                (
                    0.5 + (0.3 + jitter) * math.cos(turn / 24 * math.tau),
                    0.5 + 0.3 * math.sin(turn / 24 * math.tau),
                )
                for turn in range(25)
            ]
        ]
    low, high = 0.2 + jitter, 0.8 - jitter
    return [[(low, low), (high, high)], [(low, high), (high, low)]]


def draw(page: Page, shape: str, jitter: float = 0.0, steps: int = 3) -> None:
    """Draw a circle or a cross with the mouse."""
    canvas(page).hover()  # waits until nothing moves any more
    box = canvas(page).bounding_box()
    assert box is not None
    for stroke in points(shape, jitter):
        (x, y), *rest = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in stroke]
        page.mouse.move(x, y)
        page.mouse.down()
        for x, y in rest:
            page.mouse.move(x, y, steps=steps if len(rest) == 1 else 1)
        page.mouse.up()


def captured(page: Page) -> int:
    """Return how many drawings the browser shows."""
    return page.get_by_role("option").count()


def capture(page: Page, shape: str, jitter: float = 0.0) -> None:
    """Clear, draw, label and capture, and wait until the capture is shown."""
    before = captured(page)
    page.get_by_role("button", name="Clear", exact=True).click()
    draw(page, shape, jitter)
    page.get_by_role("textbox", name="Label").fill(shape)
    page.get_by_role("button", name="Capture this drawing").click()
    expect(page.get_by_role("option")).to_have_count(before + 1)


def train(page: Page) -> None:
    """Train, and wait until it has ended well."""
    page.get_by_role("button", name="Train the classifier").click()
    page.get_by_text("Trained", exact=False).first.wait_for(timeout=60_000)
