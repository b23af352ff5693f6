"""How often something that runs by itself gives its next value."""

from __future__ import annotations

from typing import Any

from imlkit.errors import DataError

__all__ = ["checked_period"]


def checked_period(period: Any) -> float:
    """Return milliseconds from one image to the next. Raises DataError if this is no such time."""
    if isinstance(period, bool) or not isinstance(period, (int, float)) or not 10 <= period <= 60_000:
        raise DataError(
            f"{period!r} is no period of a webcam: expected milliseconds from 10 to 60,000, such as 100"
        )
    return period
