"""Counting in memory, for tables on an embedded DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

from ..predicates.predicate import All, Predicate
from ..sources.numbering import unnumbered
from ..table import Table
from .bars import Bars, bars_over
from .count_cube import Binned, CountCube, joint_counts
from .counting import EVERY, Counting, parts_without
from .local_rows import LocalRows, RowsChangedError, in_order

__all__ = ["LocalCounting"]

Result = TypeVar("Result")
Mask = npt.NDArray[np.bool_]


class LocalCounting(Counting):
    """Counts a table's rows in memory, where the bar of each row and the conditions it meets are kept.

    A row takes a byte for each chart of up to 255 bars.

    Args:
        table: a table on an embedded DuckDB.
    """

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._rows: LocalRows | None = None
        self._totals: dict[Bars, npt.NDArray[np.int64]] = {}

    @staticmethod
    def fits(table: Table, most: int) -> bool:
        """Return whether a table's rows can be counted in memory.

        Args:
            table: the table.
            most: how many rows that may be.
        """
        expression = table.expression
        with table.turn:
            if expression._find_backend(use_default=True).name != "duckdb":
                return False
            # Rows that are numbered as they come have no other order.
            named = unnumbered(expression) is expression
            rows = int(table.narrow([]).count().to_pyarrow().as_py())
            return rows <= most and (named or in_order(table.narrow([])))

    def _bars_of(self, table: Table, column: str, most: int) -> Bars:
        kind = table.expression[column].type()
        if table.columns[column].kind == "nominal" or kind.is_boolean() or not kind.is_numeric():
            return super()._bars_of(table, column, most)
        found = self._of_rows(lambda rows: rows.spread(column))
        return bars_over(column, found, most, whole=kind.is_integer())

    def counts(
        self, charts: Sequence[Bars], filters: All, within: All = EVERY
    ) -> list[npt.NDArray[np.int64]]:
        return self._of_rows(lambda rows: self._counts(rows, charts, filters, within))

    def means(self, charts: Sequence[Bars], of: str, filters: All) -> list[npt.NDArray[np.float64]]:
        self._check_numbers(of)
        return self._of_rows(lambda rows: self._means(rows, charts, of, filters))

    def cube(
        self, active: Bars, positions: int, charts: Sequence[Bars], filters: All, within: All = EVERY
    ) -> CountCube:
        brushed = active.positions(positions)
        return self._of_rows(lambda rows: self._cube(rows, brushed, charts, filters, within))

    def pairs(self, x: Bars, y: Bars, filters: All) -> npt.NDArray[np.int64]:
        def counted(rows: LocalRows) -> npt.NDArray[np.int64]:
            of_x, of_y = rows.bars([x, y])
            met = _Met(rows)(filters.parts)
            return joint_counts(Binned(of_x, len(x), met), Binned(of_y, len(y)))

        return self._of_rows(counted)

    def _counts(
        self, rows: LocalRows, charts: Sequence[Bars], filters: All, within: All
    ) -> list[npt.NDArray[np.int64]]:
        met = _Met(rows)
        found = []
        for chart, numbers in zip(charts, rows.bars(charts), strict=True):
            parts = (*within.parts, *parts_without(filters, chart.column))
            if not parts:
                found.append(self._total(rows, chart, numbers))
            else:
                met_here = Binned(met(parts).view(np.uint8), 2)  # type: ignore[union-attr]
                found.append(joint_counts(met_here, Binned(numbers, len(chart)))[1])
        return found

    def _total(
        self, rows: LocalRows, chart: Bars, numbers: npt.NDArray[np.unsignedinteger]
    ) -> npt.NDArray[np.int64]:
        with self._lock:
            if rows is self._rows and chart in self._totals:
                return self._totals[chart].copy()
        everywhere = Binned(np.broadcast_to(np.uint8(0), len(numbers)), 1)
        total: npt.NDArray[np.int64] = joint_counts(everywhere, Binned(numbers, len(chart)))[0]
        with self._lock:
            if rows is self._rows:
                self._totals[chart] = total.copy()
        return total

    def _means(
        self, rows: LocalRows, charts: Sequence[Bars], of: str, filters: All
    ) -> list[npt.NDArray[np.float64]]:
        numbers = rows.bars(charts)
        met = _Met(rows)
        masks = [met(parts_without(filters, chart.column)) for chart in charts]
        sums = [np.zeros(len(chart) + 1) for chart in charts]
        counts = [np.zeros(len(chart) + 1, np.int64) for chart in charts]
        for part, values in rows.numbers(of):
            finite = np.isfinite(values)
            for n, mask in enumerate(masks):
                kept = finite if mask is None else finite & mask[part]
                bars = numbers[n][part][kept]
                sums[n] += np.bincount(bars, values[kept], len(sums[n]))
                counts[n] += np.bincount(bars, minlength=len(sums[n]))
        with np.errstate(invalid="ignore"):
            return [(total / count)[:-1] for total, count in zip(sums, counts, strict=True)]

    def _cube(
        self, rows: LocalRows, brushed: Bars, charts: Sequence[Bars], filters: All, within: All
    ) -> CountCube:
        at, *numbers = rows.bars([brushed, *charts])
        met = _Met(rows)
        tables = []
        for chart, of_chart in zip(charts, numbers, strict=True):
            mask = met((*within.parts, *parts_without(filters, brushed.column, chart.column)))
            tables.append(joint_counts(Binned(at, len(brushed), mask), Binned(of_chart, len(chart))))
        return CountCube(np.zeros(0) if brushed.bins is None else brushed.bins.edges, tables)

    def _of_rows(self, count: Callable[[LocalRows], Result]) -> Result:
        self._refresh()
        try:
            return count(self._held())
        except RowsChangedError:
            self._drop()
        try:
            return count(self._held())
        except RowsChangedError as error:
            raise DataError("The table's rows change while they are counted: ask again.") from error

    def _held(self) -> LocalRows:
        with self._lock:
            if self._rows is None:
                table = self.table
                self._rows = LocalRows(table.narrow, table.id, table.turn)
            return self._rows

    def _drop(self) -> None:
        with self._lock:
            self._rows = None
            self._totals.clear()


class _Met:
    """Which rows meet several conditions, the last of them remembered: most charts ask for the same."""

    def __init__(self, rows: LocalRows) -> None:
        self._rows = rows
        self._parts: tuple[Predicate, ...] = ()
        self._mask: Mask | None = None

    def __call__(self, parts: tuple[Predicate, ...]) -> Mask | None:
        if not parts:
            return None
        if parts != self._parts:
            mask = self._rows.met(parts[0])
            for part in parts[1:]:
                mask = mask & self._rows.met(part)
            self._parts, self._mask = parts, mask
        return self._mask
