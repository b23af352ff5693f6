"""What is seen of a table, in words: filters, groups and selected rows, each to be changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.errors import DataError
from imlkit.tables.linked.linked_component import LinkedComponent
from imlkit.tables.linked.shared_address import share as shared
from imlkit.tables.linked_state import LinkedState
from imlkit.tables.table import Table

__all__ = ["Toolbar"]


class Toolbar(LinkedComponent):
    """How many rows are shown and why, and all that can be changed about it.

    Each condition is a chip, to be changed, negated, joined with others by *or*, and removed; new
    ones are made for any column by its kind. Below stand the columns by which rows are put
    together, and what can be done with the selected rows. Steps are taken back by button, and by
    Ctrl+Z in any of the views that share the state.

    Args:
        table: the table, or whatever a :class:`~imlkit.tables.Table` can be made of.
        state: what is shown, shared with other components.
        share: whether a button copies an address with what is seen in it, and the page's address
            follows (see :func:`imlkit.tables.linked.shared_address.share`).
        title: what the person reads above it.

    Raises:
        DataError: the page's address holds another state already.
    """

    module = Path(__file__).with_suffix(".js")

    def __init__(
        self,
        table: Table | Any,
        state: LinkedState | None = None,
        share: bool = False,
        title: str = "",
    ) -> None:
        super().__init__(table, state, title, {"share": share})
        self._address = shared(self.state) if share else None

    def checked(self, config: Any) -> dict[str, Any]:
        """Return what the toolbar is given."""
        said = super().checked(config)
        if type(said.get("share")) is not bool:
            raise DataError(f"A toolbar cannot have share={said.get('share')!r:.100}: give True or False.")
        return {"share": said["share"]}

    def view(self) -> Viewable:
        """Return a new view."""
        view = super().view()
        if self._address is None:
            return view
        return pmui.Column(view, self._address.view(), margin=0, sizing_mode="stretch_width")
