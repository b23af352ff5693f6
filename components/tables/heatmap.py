"""How many rows are in each bar of one chart and each bar of another."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args

from imlkit.errors import DataError
from imlkit.tables.linked.linked_component import LinkedComponent
from imlkit.tables.linked_state import LinkedState
from imlkit.tables.table import Table

from .two_axes import place_once_there, two_axes

__all__ = ["Heatmap"]

Share = Literal["none", "row", "column", "all"]
"""Of what a cell shows its share."""
MOST_BINS = 50


class Heatmap(LinkedComponent):
    """The rows of a table, counted by two columns: a cell for each pair of bins or values.

    Rows with no value, NaN and infinities have rows and columns of their own. A click on a cell
    filters to it, dragging to several; the cells themselves do not follow that filter, so that one
    still sees the others.

    Where the state has groups, each has cells of its own, in one scale of colours; a filter is on the
    two columns and so marked in all of them. Cells with selected rows have a mark as large as their
    share. Cells can select their rows, too: those of their group.

    Args:
        table: the table, or whatever a :class:`~imlkit.tables.Table` can be made of.
        state: what is filtered, grouped and selected, shared with other components.
        x: the column across: numbers, times, categories or texts. The first one if left out.
        y: the column up or down; the next one if left out.
        bins: how many bins of numbers or times, and how many values; the others share a cell.
        share: what a cell says: "none" for the number of rows, "row" or "column" for its share of
            its row's or column's rows, "all" for that of all rows shown.
        title: what the person reads above the cells.

    Raises:
        DataError: a column is not there, or no chart can be made of it.
    """

    module = Path(__file__).with_suffix(".js")

    def __init__(
        self,
        table: Table | Any,
        state: LinkedState | None = None,
        x: str | None = None,
        y: str | None = None,
        bins: int = 12,
        share: Share = "none",
        title: str = "Cells",
    ) -> None:
        super().__init__(table, state, title, {"x": x, "y": y, "bins": bins, "share": share})
        place_once_there(self)

    def checked(self, config: Any) -> dict[str, Any]:
        """Return what the cells are counted by, if it fits the table."""
        said = super().checked(config)
        columns = self.table.columns
        charted = [
            name for name, column in columns.items() if column.charted or column.kind in ("datetime", "text")
        ]
        axes = two_axes(self.table, said, charted, "Cells", "of numbers, times or values")
        bins, share = said.get("bins", 12), said.get("share", "none")
        if type(bins) is not int or not 2 <= bins <= MOST_BINS:
            raise DataError(f"There cannot be {bins!r:.100} bins: give a number from 2 to {MOST_BINS}.")
        if share not in get_args(Share):
            raise DataError(f"Shares cannot be of {share!r:.100}: give one of {', '.join(get_args(Share))}.")
        return {**axes, "bins": bins, "share": share}
