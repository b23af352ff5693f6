"""Counting on the engine that a table lies on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..predicates.exact import exact
from ..predicates.predicate import All, Predicate
from ..predicates.predicate_expression import matching
from ..table import Table
from .bar_numbers import bar_numbers
from .bars import ABREAST, Bars
from .count_cube import CountCube
from .counting import EVERY, Counting, parts_without

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["EngineCounting"]

MANY = 1_000_000
"""Rows from which on an engine is asked for an estimate first."""
SAMPLE = 100_000
"""Of about how many rows an estimate is made."""


class EngineCounting(Counting):
    """Counts by what an engine groups, and fetches nothing but counts.

    Args:
        table: a table on any engine that Ibis speaks.
    """

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._all: int | None = None
        self._totals: dict[Bars, npt.NDArray[np.int64]] = {}

    def counts(
        self, charts: Sequence[Bars], filters: All, within: All = EVERY
    ) -> list[npt.NDArray[np.int64]]:
        self._refresh()
        return [
            self._counts(chart, (*within.parts, *parts_without(filters, chart.column))) for chart in charts
        ]

    @property
    def slow(self) -> bool:
        return self._rows() >= MANY

    def estimates(
        self, charts: Sequence[Bars], filters: All, within: All = EVERY
    ) -> tuple[list[npt.NDArray[np.float64]], float] | None:
        if not self.slow:
            return None
        share = SAMPLE / self._rows()
        found = []
        for chart in charts:
            parts = (*within.parts, *parts_without(filters, chart.column))
            rows = self._meeting(parts, chart.column, share=share)
            found.append(self._in_bars(chart, rows) / share)
        return found, share

    def means(self, charts: Sequence[Bars], of: str, filters: All) -> list[npt.NDArray[np.float64]]:
        self._check_numbers(of)
        return [self._means(chart, of, parts_without(filters, chart.column)) for chart in charts]

    def cube(
        self, active: Bars, positions: int, charts: Sequence[Bars], filters: All, within: All = EVERY
    ) -> CountCube:
        brushed = active.positions(positions)
        tables = [
            self._pairs(brushed, chart, (*within.parts, *parts_without(filters, active.column, chart.column)))
            for chart in charts
        ]
        return CountCube(np.zeros(0) if brushed.bins is None else brushed.bins.edges, tables)

    def pairs(self, x: Bars, y: Bars, filters: All) -> npt.NDArray[np.int64]:
        return self._pairs(x, y, filters.parts)

    def _counts(self, chart: Bars, parts: tuple[Predicate, ...]) -> npt.NDArray[np.int64]:
        with self._lock:
            if not parts and chart in self._totals:
                return self._totals[chart].copy()
            version = self._version
        counts = self._in_bars(chart, self._meeting(parts, chart.column))
        with self._lock:
            if not parts and version == self._version:
                self._totals[chart] = counts.copy()
        return counts

    def _in_bars(self, chart: Bars, rows: ir.Table) -> npt.NDArray[np.int64]:
        found = self._grouped(rows, {"bar": chart})
        counts = np.zeros(len(chart) + 1, np.int64)
        counts[found["bar"]] = found["rows"]
        return counts[:-1]

    def _means(self, chart: Bars, of: str, parts: tuple[Predicate, ...]) -> npt.NDArray[np.float64]:
        rows = self._meeting(parts, chart.column, of)
        number = _number(rows, of)
        # To engines NaN is greater than every number.
        rows = rows.filter((number > exact(-math.inf)) & (number < exact(math.inf)))
        number = _number(rows, of)
        found = self._grouped(rows, {"bar": chart}, number)
        means = np.full(len(chart) + 1, np.nan)
        means[found["bar"]] = found["mean"]
        return means[:-1]

    def _pairs(self, x: Bars, y: Bars, parts: tuple[Predicate, ...]) -> npt.NDArray[np.int64]:
        self._refresh()
        rows = self._meeting(parts, x.column, y.column)
        found = self._grouped(rows, {"x": x, "y": y})
        counts = np.zeros((len(x) + 1, len(y) + 1), np.int64)
        counts[found["x"], found["y"]] = found["rows"]
        return counts[:-1, :-1]

    def _meeting(self, parts: tuple[Predicate, ...], *columns: str, share: float | None = None) -> ir.Table:
        filters = All(parts)
        rows = self.table.narrow([*columns, *filters.columns])
        return matching(rows if share is None else rows.sample(share), filters)

    def _grouped(self, rows: ir.Table, charts: dict[str, Bars], number: Any = None) -> dict[str, Any]:
        """Return arrays: the bars of groups of rows by name, how many rows they are, a number's mean."""
        import ibis

        keys: dict[str, Any] = {}
        for name, chart in charts.items():
            keys |= _keys(name, chart, rows)
        columns = keys if number is None else {**keys, "number": number}
        measures = {"rows": ibis._.count()} | ({} if number is None else {"mean": ibis._.number.mean()})
        grouped = rows.select(**columns).group_by(list(keys)).agg(**measures)
        with self.table.turn:
            found = grouped.to_pyarrow().combine_chunks()
        return {name: _bars(name, chart, found) for name, chart in charts.items()} | {
            name: found.column(name).to_numpy() for name in measures
        }

    def _rows(self) -> int:
        # Told once: on a large engine counting all of them takes as long as what is estimated.
        self._refresh()
        if self._all is None:
            self._all = self.table.count()
        return self._all

    def _drop(self) -> None:
        with self._lock:
            self._totals.clear()
            self._all = None


def _number(rows: ir.Table, column: str) -> Any:
    # By way of int32, because some engines make no float of a truth value.
    return (rows[column].cast("int32") if rows[column].type().is_boolean() else rows[column]).cast("float64")


def _keys(name: str, chart: Bars, rows: ir.Table) -> dict[str, Any]:
    """Return what to group rows by to have them by the bars of a chart."""
    import ibis

    if len(chart.values) <= ABREAST:
        return {name: chart.expression(rows)}
    # Engines find a value among many in a table, but compare it with one after another to number it.
    column = chart.source(rows)
    named = column.isin([exact(value) if isinstance(value, float) else value for value in chart.values])
    return {
        name: ibis.ifelse(named, column, ibis.null(column.type())),
        f"{name} missing": column.isnull(),
    }


def _bars(name: str, chart: Bars, found: Any) -> npt.NDArray[Any]:
    import pyarrow.compute as pc

    values = found.column(name)
    if len(chart.values) <= ABREAST:
        bars: npt.NDArray[Any] = pc.fill_null(values, -1).to_numpy()
        return bars
    bars = bar_numbers(chart, values)
    missing = found.column(f"{name} missing").to_numpy()
    bars[values.is_null().to_numpy() & ~missing] = chart.place("others")
    return bars
