"""Which points of a long line to draw, so that no peak is lost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["thinned"]


def thinned(values: npt.NDArray[np.float64], most: int) -> npt.NDArray[np.int64]:
    """Return the indices of at most so many values, in their order.

    Of each of many equal stretches the least and the most stay, and the first that is no number, where
    a line has a gap; the very first and the very last stay too.

    Args:
        values: float64 of shape (n,).
        most: how many to keep at most, 8 or more.
    """
    count = len(values)
    if count <= most:
        return np.arange(count)
    finite = np.isfinite(values)
    whole = bool(finite.all())
    stretches = (most - 2) // (2 if whole else 3)
    size = -(-count // stretches)
    room = (0, -count % size)
    starts = np.arange(0, count, size)

    def lowest(of: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        found: npt.NDArray[np.int64] = (
            np.pad(of, room, constant_values=np.inf).reshape(-1, size).argmin(1) + starts
        )
        return found

    least = lowest(np.where(finite, values, np.inf))
    greatest = lowest(np.where(finite, -values, np.inf))
    kept = [least, greatest, np.array([0, count - 1])]
    if not whole:
        gaps = lowest(np.where(finite, np.inf, 0.0))
        kept.append(gaps[~finite[np.minimum(gaps, count - 1)]])
    return np.unique(np.minimum(np.concatenate(kept), count - 1))
