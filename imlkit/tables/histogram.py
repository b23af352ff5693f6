"""How the values of a column are distributed, counted by the table's own engine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

from .bins import Bins
from .exact import exact

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Histogram", "ValueCounts", "histogram", "value_counts"]


@dataclass(frozen=True)
class Histogram:
    """Counts of numbers in bins, and of what is in none.

    Attributes:
        bins: the bins; None where there is no finite number.
        counts: how many rows in each, int64 of shape (bins,).
        nulls: rows without a value.
        nans: rows with NaN.
        minus_infinities: rows with -∞.
        infinities: rows with +∞.
        outside: rows with a finite number outside the bins that were asked for.
    """

    bins: Bins | None
    counts: npt.NDArray[np.int64]
    nulls: int
    nans: int
    minus_infinities: int
    infinities: int
    outside: int


@dataclass(frozen=True)
class ValueCounts:
    """How often each value is there.

    Attributes:
        values: the most frequent values, the first the most frequent; equally frequent ones by value.
        counts: how many rows have each.
        others: rows with another value.
        distinct: how many values there are.
        nulls: rows without a value.
    """

    values: tuple[Any, ...]
    counts: tuple[int, ...]
    others: int
    distinct: int
    nulls: int


def histogram(table: ir.Table, column: str, count: int = 20, bins: Bins | None = None) -> Histogram:
    """Return the histogram of a column of numbers, by the rule of :func:`numpy.histogram`.

    Args:
        table: an Ibis table.
        column: the column's name.
        count: how many bins from the least to the greatest finite number; fewer where there are not
            so many different numbers between them.
        bins: other bins to count in.

    Raises:
        DataError: there is no such column of numbers.
    """
    import ibis

    if column not in table.columns or not table[column].type().is_numeric():
        raise DataError(f"There is no column “{column}” of numbers to count in bins.")
    values = table[column].cast("float64")
    finite = values.notnull() & ~values.isnan() & (values < exact(math.inf)) & (values > exact(-math.inf))
    found = table.aggregate(
        rows=table.count(),
        finite=finite.sum(),
        low=values.min(where=finite),
        high=values.max(where=finite),
        nulls=values.isnull().sum(),
        nans=values.isnan().sum(),
        minus=(values == exact(-math.inf)).sum(),
        plus=(values == exact(math.inf)).sum(),
    ).to_pyarrow()
    said = {name: found.column(name)[0].as_py() or 0 for name in found.column_names}
    if bins is None and said["finite"]:
        bins = _fitting(said["low"], said["high"], count)
    counts = np.zeros(bins.count if bins else 0, np.int64)
    if bins is not None and said["finite"]:
        grouped = (
            table.select(bin=bins.expression(values)).group_by("bin").agg(rows=ibis._.count()).to_pyarrow()
        )
        for bin, rows in zip(
            grouped.column("bin").to_pylist(), grouped.column("rows").to_pylist(), strict=True
        ):
            if bin is not None:
                counts[bin] = rows
    return Histogram(
        bins=bins,
        counts=counts,
        nulls=said["nulls"],
        nans=said["nans"],
        minus_infinities=said["minus"],
        infinities=said["plus"],
        outside=said["finite"] - int(counts.sum()),
    )


def value_counts(table: ir.Table, column: str, most: int = 20) -> ValueCounts:
    """Return how often the values of a column are there.

    Args:
        table: an Ibis table.
        column: the column's name.
        most: of how many values to tell; however many there are, no more are read.

    Raises:
        DataError: there is no such column.
    """
    import ibis

    if column not in table.columns:
        raise DataError(f"There is no column “{column}” to count the values of.")
    grouped = table.select(value=table[column]).group_by("value").agg(rows=ibis._.count())
    named = grouped.filter(grouped.value.notnull())
    top = named.order_by(ibis.desc("rows"), "value").limit(most).to_pyarrow()
    totals = grouped.aggregate(
        distinct=grouped.value.count(),
        named=grouped.rows.sum(where=grouped.value.notnull()),
        nulls=grouped.rows.sum(where=grouped.value.isnull()),
    ).to_pyarrow()
    distinct, counted, nulls = (
        totals.column(name)[0].as_py() or 0 for name in ("distinct", "named", "nulls")
    )
    counts = tuple(top.column("rows").to_pylist())
    return ValueCounts(
        values=tuple(top.column("value").to_pylist()),
        counts=counts,
        others=counted - sum(counts),
        distinct=distinct,
        nulls=nulls,
    )


def _fitting(low: float, high: float, count: int) -> Bins:
    while True:
        try:
            return Bins(low, high, count)
        except DataError:
            if count == 1:
                raise
            count = max(1, count // 2)
