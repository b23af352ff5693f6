"""The latest image of a stream."""

from __future__ import annotations

import html
from typing import Any, Final

import numpy as np
from panel.pane import HTML
from reactivex import Observable

from imlkit.component import Component
from imlkit.errors import ImageError
from imlkit.images import as_rgb, data_uri
from imlkit.streams import Stream

__all__ = ["ImageDisplay"]

_MOST: Final = 1024  # pixels of the longer side; more would only be slow to send
_LEAST: Final = 128  # pixels below which an image is enlarged, its pixels kept visible


class ImageDisplay(Component):
    """Shows an image until the next one comes.

    Args:
        stream: where the images come from; None waits for ``images.set``.
        title: what the person reads above the image, and what it is called for those who do not
            see it.

    Attributes:
        images: what is shown: arrays of any shape that :func:`imlkit.images.as_rgb` takes.
    """

    def __init__(self, stream: Observable[Any] | None = None, title: str = "Image") -> None:
        super().__init__(title)
        self.images: Stream[Any] = Stream()
        if stream is not None:
            stream.subscribe(self.images)

    def view(self) -> HTML:
        name = html.escape(self.title or "Image")
        pane = HTML(_said("No image yet: it is shown here as soon as there is one."), margin=(4, 0))
        pane.sizing_mode = "stretch_width"

        def show(pane: HTML, image: Any) -> None:
            pane.object = _pictured(image, name)

        self.follow(self.images, pane, show)
        return pane


def _pictured(image: Any, name: str) -> str:
    try:
        pixels = as_rgb(image)
    except ImageError as error:
        return _said(f"This cannot be shown: {error}")
    height, width = pixels.shape[:2]
    enlarged = max(1, _LEAST // max(height, width))
    # Whole multiples only, so that every pixel of a small image keeps one size.
    crisp = "image-rendering: pixelated; " if enlarged > 1 else ""
    measure = f"width: {width * enlarged}px; max-width: 100%; height: auto"
    style = f"{crisp}{measure}; display: block; outline: 1px solid #8888"
    said = f"{name}, {width} by {height} pixels"
    return f'<img src="{data_uri(np.ascontiguousarray(pixels), _MOST)}" alt="{said}" style="{style}">'


def _said(text: str) -> str:
    return f'<p role="status" style="margin: 0">{html.escape(text)}</p>'
