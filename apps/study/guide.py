"""The frame of a study's pages: steps, a way out in the bar, and words for who leaves."""

from __future__ import annotations

from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit import Text, Wizard
from imlkit.layouts.layout import Layout
from imlkit.layouts.login_notice import Leaving
from imlkit.layouts.page import card

__all__ = ["Farewell", "StudyGuide"]

BAR = {
    "textTransform": "none",
    "color": "white",
    "borderColor": "white",
    "whiteSpace": "nowrap",
    "minHeight": "40px",
}


class StudyGuide(Wizard):
    """A wizard whose bar can hold a button, and which can lead the browser to another address.

    Args:
        title: what stands in the bar.
    """

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.leaving = Leaving(width=0, height=0, margin=0)
        self._in_bar: list[Viewable] = [self.leaving]

    def in_bar(self, label: str, pressed: Any) -> None:
        """Add a button to the bar, in sight at every step."""
        button = pmui.Button(label=label, variant="outlined", margin=(0, 4), sx=BAR)
        button.on_click(lambda _: pressed())
        self._in_bar.append(button)

    def header(self) -> list[Viewable]:
        """Return what stands in the bar beside the title."""
        return self._in_bar

    def leave(self, address: str) -> None:
        """Lead the browser to another address, in the place of this page."""
        self.leaving.address = address


class Farewell(Layout):
    """A page of nothing but a few words.

    Args:
        title: what stands in the bar.
        heading: what stands above the words.
        words: Markdown.
    """

    first = "farewell"

    def __init__(self, title: str, heading: str, words: str) -> None:
        super().__init__(title, "")
        self.current.set(self.first)
        self._heading = heading
        self._words = Text(words, format="markdown")

    def content(self, whole_page: bool = False) -> Viewable:
        """Return a new view of the words."""
        return pmui.Column(
            card(self._words.view(), self._heading),
            sizing_mode="stretch_width",
            margin=0,
            sx={"p": {"xs": 1.5, "sm": 2}, "boxSizing": "border-box"},
            styles={"max-width": "760px", "margin": "0 auto"},
        )
