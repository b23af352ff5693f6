"""Text that people typed, shown as it is."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import panel_material_ui as pmui

__all__ = ["PlainText", "escaped"]

_MARKUP = re.compile(r"[^A-Za-z0-9\s]")


def escaped(text: str) -> str:
    """Return text in which every sign that Markdown or HTML could read is a character reference.

    For panes that render Markdown: ``pmui.Alert(escaped(label))`` shows ``<script>`` as text.
    """
    return _MARKUP.sub(lambda sign: f"&#{ord(sign[0])};", text)


class PlainText(pmui.Typography):
    """A paragraph or heading in which nothing is read as Markdown or HTML.

    Args:
        text: what it says.
        link: an address to which the text leads; left out: none.
        params: those of panel-material-ui's Typography.
    """

    def __init__(self, text: str = "", link: str = "", **params: Any) -> None:
        self._link = link
        super().__init__(text, **params)  # type: ignore[no-untyped-call]

    def _transform_object(self, obj: Any) -> dict[str, Any]:
        shown = escape(str(obj or ""))
        if self._link:
            shown = (
                f'<a href="{escape(self._link)}" style="color: inherit; text-decoration: none">{shown}</a>'
            )
        # The browser's part decodes once before it reads HTML.
        return {"object": escape(shown)}
