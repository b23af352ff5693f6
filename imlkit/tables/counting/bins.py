"""Bins of equal width by numpy's rule, the same on every engine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

from ..predicates.exact import exact

__all__ = ["Bins"]


@dataclass(frozen=True)
class Bins:
    """Bins of equal width: each holds its lower edge and not its upper one, the last holds both.

    The edges are those of :func:`numpy.histogram_bin_edges`, to the last bit.

    Args:
        low: the lower edge of the first bin, finite.
        high: the upper edge of the last one; equal to ``low`` where all values are equal.
        count: how many bins, 1 or more.

    Raises:
        DataError: there are no such bins.
    """

    low: float
    high: float
    count: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise DataError(f"There are no bins from {self.low!r} to {self.high!r}: give two finite numbers.")
        if type(self.count) is not int or self.count < 1:
            raise DataError(f"There are no {self.count!r} bins: give a number of 1 or more.")
        if not math.isfinite(self.high - self.low):
            raise DataError(f"From {self.low!r} to {self.high!r} is too far for bins of equal width.")
        if not (np.diff(self.edges) > 0).all():
            raise DataError(
                f"There are no {self.count:,} numbers from {self.low!r} to {self.high!r}: give fewer bins."
            )

    @property
    def span(self) -> tuple[float, float]:
        """The outer edges; a single value has half a unit to each side, as in numpy."""
        if self.low == self.high:
            return self.low - 0.5, self.high + 0.5
        return self.low, self.high

    @cached_property
    def edges(self) -> npt.NDArray[np.float64]:
        """The edges, float64 of shape (count + 1,), to be read only."""
        edges = np.linspace(*self.span, self.count + 1)
        edges.flags.writeable = False
        return edges

    def indices(self, values: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Return the bin of each value, int64 of the same shape; -1 for those in none."""
        (low, high), last = self.span, self.count - 1
        inside = (values >= low) & (values <= high)
        whole = bool(inside.all())
        offsets = np.subtract(values if whole else np.where(inside, values, low), low, dtype=np.float64)
        # An estimate, mended by comparing with the edges themselves: rounding may put it beside its bin.
        offsets /= (high - low) / self.count
        found: npt.NDArray[np.int64] = np.minimum(offsets, last, out=offsets).astype(np.int64)
        found -= values < self.edges.take(found)
        found += (values >= self.edges.take(found + 1)) & (found < last)
        if not whole:
            found[~inside] = -1
        return found

    def expression(self, column: Any) -> Any:
        """Return the bin of each value of an Ibis column of numbers; null for those in none."""
        import ibis

        low, high = (exact(edge) for edge in self.span)
        step = exact((self.span[1] - self.span[0]) / self.count)
        values = column.cast("float64")
        # Only what is in a bin is computed with: some engines fail on numbers too great or too small.
        values = ibis.ifelse((values >= low) & (values <= high), values, ibis.null("float64"))
        last = exact(self.count - 1)
        # An estimate, mended by comparing with the edges themselves: rounding may put it beside its bin.
        offset = values - low
        guess = ibis.ifelse(
            offset < step, exact(0), ibis.least((offset / step).floor().cast("float64"), last)
        )
        lower = guess * step + low
        upper = (guess + exact(1)) * step + low
        # By way of int32, because some engines make no float of a truth value.
        below, above = (
            beside.cast("int32").cast("float64")
            for beside in (values < lower, (values >= upper) & (guess < last))
        )
        return (guess - below + above).cast("int64")
