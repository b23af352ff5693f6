"""A chart for each column of a table; each filters the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from imlkit.errors import DataError
from imlkit.tables.linked.linked_component import LinkedComponent
from imlkit.tables.linked_state import LinkedState
from imlkit.tables.table import Table

__all__ = ["SummaryCharts"]

Divided = Literal["stacked", "shares"]


class SummaryCharts(LinkedComponent):
    """How the columns of a table are distributed, before and after filtering.

    Numbers and times are brushed, values are clicked; all other charts follow while the brush
    moves (by count cubes, see :class:`imlkit.tables.counting.count_cube.CountCube`), and everything linked
    follows once it rests. Behind each chart stays how the column is distributed without filters.
    Where the state has groups, each bar is divided into the seven largest of them and all others; what
    a click or a brush chooses is filtered to, or selected.

    Args:
        table: the table, or whatever a :class:`~imlkit.tables.Table` can be made of.
        state: what is filtered, shared with other components.
        columns: the columns to chart; all of numbers, times, categories and texts if left out.
        mean: a column of numbers whose mean colours the bars while the rows are in no groups.
        title: what the person reads above the charts.
        divided: how bars are divided into groups: ``"stacked"``, each as long as it has rows, or
            ``"shares"``, all of the same length.
    """

    module = Path(__file__).with_suffix(".js")

    def __init__(
        self,
        table: Table | Any,
        state: LinkedState | None = None,
        columns: Sequence[str] | None = None,
        mean: str | None = None,
        title: str = "Columns",
        divided: Divided = "stacked",
    ) -> None:
        super().__init__(table, state, title, {"columns": columns, "mean": mean, "divided": divided})

    def checked(self, config: Any) -> dict[str, Any]:
        """Return what the charts are given, if it fits the table."""
        said = super().checked(config)
        names: Mapping[str, Any] = self.table.columns
        columns, mean = said.get("columns"), said.get("mean")
        for name in [*(columns or ()), *([] if mean is None else [mean])]:
            if name not in names:
                raise DataError(
                    f"There is no column {name!r} to chart: the table has {', '.join(names):.300}."
                )
        divided = said.get("divided", "stacked")
        if divided not in get_args(Divided):
            raise DataError(f"{divided!r} is no way to divide bars: it is “stacked” or “shares”.")
        return {"columns": None if columns is None else list(columns), "mean": mean, "divided": divided}
