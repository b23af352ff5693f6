"""How far something is, in words and as a bar."""

from __future__ import annotations

from html import escape
from typing import Any

import panel as pn

__all__ = ["ProgressBar"]

_STYLE = """
:host { color: inherit; font-family: var(--bokeh-base-font); line-height: 1.5; }
p { margin: 0 0 6px; overflow-wrap: anywhere; }
p:last-child { margin: 0; }
.track {
  background: rgb(128 128 128 / 25%);
  border: 1px solid var(--mui-palette-text-secondary, #767676);
  border-radius: 4px;
  height: 10px;
  overflow: hidden;
}
.bar { background: #0072b2; height: 100%; }
"""


class ProgressBar(pn.pane.HTML):
    """Words, shown as plain text, above a bar that a screen reader calls by a name.

    Args:
        name: what the bar is called.
        font_size: of the words, as CSS writes it.
        announced: whether a screen reader says the words whenever they change.
        params: those of Panel's HTML pane.
    """

    def __init__(self, name: str, font_size: str = "1rem", announced: bool = False, **params: Any) -> None:
        self._called = name
        self._role = ' role="status"' if announced else ""
        style = f"{_STYLE}:host {{ font-size: {font_size}; }}"
        super().__init__("", stylesheets=[style], **{"sizing_mode": "stretch_width"} | params)  # type: ignore[no-untyped-call]

    def present(self, words: str, share: float | None = None, known: bool = True) -> None:
        """Say something, and show how far it is.

        Args:
            words: what is said.
            share: how much is done, from 0 to 1; None shows no bar.
            known: whether the share is; otherwise only the words are told to a screen reader.
        """
        said = escape(words)
        bar = "" if share is None else self._bar(said, 100 * min(max(share, 0.0), 1.0), known)
        self.object = f"<p{self._role}>{said}</p>{bar}"

    def _bar(self, said: str, percent: float, known: bool) -> str:
        value = f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent:.0f}" ' if known else ""
        return (
            f'<div class="track" role="progressbar" aria-label="{escape(self._called)}" '
            f'{value}aria-valuetext="{said}">'
            f'<div class="bar" style="width: {percent:.1f}%"></div></div>'
        )
