"""The rows of a table as pictures, sounds or words."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from imlkit.errors import DataError
from imlkit.tables.linked.linked_component import LinkedComponent
from imlkit.tables.linked_state import LinkedState
from imlkit.tables.table import Table

__all__ = ["InstanceList"]

LAYOUTS = ("grid", "list")
SIZES = ("small", "medium", "large")
LARGEST_PAGE = 500


class InstanceList(LinkedComponent):
    """The samples of the rows that the state's filters leave, in its order and its groups.

    However many rows there are, only those in sight are asked for. Rows are selected by click,
    with shift or control for several, and shown in full by double click or Enter.

    Args:
        table: the table, or whatever a :class:`~imlkit.tables.Table` can be made of.
        state: what is shown and selected, shared with other components.
        column: whose values to show; ``""`` for the whole rows; left out, the first column of
            images or sounds, or else of texts or series, or else the whole rows.
        caption: the column that is told below each sample; ``""`` for none, the ids if left out.
        layout: ``"grid"`` or ``"list"``.
        size: of the samples: ``"small"``, ``"medium"`` or ``"large"``.
        page_size: how many rows to a page, where they are not in groups.
        title: what the person reads above the rows.

    Raises:
        DataError: there is no such column, layout or size.
    """

    module = Path(__file__).with_suffix(".js")

    def __init__(
        self,
        table: Table | Any,
        state: LinkedState | None = None,
        column: str | None = None,
        caption: str | None = None,
        layout: Literal["grid", "list"] = "grid",
        size: Literal["small", "medium", "large"] = "medium",
        page_size: int = 60,
        title: str = "Instances",
    ) -> None:
        given = {"column": column, "caption": caption, "layout": layout, "size": size, "page_size": page_size}
        super().__init__(table, state, title, given)

    def checked(self, config: Any) -> dict[str, Any]:
        """Return what the list is given, if it fits the table."""
        said = super().checked(config)
        for part, wanted in (("layout", LAYOUTS), ("size", SIZES)):
            if said.get(part) not in wanted:
                raise DataError(
                    f"{said.get(part)!r:.100} is no {part} of a list: give {' or '.join(wanted)}."
                )
        for part in ("column", "caption"):
            name = said.get(part)
            if name not in (None, "") and not (isinstance(name, str) and name in self.table.columns):
                raise DataError(
                    f"There is no column {name!r:.100} to show as the {part}: give one of the table's."
                )
        pages = said.get("page_size")
        if type(pages) is not int or not 1 <= pages <= LARGEST_PAGE:
            raise DataError(f"{pages!r:.100} rows are no page: give 1 to {LARGEST_PAGE}.")
        return {part: said.get(part) for part in ("column", "caption", "layout", "size", "page_size")}
