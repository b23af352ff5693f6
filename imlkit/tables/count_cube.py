"""Counts of every brush there can be, made before anyone brushes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

__all__ = ["Binned", "CountCube"]

CHUNK = 1 << 18
"""Rows counted at a time: few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Binned:
    """The bin of each row in a chart.

    Attributes:
        bins: unsigned integers of shape (n,), below ``count``.
        count: how many bins there are.
        rows: which rows count, bool of shape (n,): those that meet the filters on other charts. All
            of them if None.
    """

    bins: npt.NDArray[np.unsignedinteger[Any]]
    count: int
    rows: npt.NDArray[np.bool_] | None = None


class CountCube:
    """For every range of bins of one chart, how many of its rows are in each bin of the others.

    A brush is then a difference of two rows of a table, whatever the number of instances
    (Moritz, Howe and Heer, Falcon: Balancing Interactive Latency and Resolution Sensitivity for
    Scalable Linked Visualizations, 2019).

    Args:
        tables: for each chart that follows, how many rows are in each bin of the brushed one and
            its own: int64 of shape (active bins, bins).

    Attributes:
        sums: for each of them, int64 of shape (active bins + 1, bins): how many of the rows before
            each active bin.
    """

    def __init__(self, tables: Sequence[npt.NDArray[np.int64]]) -> None:
        self.sums = [_summed(table) for table in tables]

    @classmethod
    def of_rows(cls, active: Binned, passive: Sequence[Binned]) -> CountCube:
        """Count rows that are here.

        Args:
            active: the chart that is brushed, in as fine bins as the brush has positions.
            passive: the charts that follow.

        Raises:
            DataError: the charts are not of equally many rows.
        """
        lengths = {len(chart.bins) for chart in (active, *passive)}
        lengths |= {len(chart.rows) for chart in (active, *passive) if chart.rows is not None}
        if len(lengths) > 1:
            raise DataError(f"The charts have {sorted(lengths)} rows: give those of one table.")
        tables = [np.zeros(active.count * chart.count, np.int64) for chart in passive]
        places = np.empty(min(CHUNK, len(active.bins)), np.int64)
        for start in range(0, len(active.bins), CHUNK):
            part = slice(start, start + CHUNK)
            brushed = active.bins[part]
            place = places[: len(brushed)]
            for table, chart in zip(tables, passive, strict=True):
                np.multiply(brushed, chart.count, out=place, dtype=np.int64)
                place += chart.bins[part]
                kept = _both(active.rows, chart.rows, part)
                table += np.bincount(place if kept is None else place[kept], minlength=len(table))
        return cls(
            [table.reshape(active.count, chart.count) for table, chart in zip(tables, passive, strict=True)]
        )

    def counts(self, low: int, high: int) -> list[npt.NDArray[np.int64]]:
        """Return the counts of each passive chart for the active bins from ``low`` to below ``high``."""
        return [sums[high] - sums[low] for sums in self.sums]


def _both(
    one: npt.NDArray[np.bool_] | None, other: npt.NDArray[np.bool_] | None, part: slice
) -> npt.NDArray[np.bool_] | None:
    if one is None or other is None:
        given = one if other is None else other
        return None if given is None else given[part]
    return one[part] & other[part]


def _summed(table: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    sums = np.zeros((len(table) + 1, table.shape[1]), np.int64)
    np.cumsum(table, axis=0, out=sums[1:])
    return sums
