"""Charts of one table that follow one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

from .bars import Bars, bars_of
from .bins import Bins
from .count_cube import CountCube
from .linked_state import LinkedState
from .predicate import All
from .predicate_expression import matching
from .table import Table

__all__ = ["CrossFilter"]


class CrossFilter:
    """Counts for charts that filter one another through a state.

    Each chart counts what meets the conditions on all other columns, so that it still shows what
    could be chosen in it.

    Args:
        table: the table.
        state: the state that the charts share.
        columns: the columns to chart; those of a kind that can be if left out.
        most: how many bins, or how many values, a chart has.

    Attributes:
        bars: the bars of each column's chart, by column.
        totals: how many rows are in each bar without any filter, int64 of shape (bars,), by column.

    Raises:
        DataError: there is no such column.
    """

    def __init__(
        self, table: Table, state: LinkedState, columns: Sequence[str] | None = None, most: int = 20
    ) -> None:
        self.table = table
        self.state = state
        if columns is None:
            columns = [name for name, column in table.columns.items() if column.charted]
        self.bars: dict[str, Bars] = {
            name: bars_of(table.expression, name, most) for name in dict.fromkeys(columns)
        }
        self.totals = {name: bars.counts(table.expression) for name, bars in self.bars.items()}

    def counts(self) -> dict[str, npt.NDArray[np.int64]]:
        """Return how many of the rows shown are in each bar, int64 of shape (bars,), by column."""
        filters = self.state.filters.value
        return {
            name: self.totals[name]
            if all(part.columns == {name} for part in filters.parts)
            else bars.counts(matching(self.table.expression, self.state.filters_without(name)))
            for name, bars in self.bars.items()
        }

    def brush(self, column: str, positions: int = 200) -> tuple[Bins, CountCube]:
        """Return what a brush over a chart of numbers needs to move without asking again.

        Args:
            column: the chart's column.
            positions: of how many positions the brush has.

        Returns:
            The positions as bins, and the counts of all other charts, in the order of ``bars``, for
            every range of them.

        Raises:
            DataError: it is no chart of numbers.
        """
        bars = self.bars.get(column)
        if bars is None or bars.bins is None:
            raise DataError(f"“{column}” is no chart of numbers here: only those can be brushed.")
        active = Bins(bars.bins.low, bars.bins.high, positions)
        return active, CountCube(
            [self._table(column, active, other) for name, other in self.bars.items() if name != column]
        )

    def _table(self, column: str, active: Bins, other: Bars) -> npt.NDArray[np.int64]:
        import ibis

        left = [
            part
            for part in self.state.filters.value.parts
            if part.columns not in (frozenset({column}), frozenset({other.column}))
        ]
        rows = matching(self.table.expression, All(tuple(left)))
        found = (
            rows.select(here=active.expression(rows[column]), there=other.expression(rows))
            .filter(ibis._.here.notnull(), ibis._.there.notnull())
            .group_by("here", "there")
            .agg(rows=ibis._.count())
            .to_pyarrow()
        )
        counts = np.zeros((active.count, len(other)), np.int64)
        here, there = (found.column(name).to_numpy() for name in ("here", "there"))
        counts[here, there] = found.column("rows").to_numpy()
        return counts
