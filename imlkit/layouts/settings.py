"""The settings page: what the app keeps, and where."""

from __future__ import annotations

import panel_material_ui as pmui
from panel.viewable import Viewable

from ..session import Session

__all__ = ["Settings"]


class Settings:
    """Lists the stores, datasets and models of a session; downloads them, clears them after asking."""

    slug = "settings"

    def __init__(self, session: Session) -> None:
        self.session = session

    def view(self) -> Viewable:
        return pmui.Typography("Settings", variant="h2")
