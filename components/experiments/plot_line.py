"""One metric of one run, as it grows, and which of its points a page draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Final

import numpy as np
import numpy.typing as npt

from imlkit.training.run_curves import Curve

from .plot_smoothing import Smoothing
from .plot_thinning import thinned

__all__ = ["MOST_DRAWN", "GrowingLine", "Line", "Summary"]

MOST_DRAWN: Final = 2_000
"""The most points of a line that a page gets."""
LEFT: Final = 1_600
"""How many are left when that has become too many: others are then added at the end."""
MOST_FAULTS: Final = 100
"""The most values that are no number of which a page is told where they are."""
FIRST_ROOM: Final = 256
TURNS: Final = count()

Columns = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Summary:
    """What a line's points have been, all of them.

    Attributes:
        count: how many.
        first: the first finite value; None before it.
        last: the last value, whatever it is; None before it.
        least: the least finite value; None before one.
        most: the greatest finite value; None before one.
        faults: how many are not-a-number or infinite.
        low: how many are finite, and 0 or less: a logarithmic axis has no place for them.
        lost: how many have no epoch.
    """

    count: int = 0
    first: float | None = None
    last: float | None = None
    least: float | None = None
    most: float | None = None
    faults: int = 0
    low: int = 0
    lost: int = 0

    def with_more(self, epochs: Columns, values: Columns) -> Summary:
        """Return what holds with further points, at least one."""
        numbers = values[np.isfinite(values)]
        least, most, first = self.least, self.most, self.first
        if len(numbers):
            low, high = float(numbers.min()), float(numbers.max())
            least = low if least is None else min(least, low)
            most = high if most is None else max(most, high)
            first = float(numbers[0]) if first is None else first
        return Summary(
            self.count + len(values),
            first,
            float(values[-1]),
            least,
            most,
            self.faults + len(values) - len(numbers),
            self.low + int((numbers <= 0).sum()),
            self.lost + int((~np.isfinite(epochs)).sum()),
        )


@dataclass(frozen=True)
class Line:
    """A line at one moment.

    Attributes:
        rows: float64 of shape (5, points): step, epoch, seconds, value, and the smoothed value.
        drawn: the indices of the points to draw, ascending.
        faults: the indices of values that are no number; of very many, the first.
        turn: another number whenever ``drawn`` was chosen anew, not only added to.
        weight: of the smoothing.
        summary: what all points have been.
    """

    rows: Columns
    drawn: npt.NDArray[np.int64]
    faults: npt.NDArray[np.int64]
    turn: int
    weight: float
    summary: Summary = field(default_factory=Summary)


class GrowingLine:
    """Takes the points of a metric as they come.

    Args:
        weight: of the smoothing, see :class:`Smoothing`.
    """

    def __init__(self, weight: float = 0.0) -> None:
        self._rows: Columns = np.empty((5, FIRST_ROOM))
        self._count = 0
        self._drawn: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._faults: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._turn = next(TURNS)
        self._smoothing = Smoothing(weight)
        self._summary = Summary()

    def add(self, curve: Curve) -> None:
        """Take further points."""
        if not len(curve):
            return
        before, self._count = self._count, self._count + len(curve)
        if self._count > self._rows.shape[1]:
            rows = np.empty((5, max(self._count, 2 * self._rows.shape[1])))
            rows[:, :before] = self._rows[:, :before]
            self._rows = rows
        # What has been given out ends before these points: it stays as it is.
        new = self._rows[:, before : self._count]
        new[:4] = curve.step, curve.epoch, curve.seconds, curve.value
        new[4] = self._smoothing.of(curve.value)
        self._summary = self._summary.with_more(curve.epoch, curve.value)
        faults = np.flatnonzero(~np.isfinite(curve.value))[:MOST_FAULTS] + before
        self._faults = np.concatenate([self._faults, faults])[:MOST_FAULTS]
        self._draw(before)

    def smooth(self, weight: float) -> None:
        """Smooth all points by another weight."""
        if weight == self._smoothing.weight:
            return
        self._smoothing = Smoothing(weight)
        rows = self._rows.copy()
        rows[4, : self._count] = self._smoothing.of(rows[3, : self._count])
        self._rows = rows

    def line(self) -> Line:
        """Return the line as it is now."""
        return Line(
            self._rows[:, : self._count],
            self._drawn,
            self._faults,
            self._turn,
            self._smoothing.weight,
            self._summary,
        )

    def _draw(self, before: int) -> None:
        if len(self._drawn) + self._count - before <= MOST_DRAWN:
            self._drawn = np.concatenate([self._drawn, np.arange(before, self._count)])
        else:
            self._drawn = thinned(self._rows[3, : self._count], LEFT)
            self._turn = next(TURNS)
