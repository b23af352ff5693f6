"""Points of two columns of numbers, selected by a lasso."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from imlkit.errors import DataError
from imlkit.tables.linked.linked_component import LinkedComponent
from imlkit.tables.linked_state import LinkedState
from imlkit.tables.table import Table

from .two_axes import place_once_there, two_axes

__all__ = ["Scatter", "check_coloring"]


class Scatter(LinkedComponent):
    """The rows of a table as points of two columns of numbers.

    Up to 100,000 rows are points, more of them a density, and points again where one zooms in. A
    lasso or a box selects the rows in it, those that the density hides as well; the part that is
    shown can become a filter on the two columns, which the points themselves do not follow, so that
    one still sees what is around it.

    Args:
        table: the table, or whatever a :class:`~imlkit.tables.Table` can be made of.
        state: what is filtered and selected, shared with other components.
        x: the column of numbers across; the first one if left out.
        y: the column of numbers up; the next one if left out.
        color: a column that colours the points: up to 8 values in colours and shapes of their own,
            numbers and times from dark to light. Left out, the groups that the state puts rows
            together in have colours and shapes, the 7 largest of their own. False: no colours at all.
        title: what the person reads above the points.

    Raises:
        DataError: a column is not there, or holds nothing to draw points by.
    """

    module = Path(__file__).with_suffix(".js")

    def __init__(
        self,
        table: Table | Any,
        state: LinkedState | None = None,
        x: str | None = None,
        y: str | None = None,
        color: str | Literal[False] | None = None,
        title: str = "Points",
    ) -> None:
        super().__init__(table, state, title, {"x": x, "y": y, "color": color})
        place_once_there(self)

    def checked(self, config: Any) -> dict[str, Any]:
        """Return what the points are drawn by, if it fits the table.

        An axis that is left out becomes the first column of numbers that the other is not, if there
        is one.
        """
        said = super().checked(config)
        numbers = [name for name, column in self.table.columns.items() if column.numeric]
        axes = two_axes(self.table, said, numbers, "Points", "of numbers")
        check_coloring(self.table, said.get("color"))
        return {**axes, "color": said.get("color")}


def check_coloring(table: Table, name: Any) -> None:
    """Raise DataError unless points can be coloured by this: None is the groups, False nothing."""
    if name is None or name is False:
        return
    column = table.columns.get(name) if isinstance(name, str) else None
    if column is None or not (column.charted or column.kind in ("datetime", "text")):
        raise DataError(f"Points cannot be coloured by {name!r:.100}: give one of numbers, times or values.")
