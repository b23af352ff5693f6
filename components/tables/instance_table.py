"""The rows and columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from imlkit.errors import DataError
from imlkit.tables.linked.linked_component import LinkedComponent
from imlkit.tables.linked_state import LinkedState
from imlkit.tables.table import Table

__all__ = ["InstanceTable"]


class InstanceTable(LinkedComponent):
    """The rows that the state's filters leave, in its order, with their values.

    However many rows and columns there are, only those in sight are asked for. A click on a
    heading sorts, with shift by several columns; a click on a row selects it, with shift or
    control several; Enter shows a row in full.

    Args:
        table: the table, or whatever a :class:`~imlkit.tables.Table` can be made of.
        state: what is shown, sorted and selected, shared with other components.
        columns: which columns to show, in which order; if left out the table's, the first 200.
        title: what the person reads above the rows.

    Raises:
        DataError: there is no such column.
    """

    module = Path(__file__).with_suffix(".js")

    def __init__(
        self,
        table: Table | Any,
        state: LinkedState | None = None,
        columns: Sequence[str] | None = None,
        title: str = "Table",
    ) -> None:
        super().__init__(table, state, title, {"columns": columns})

    def checked(self, config: Any) -> dict[str, Any]:
        """Return what the view is given, if it fits the table."""
        columns = super().checked(config).get("columns")
        if columns is None:
            return {"columns": None}
        if isinstance(columns, str) or not isinstance(columns, Sequence) or not columns:
            raise DataError(f"{columns!r:.100} are no columns to show: give a list of names, or None.")
        for name in columns:
            if not isinstance(name, str) or name not in self.table.columns:
                raise DataError(f"There is no column {name!r:.100} to show: give names of the table's.")
        return {"columns": list(dict.fromkeys(columns))}
