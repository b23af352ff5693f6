"""How far a batch prediction has come, what is out of date, and a button that stops it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from imlkit.plain_text import PlainText
from imlkit.progress_bar import ProgressBar

from .prediction_status import PredictionStatus

__all__ = ["PredictionProgress"]


class PredictionProgress(pn.Column):
    """The words, the bar and the button on the page.

    Args:
        title: names the bar.
        cancel: called when the button is pressed.
    """

    def __init__(self, title: str, cancel: Callable[[Any], None]) -> None:
        self.words = PlainText("", margin=(0, 0, 8, 0))
        self.bar = ProgressBar(f"Progress of {title}", announced=True, margin=(0, 0, 8, 0))
        self.button = pmui.Button(
            label="Cancel", variant="outlined", disabled=True, margin=0, on_click=cancel
        )
        super().__init__(self.words, self.bar, self.button, sizing_mode="stretch_width", margin=0)

    def say(self, standing: str) -> None:
        """Say what is predicted and what is out of date."""
        self.words.object = standing

    def present(self, status: PredictionStatus) -> None:
        """Show how far the prediction has come."""
        self.bar.present(_words(status), 1.0 if status.state == "success" else status.progress)
        self.button.disabled = not status.running


def _words(status: PredictionStatus) -> str:
    if status.running:
        return f"Predicting: {status.done:,} of {status.total:,}" if status.total else "Predicting…"
    return status.message or "No prediction is under way."
