"""How many bins suit what goes from one number to another."""

from __future__ import annotations

import math

from imlkit.errors import DataError

from .bins import Bins

__all__ = ["fitting", "of_whole_numbers"]

HALVES = 2**51
"""Below this, halves of whole numbers are numbers still."""


def of_whole_numbers(low: float, high: float, most: int) -> Bins:
    """Return at most so many bins that each hold equally many whole numbers; edges lie half-way between.

    Bins of another width would hold now one number more, now one less, and look like a comb.
    """
    if max(abs(low), abs(high)) >= HALVES:
        return fitting(low, high, most)
    width = math.ceil((high - low + 1) / most)
    count = math.ceil((high - low + 1) / width)
    return Bins(low - 0.5, low - 0.5 + width * count, count)


def fitting(low: float, high: float, count: int) -> Bins:
    """Return so many bins, or fewer where there are not so many different numbers between the two."""
    while True:
        try:
            return Bins(low, high, count)
        except DataError:
            if count == 1:
                raise
            count = max(1, count // 2)
