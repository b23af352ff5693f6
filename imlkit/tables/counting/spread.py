"""From where to where the numbers or times of a column go, told by the table's own engine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..predicates.exact import exact
from ..predicates.moments import GREATEST, LEAST, clock_of, microseconds

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Spread", "spread"]


@dataclass(frozen=True)
class Spread:
    """From where to where numbers or times go, and how many rows have none that is finite.

    Attributes:
        low: the least finite number; of times in milliseconds since 1970 UTC.
        high: the greatest.
        finite: how many rows have a finite number.
        nulls: rows without a value.
        nans: rows with NaN.
        minus_infinities: rows with -∞.
        infinities: rows with +∞.
    """

    low: float
    high: float
    finite: int
    nulls: int
    nans: int = 0
    minus_infinities: int = 0
    infinities: int = 0


def spread(table: ir.Table, column: str) -> Spread:
    """Return from where to where the numbers or times of a column go.

    Args:
        table: an Ibis table.
        column: the column's name.
    """
    if clock_of(table[column].type()) is not None:
        return _spread_of_times(table, column)
    import ibis

    values = table[column].cast("float64")
    # To engines NaN is greater than every number.
    finite = (values > exact(-math.inf)) & (values < exact(math.inf))
    rows = table.select(value=values, number=ibis.ifelse(finite, values, ibis.null("float64")))
    found = rows.aggregate(
        rows=rows.count(),
        named=rows.value.count(),
        finite=rows.number.count(),
        low=rows.number.min(),
        high=rows.number.max(),
    ).to_pyarrow()
    said = {name: found.column(name)[0].as_py() or 0 for name in found.column_names}
    infinite = {"minus": 0, "plus": 0}
    if said["named"] > said["finite"]:
        found = rows.aggregate(
            minus=(rows.value == exact(-math.inf)).sum(), plus=(rows.value == exact(math.inf)).sum()
        ).to_pyarrow()
        infinite = {name: int(found.column(name)[0].as_py() or 0) for name in infinite}
    return Spread(
        low=said["low"],
        high=said["high"],
        finite=said["finite"],
        nulls=said["rows"] - said["named"],
        nans=said["named"] - said["finite"] - sum(infinite.values()),
        minus_infinities=infinite["minus"],
        infinities=infinite["plus"],
    )


def _spread_of_times(table: ir.Table, column: str) -> Spread:
    times = table[column]
    found = table.aggregate(
        rows=table.count(), named=times.count(), low=times.min(), high=times.max()
    ).to_pyarrow()
    rows, named = (found.column(name)[0].as_py() for name in ("rows", "named"))
    low, high = (found.column(name).combine_chunks() for name in ("low", "high"))
    least = int(microseconds(low)[0])
    # One microsecond more holds the parts of one that are left out.
    greatest = int(microseconds(high)[0]) + (getattr(high.type, "unit", "us") == "ns" and named > 0)
    return Spread(
        low=max(least, LEAST) / 1000.0,
        high=min(greatest, GREATEST) / 1000.0,
        finite=named,
        nulls=rows - named,
    )
