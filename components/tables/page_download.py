"""A button that downloads linked views as a page of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.download import download_button
from imlkit.tables.exports.export import export_file
from imlkit.tables.linked.linked_component import LinkedComponent

from .markdown import Markdown

__all__ = ["PageDownload"]


class PageDownload(Component):
    """Gives what components show as one file that needs no Python and no network.

    In it one filters, groups and selects as here; it begins with what is shown when the button is
    pressed. Pressed again, the button cancels. For what is too large for one file,
    :func:`imlkit.tables.exports.export.export` writes a folder.

    Args:
        parts: the components, one under another.
        title: what the page is called.
        note: what is read below the title.
    """

    framed = False

    def __init__(self, *parts: LinkedComponent | Markdown, title: str = "", note: str = "") -> None:
        super().__init__(title)
        self.parts = parts
        self.note = note

    def write(self, path: Path, tell: Callable[[Any], None]) -> Path:
        """Write the page to a file, telling how far it is; what the teller raises ends the work.

        Raises:
            DataError: the tables are too large for one file.
        """
        return export_file(path, *self.parts, title=self.title, note=self.note, progress=tell)

    def view(self) -> Viewable:
        """Return a new view."""
        name = re.sub(r"[^\w-]+", "-", self.title).strip("-")[:60] or "page"
        return download_button("Download this page", f"{name}.html", self.write, self.session, self.title)
