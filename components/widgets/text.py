"""Text on the page, plain or Markdown."""

from __future__ import annotations

import html
import re
from typing import Any, Literal, get_args

from panel.pane import HTML
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams import Stream

__all__ = ["Text"]

Format = Literal["plain", "markdown"]

OWN_FILE = re.compile(r"/?\w[\w./%?=&+-]*", re.ASCII)
EMBEDDED_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[\w+/=]+", re.ASCII)
STYLE = """
:host { color: inherit; font-family: var(--bokeh-base-font); font-size: 1rem; line-height: 1.5; }
.imlkit-text { overflow-wrap: anywhere; }
.imlkit-text.plain { white-space: pre-wrap; }
.imlkit-text > :first-child { margin-top: 0; }
.imlkit-text > :last-child { margin-bottom: 0; }
.imlkit-text img { max-width: 100%; }
.imlkit-text a { color: var(--mui-palette-primary-main, #0072b2); text-decoration: underline; }
.imlkit-text pre { overflow-x: auto; }
.imlkit-text table { border-collapse: collapse; display: block; overflow-x: auto; }
.imlkit-text :is(td, th) { border: 1px solid var(--border-color, #8888); padding: 0.25em 0.5em; }
"""


class Text(Component):
    """Text that code can change.

    Markdown may hold HTML; what could run or fetch something (scripts, event handlers, frames,
    images from elsewhere) is taken out.

    Streams: ``value``, the text.

    Args:
        text: what to show at first.
        format: ``"plain"`` shows every sign as it is, ``"markdown"`` formats.
        title: what stands above it.

    Raises:
        DataError: a format that is neither.
    """

    framed = False

    def __init__(self, text: str = "", format: Format = "plain", title: str = "") -> None:
        if format not in get_args(Format):
            raise DataError(f"text format {format!r} is unknown: use 'plain' or 'markdown'")
        super().__init__(title)
        self.format = format
        self.value: Stream[str] = Stream(text)

    def view(self) -> Viewable:
        """Return a new pane with the text."""
        pane = HTML("", sizing_mode="stretch_width", stylesheets=[STYLE])
        self.follow(self.value, pane, show_markdown if self.format == "markdown" else show_plain)
        return pane


def show_plain(pane: HTML, text: object) -> None:
    pane.object = f'<div class="imlkit-text plain">{html.escape(str(text))}</div>'


def show_markdown(pane: HTML, text: object) -> None:
    pane.object = f'<div class="imlkit-text">{formatted(str(text))}</div>'


def formatted(markdown: str) -> str:
    """Return Markdown as HTML in which nothing can run or fetch."""
    import nh3
    from markdown_it import MarkdownIt

    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)
    return nh3.clean(
        rendered, url_schemes={"http", "https", "mailto", "data"}, attribute_filter=harmless_attribute
    )


def harmless_attribute(tag: str, attribute: str, value: str) -> Any:
    """Return an attribute's value, or None to drop it: only links may lead elsewhere."""
    if attribute in ("src", "cite"):
        return value if OWN_FILE.fullmatch(value) or EMBEDDED_IMAGE.fullmatch(value) else None
    if value.lstrip().lower().startswith("data:"):
        return None
    return value
