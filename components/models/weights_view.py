"""How the weights of a pretrained network stand, and a button to have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from imlkit.plain_text import PlainAlert, PlainText
from imlkit.progress_bar import ProgressBar

from .weights_status import WeightsStatus

__all__ = ["WeightsView"]

BEGIN = "The network is loaded when the first image comes."

BUTTONS = {
    "idle": "Load the network",
    "absent": "Download the weights",
    "cancelled": "Try again",
    "error": "Try again",
}


class WeightsView(pn.Column):
    """A line on what is done with images, how the weights stand, and a button to get or stop them.

    Args:
        about: what is done with images.
        fetch: called when the person wants the network.
        cancel: called when the person no longer wants it.
    """

    def __init__(self, about: str, fetch: Callable[[], Any], cancel: Callable[[], Any]) -> None:
        self.words = ProgressBar("Download of the weights", "0.875rem", margin=(6, 0))
        self.problem = PlainAlert(severity="error", visible=False, margin=(6, 0))
        self.fetch = pmui.Button(label=BUTTONS["idle"], variant="outlined", margin=(4, 0))
        self.cancel = pmui.Button(label="Cancel", variant="outlined", margin=(4, 0), visible=False)
        self.fetch.on_click(lambda _: fetch())
        self.cancel.on_click(lambda _: cancel())
        super().__init__(
            PlainText(about, margin=0),
            self.words,
            self.problem,
            self.fetch,
            self.cancel,
            sizing_mode="stretch_width",
        )

    def present(self, status: WeightsStatus) -> None:
        """Show how the weights stand."""
        self.words.present(status.message or BEGIN, status.share if status.state == "downloading" else None)
        failed = status.state == "error"
        self.words.visible = not failed
        self.problem.param.update(object=status.message if failed else "", visible=failed)
        self.cancel.visible = status.running
        self.fetch.visible = status.state in BUTTONS
        if status.state in BUTTONS:
            self.fetch.label = BUTTONS[status.state]
