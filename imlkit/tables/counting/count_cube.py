"""Counts of every brush there can be, made before anyone brushes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

__all__ = ["Binned", "CountCube", "joint_counts"]

CHUNK = 1 << 17
"""Rows counted at a time: few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Binned:
    """The bin of each row in a chart.

    Attributes:
        bins: unsigned integers of shape (n,): below ``count``, or ``count`` for a row in none.
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
        edges: the edges of the brushed chart's bins, float64 of shape (active bins + 1,); none without bins.
        tables: for each chart that follows, how many rows are in each bin of the brushed one and
            its own: int64 of shape (active bins, bins).

    Attributes:
        edges: as given.
        sums: for each of them, int64 of shape (active bins + 1, bins): how many of the rows before
            each active bin.
    """

    def __init__(self, edges: npt.NDArray[np.float64], tables: Sequence[npt.NDArray[np.int64]]) -> None:
        self.edges = edges
        self.sums = [_summed(table) for table in tables]

    def counts(self, low: int, high: int) -> list[npt.NDArray[np.int64]]:
        """Return the counts of each passive chart for the active bins from ``low`` to below ``high``."""
        return [sums[high] - sums[low] for sums in self.sums]


def joint_counts(one: Binned, other: Binned) -> npt.NDArray[np.int64]:
    """Return how many rows are in each bin of one chart and each of another, of those that count in both.

    Args:
        one: a chart.
        other: another chart, of the same rows.

    Returns:
        int64 of shape (bins of one, bins of the other).

    Raises:
        DataError: the charts are not of equally many rows.
    """
    lengths = {len(chart.bins) for chart in (one, other)}
    lengths |= {len(chart.rows) for chart in (one, other) if chart.rows is not None}
    if len(lengths) > 1:
        raise DataError(f"The charts have {sorted(lengths)} rows: give those of one table.")
    width = other.count + 1
    cells = (one.count + 1) * width
    # Many cells are added up less often.
    chunk = max(CHUNK, cells)
    total = np.zeros(cells, np.int64)
    places = np.empty(min(chunk, len(one.bins)), np.int64)
    for start in range(0, len(one.bins), chunk):
        part = slice(start, start + chunk)
        place = places[: len(one.bins[part])]
        np.multiply(one.bins[part], width, out=place, dtype=np.int64)
        place += other.bins[part]
        for rows in (one.rows, other.rows):
            if rows is not None:
                np.copyto(place, cells - 1, where=~rows[part])
        total += np.bincount(place, minlength=cells)
    return np.ascontiguousarray(total.reshape(one.count + 1, width)[:-1, :-1])


def _summed(table: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    sums = np.zeros((len(table) + 1, table.shape[1]), np.int64)
    np.cumsum(table, axis=0, out=sums[1:])
    return sums
