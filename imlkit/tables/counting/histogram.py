"""How the numbers of a column are distributed, counted by the table's own engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

from .bin_choice import fitting
from .bins import Bins
from .spread import spread

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Histogram", "histogram"]


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
    said = spread(table, column)
    if bins is None and said.finite:
        bins = fitting(said.low, said.high, count)
    counts = np.zeros(bins.count if bins else 0, np.int64)
    if bins is not None and said.finite:
        numbers = table.select(bin=bins.expression(table[column].cast("float64")))
        grouped = numbers.group_by("bin").agg(rows=ibis._.count()).to_pyarrow()
        for bin, rows in zip(
            grouped.column("bin").to_pylist(), grouped.column("rows").to_pylist(), strict=True
        ):
            if bin is not None:
                counts[bin] = rows
    return Histogram(
        bins=bins,
        counts=counts,
        nulls=said.nulls,
        nans=said.nans,
        minus_infinities=said.minus_infinities,
        infinities=said.infinities,
        outside=said.finite - int(counts.sum()),
    )
