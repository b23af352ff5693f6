"""How far a batch prediction has come, what is out of date, and a button that stops it."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from imlkit.plain_text import PlainText

from .prediction_status import PredictionStatus

__all__ = ["PredictionProgress"]

STYLE = """
:host { color: inherit; font-family: var(--bokeh-base-font); font-size: 1rem; line-height: 1.5; }
p { margin: 0 0 6px; overflow-wrap: anywhere; }
.track {
  background: rgb(128 128 128 / 25%);
  border: 1px solid var(--mui-palette-text-secondary, #767676);
  border-radius: 4px;
  height: 10px;
  overflow: hidden;
}
.bar { background: #0072b2; height: 100%; }
"""


class PredictionProgress(pn.Column):
    """The words, the bar and the button on the page.

    Args:
        title: names the bar.
        cancel: called when the button is pressed.
    """

    def __init__(self, title: str, cancel: Callable[[Any], None]) -> None:
        self.name_of_bar = f"Progress of {title}"
        self.words = PlainText("", margin=(0, 0, 8, 0))
        self.bar = pn.pane.HTML("", sizing_mode="stretch_width", stylesheets=[STYLE], margin=(0, 0, 8, 0))
        self.button = pmui.Button(
            label="Cancel", variant="outlined", disabled=True, margin=0, on_click=cancel
        )
        super().__init__(self.words, self.bar, self.button, sizing_mode="stretch_width", margin=0)

    def say(self, standing: str) -> None:
        """Say what is predicted and what is out of date."""
        self.words.object = standing

    def present(self, status: PredictionStatus) -> None:
        """Show how far the prediction has come."""
        percent = 100 if status.state == "success" else 100 * status.progress
        said = html.escape(_words(status))
        self.bar.object = (
            f'<p role="status">{said}</p>'
            f'<div class="track" role="progressbar" aria-label="{html.escape(self.name_of_bar)}" '
            f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent:.0f}" aria-valuetext="{said}">'
            f'<div class="bar" style="width: {percent:.1f}%"></div></div>'
        )
        self.button.disabled = not status.running


def _words(status: PredictionStatus) -> str:
    if status.running:
        return f"Predicting: {status.done:,} of {status.total:,}" if status.total else "Predicting…"
    return status.message or "No prediction is under way."
