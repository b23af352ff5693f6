"""Text that people typed, shown as it is."""

from __future__ import annotations

import re

__all__ = ["escaped"]

_MARKUP = re.compile(r"[^A-Za-z0-9\s]")


def escaped(text: str) -> str:
    """Return text in which every sign that Markdown or HTML could read is a character reference.

    For panes that render Markdown: ``pmui.Typography(escaped(label))`` shows ``<script>`` as text.
    """
    return _MARKUP.sub(lambda sign: f"&#{ord(sign[0])};", text)
