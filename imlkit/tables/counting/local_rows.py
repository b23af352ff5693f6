"""The columns of a table as charts need them, in memory, all in one order of its rows."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..predicates.predicate import Predicate
from ..predicates.predicate_expression import expressed
from ..sources.narrowing import Narrow
from .bar_numbers import bar_numbers
from .bars import Bars
from .recent import Recent
from .spread import Spread

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["LocalRows", "RowsChangedError", "in_order"]

MOST_KEPT = 1 << 29
"""The most bytes of bars and conditions that are kept."""
ABREAST = 8
"""The most columns that are read at once."""
BATCH = 1 << 17
"""Rows that are read at a time."""
IN_ORDER = ("PROJECTION", "FILTER", "STREAMING_WINDOW")
"""What DuckDB does with rows one after another."""


class RowsChangedError(Exception):
    """There are more or fewer rows than there were."""


class LocalRows:
    """What charts need of the rows of a table on an embedded DuckDB, all in one order.

    It reads them once and keeps it: the bars that each row is in, and the conditions that it meets.

    Args:
        narrow: gives the rows with some columns.
        id: the name of its column of ids.
        turn: held while the engine is asked.

    Attributes:
        count: how many rows there are.
    """

    def __init__(self, narrow: Narrow, id: str, turn: Any) -> None:
        self._narrow = narrow
        self._id = id
        self._turn = turn
        self._kept = Recent(MOST_KEPT)
        with turn:
            self.count = int(narrow([]).count().to_pyarrow().as_py())
            self._as_they_come = in_order(narrow([]))

    def bars(self, charts: Sequence[Bars]) -> list[npt.NDArray[np.unsignedinteger[Any]]]:
        """Return the bar of each row in some charts, each of shape (rows,); ``len(chart)`` for none."""
        found = {chart: self._kept.get(chart) for chart in charts}
        if any(numbers is None for numbers in found.values()):
            # Another thread may have fetched them while this one waited.
            with self._turn:
                found = {chart: self._kept.get(chart) for chart in charts}
                missing = [chart for chart, numbers in found.items() if numbers is None]
                for start in range(0, len(missing), ABREAST):
                    found |= self._fetched(missing[start : start + ABREAST])
        return [found[chart] for chart in charts]  # type: ignore[misc]

    def met(self, condition: Predicate) -> npt.NDArray[np.bool_]:
        """Return which rows meet a condition, bool of shape (rows,)."""
        found = self._kept.get(condition)
        if found is None:
            with self._turn:
                found = self._kept.get(condition)
                if found is None:
                    import ibis

                    rows = self._with(condition.columns)
                    # As numbers, because Arrow packs truth values.
                    met = ibis.coalesce(expressed(rows, condition), ibis.literal(False)).cast("uint8")
                    found = np.empty(self.count, np.bool_)
                    for part, batch in self._read({"met": met}, rows):
                        found[part] = batch.column("met").to_numpy()
                    self._kept.put(condition, found)
        return found

    def numbers(self, column: str) -> Iterator[tuple[slice, npt.NDArray[np.float64]]]:
        """Return the numbers of a column with their places, NaN where there is none, a batch at a time."""
        import pyarrow.compute as pc

        rows = self._with([column])
        with self._turn:
            for part, batch in self._read({"number": rows[column].cast("float64")}, rows):
                yield part, pc.fill_null(batch.column("number"), np.nan).to_numpy()

    def spread(self, column: str) -> Spread:
        """Return from where to where the numbers of a column go."""
        rows = self._with([column])
        low, high = math.inf, -math.inf
        finite = nulls = nans = minus = plus = 0
        with self._turn:
            for _, batch in self._read({"number": rows[column].cast("float64")}, rows):
                nulls += batch.column("number").null_count
                values = batch.column("number").drop_null().to_numpy()
                if len(values) and not (math.isfinite(values.min()) and math.isfinite(values.max())):
                    nans += int(np.isnan(values).sum())
                    minus += int(np.isneginf(values).sum())
                    plus += int(np.isposinf(values).sum())
                    values = values[np.isfinite(values)]
                if len(values):
                    finite += len(values)
                    low, high = min(low, float(values.min())), max(high, float(values.max()))
        return Spread(low, high, finite, nulls, nans, minus, plus)

    def _fetched(self, charts: Sequence[Bars]) -> dict[Bars, npt.NDArray[Any]]:
        rows = self._with(chart.column for chart in charts)
        sources = {f"{chart.type} {chart.column}": chart.source(rows) for chart in charts}
        names = {name: f"c{n}" for n, name in enumerate(sources)}
        found = {chart: np.empty(self.count, np.min_scalar_type(len(chart))) for chart in charts}
        for part, batch in self._read({names[name]: source for name, source in sources.items()}, rows):
            for chart, numbers in found.items():
                values = batch.column(names[f"{chart.type} {chart.column}"])
                numbers[part] = bar_numbers(chart, values)
        for chart, numbers in found.items():
            self._kept.put(chart, numbers)
        return found

    def _read(self, columns: Mapping[str, Any], rows: ir.Table) -> Iterator[tuple[slice, Any]]:
        """Return columns with the places of their rows, a batch at a time."""
        asked = rows.select(**columns)
        if not self._as_they_come:
            asked = rows.select(**columns, order=rows[self._id]).order_by("order")
        backend = _backend(rows)
        backend._run_pre_execute_hooks(asked)  # tables in memory that are joined become known to DuckDB
        result = backend.con.execute(backend.compile(asked))
        # Named anew in DuckDB 1.5.
        read = getattr(result, "to_arrow_reader", None) or result.fetch_record_batch
        start = 0
        for batch in read(BATCH):
            part = slice(start, start + batch.num_rows)
            start = part.stop
            if start > self.count:
                break
            yield part, batch
        if start != self.count:
            raise RowsChangedError

    def _with(self, columns: Iterable[str]) -> ir.Table:
        return self._narrow(columns if self._as_they_come else [*columns, self._id])


def _backend(table: ir.Table) -> Any:
    return table._find_backend(use_default=True)


def in_order(table: ir.Table) -> bool:
    """Return whether DuckDB gives the rows of a table in the same order whatever is asked of each.

    It does where it reads them through; what it joins or groups comes in any order.
    """
    backend = _backend(table)
    backend._run_pre_execute_hooks(table)
    query = backend.compile(table)
    [(kept,)] = backend.con.execute("SELECT current_setting('preserve_insertion_order')").fetchall()
    [(_, plan)] = backend.con.execute(f"EXPLAIN (FORMAT json) {query}").fetchall()
    steps = json.loads(plan)
    while len(steps) == 1:
        name, steps = str(steps[0]["name"]).strip(), steps[0]["children"]
        read = not steps and (name.endswith("SCAN") or name.startswith("READ_"))
        if not read and name not in IN_ORDER:
            return False
    return bool(kept) and not steps
