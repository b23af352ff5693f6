"""The exponential moving average of a line."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["Smoothing"]

NOTHING = 1e-18
"""A share of a value that is too small to change a sum."""


class Smoothing:
    """An exponential moving average that is debiased, as TensorBoard's: the first values count fully.

    The average after ``n`` values is ``sum((1 - w) * w**(n - i) * value[i]) / (1 - w**n)``. What is no
    finite number is passed over, and has no average itself.

    Args:
        weight: ``w``, from 0 (the values themselves) to below 1.
    """

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self._sum = 0.0
        self._count = 0

    def of(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the averages at the next values, float64 of the same shape (n,)."""
        if self.weight <= 0:
            return values
        finite = np.isfinite(values)
        numbers = values[finite]
        count = len(numbers)
        found = np.full(len(values), np.nan)
        if not count:
            return found
        ages = np.arange(1, count + 1, dtype=np.float64)
        sums = summed((1 - self.weight) * numbers, self.weight)
        sums += self._sum * self.weight**ages
        found[finite] = sums / (1 - self.weight ** (ages + self._count))
        self._sum = float(sums[-1])
        self._count += count
        return found


def summed(parts: npt.NDArray[np.float64], weight: float) -> npt.NDArray[np.float64]:
    """Return ``total[n] = parts[n] + weight * total[n - 1]``, in as many steps as ``n`` has binary digits."""
    total = parts.copy()
    reach = 1
    while reach < len(total) and weight**reach > NOTHING:
        total[reach:] += weight**reach * total[:-reach]
        reach *= 2
    return total
