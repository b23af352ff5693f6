"""How many rows are in the bars of charts."""

from __future__ import annotations

import threading
import weakref
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

from ..predicates.predicate import All, Predicate
from ..table import Table
from .bars import Bars, bars_of
from .count_cube import CountCube

__all__ = ["EVERY", "Counting", "parts_without"]

MOST_LOCAL = 50_000_000
"""The most rows that are counted in memory."""
MOST_CHARTS = 4_096
"""Of how many charts the bars are kept."""

EVERY = All()
"""What every row meets."""

_of_tables: weakref.WeakKeyDictionary[Table, Counting] = weakref.WeakKeyDictionary()
_choosing = threading.Lock()


class Counting(ABC):
    """Counts the rows of a table in the bars of charts, under any filters.

    It may be asked by several threads. What it keeps it drops when the table's version rises.

    Args:
        table: the table.
    """

    def __init__(self, table: Table) -> None:
        self._table = weakref.ref(table)
        self._bars: OrderedDict[tuple[str, int], Bars] = OrderedDict()
        self._version = table.version.value
        self._lock = threading.RLock()

    @staticmethod
    def of(table: Table) -> Counting:
        """Return what counts a table's rows, the same at each call.

        In memory where the table lies on an embedded DuckDB and is not too large, else on its engine.
        """
        from .engine_counting import EngineCounting
        from .local_counting import LocalCounting

        with _choosing:
            if table not in _of_tables:
                local = LocalCounting.fits(table, MOST_LOCAL)
                _of_tables[table] = LocalCounting(table) if local else EngineCounting(table)
            return _of_tables[table]

    @property
    def table(self) -> Table:
        """The table. Raises DataError where nobody holds it any more."""
        table = self._table()
        if table is None:
            raise DataError("The table is gone: open it again.")
        return table

    def bars(self, column: str, most: int = 20) -> Bars:
        """Return the bars of a column's chart, which show every row.

        Args:
            column: the column's name.
            most: how many bins, or how many values; the others share a bar.

        Raises:
            DataError: there is no such column, or it holds what no chart is made of.
        """
        self._refresh()
        with self._lock:
            if (column, most) in self._bars:
                self._bars.move_to_end((column, most))
                return self._bars[column, most]
            version = self._version
        table = self.table
        if column not in table.expression.columns:
            raise DataError(f"There is no column “{column}” to make a chart of.")
        with table.turn:
            bars = self._bars_of(table, column, most)
        with self._lock:
            if version != self._version:
                return bars
            self._bars[column, most] = bars
            if len(self._bars) > MOST_CHARTS:
                self._bars.popitem(last=False)
        return bars

    def _bars_of(self, table: Table, column: str, most: int) -> Bars:
        by_value = table.columns[column].kind == "nominal"
        return bars_of(table.narrow([column]), column, most, by_value)

    @abstractmethod
    def counts(
        self, charts: Sequence[Bars], filters: All, within: All = EVERY
    ) -> list[npt.NDArray[np.int64]]:
        """Return how many of the rows shown are in each bar of some charts.

        Each chart counts what meets the conditions but those on exactly its own column, so that it
        still shows what could be chosen in it.

        Args:
            charts: the charts' bars.
            filters: what the rows shown meet.
            within: the group of rows that is counted: what they meet in every chart.

        Returns:
            For each chart int64 of shape (bars,).

        Raises:
            DataError: the filters do not fit the columns.
        """

    @property
    def slow(self) -> bool:
        """Whether an estimate comes so much sooner than counts that it is worth showing first."""
        return False

    def estimates(
        self, charts: Sequence[Bars], filters: All, within: All = EVERY
    ) -> tuple[list[npt.NDArray[np.float64]], float] | None:
        """Return about how many of the rows shown are in each bar, sooner than :meth:`counts` tells.

        Args:
            charts: the charts' bars.
            filters: as in :meth:`counts`.
            within: as in :meth:`counts`.

        Returns:
            For each chart float64 of shape (bars,), and which share of the rows they were estimated
            from; None where counting all of them takes no longer.
        """
        return None

    @abstractmethod
    def means(self, charts: Sequence[Bars], of: str, filters: All) -> list[npt.NDArray[np.float64]]:
        """Return the mean of a column's finite numbers in each bar of some charts.

        Args:
            charts: the charts' bars.
            of: a column of numbers or truth values (whose mean is the share of those that are true).
            filters: as in :meth:`counts`.

        Returns:
            For each chart float64 of shape (bars,), NaN where a bar has no finite number.

        Raises:
            DataError: there is no such column of numbers, or the filters do not fit the columns.
        """

    @abstractmethod
    def cube(
        self, active: Bars, positions: int, charts: Sequence[Bars], filters: All, within: All = EVERY
    ) -> CountCube:
        """Return what a brush over one chart needs to move without asking again.

        Each chart counts what meets the conditions but those on exactly its own column, and but those
        on exactly the brushed one.

        Args:
            active: the bars of the chart that is brushed, of numbers or times.
            positions: of how many positions the brush has; of fewer where there are not so many
                different numbers.
            charts: the bars of the charts that follow.
            filters: what the rows shown meet.
            within: as in :meth:`counts`.

        Raises:
            DataError: the chart cannot be brushed, or the filters do not fit the columns.
        """

    @abstractmethod
    def pairs(self, x: Bars, y: Bars, filters: All) -> npt.NDArray[np.int64]:
        """Return how many of the rows shown are in each bar of one chart and each bar of another.

        Args:
            x: the bars of one chart.
            y: the bars of the other.
            filters: what the rows meet, all conditions included.

        Returns:
            int64 of shape (bars of x, bars of y).

        Raises:
            DataError: the filters do not fit the columns.
        """

    def _refresh(self) -> None:
        """Drop what was kept of an earlier version of the table."""
        with self._lock:
            version = self.table.version.value
            if version != self._version:
                self._version = version
                self._bars.clear()
                self._drop()

    @abstractmethod
    def _drop(self) -> None:
        """Drop what was counted."""

    def _check_numbers(self, column: str) -> None:
        table = self.table.expression
        kind = table[column].type() if column in table.columns else None
        if kind is None or not (kind.is_numeric() or kind.is_boolean()):
            raise DataError(f"There is no column “{column}” of numbers to take the mean of.")


def parts_without(filters: All, *columns: str) -> tuple[Predicate, ...]:
    """Return the conditions of filters but those that are on exactly one of some columns."""
    left_out = [frozenset({column}) for column in columns]
    return tuple(part for part in filters.parts if part.columns not in left_out)
