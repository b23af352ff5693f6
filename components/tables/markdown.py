"""Words beside the views of a table: headings, lists, links, written in Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams import Stream
from imlkit.streams.checked_stream import CheckedStream

from .markdown_html import rendered
from .markdown_view import MarkdownView

__all__ = ["Markdown"]

LONGEST = 200_000
"""The most characters of a text."""


class Markdown(Component):
    """A text in CommonMark, with tables; nothing in it runs, whoever wrote it.

    Images from elsewhere are fetched once the person says so, and links open in a page of their own.

    Args:
        text: the text.
        editable: whether a person can change it in its place.
        title: what the person reads above it.

    Attributes:
        text: the text, to be read and set.
        config: what the view is given: the text, its sanitised HTML and whether it can be changed.

    Raises:
        DataError: the text is none, or too long.

    Example:
        >>> notes = Markdown("# Findings")
        >>> notes.text.set("*Two* classes are confused.")
        >>> notes.html
        '<p><em>Two</em> classes are confused.</p>\\n'
    """

    module: ClassVar[Path] = Path(__file__).with_suffix(".js")

    def __init__(self, text: str = "", editable: bool = False, title: str = "") -> None:
        super().__init__(title)
        self.editable = editable
        self.text: CheckedStream[str] = CheckedStream(text, _checked)
        self.config: Stream[dict[str, Any]] = Stream()
        self.text.subscribe(self._changed)

    @property
    def html(self) -> str:
        """The text as sanitised HTML."""
        html: str = self.config.value["html"]
        return html

    def preview(self, text: str) -> str:
        """Return the HTML that a text would be shown as. Raises DataError where it is none."""
        return rendered(_checked(text))

    def replace(self, text: str, was: str) -> None:
        """Set the text that was made from another.

        Raises:
            DataError: it has been changed meanwhile, or the new one is none.
        """
        if was != self.text.value:
            raise DataError(
                "The text was changed by someone else meanwhile. Save again to put yours in its place, or "
                "copy what you wrote and cancel to see theirs."
            )
        self.text.set(text)

    def view(self) -> Viewable:
        """Return a new view."""
        view = MarkdownView(self)
        self.follow(self.config, view, MarkdownView.show_config)
        return view

    def _changed(self, text: str) -> None:
        self.config.set({"text": text, "html": rendered(text), "editable": self.editable})


def _checked(text: Any) -> str:
    if not isinstance(text, str):
        raise DataError(f"{text!r:.100} is no Markdown: give a text.")
    if len(text) > LONGEST:
        raise DataError(f"The text has {len(text):,} characters: give at most {LONGEST:,}, or several texts.")
    # Half a character, as a script may cut one, has no place on a page.
    return text.encode("utf-8", "replace").decode("utf-8")
