"""Giving back to the system what closed pages held."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from functools import cache
from time import monotonic

__all__ = ["MemoryReturn"]

_SHARE = 0.05
"""The share of time that collecting may take: people's clicks wait meanwhile."""


class MemoryReturn:
    """Collects garbage and returns free memory to the system, as often as it costs little.

    A page is some two megabytes of objects that refer to each other. Left to Python, those of many
    closed pages wait for one collection, and their memory stays with the process, in holes.

    Args:
        now: the time, in seconds.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._not_before = now()
        self._wanted = False

    def want(self) -> None:
        """Say that something was let go of."""
        self._wanted = True

    def look(self) -> bool:
        """Collect if something was let go of and the last collection is long enough ago; say whether."""
        began = self._now()
        if not self._wanted or began < self._not_before:
            return False
        self._wanted = False
        gc.collect()
        _trim()()
        ended = self._now()
        self._not_before = ended + (ended - began) / _SHARE
        return True


@cache
def _trim() -> Callable[[], object]:
    # Only GNU's C library keeps freed memory so long that asking pays, and only it can be asked.
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return lambda: None
    return lambda: trim(0)
