"""How often something that runs by itself gives its next value."""

from __future__ import annotations

from typing import Any

from imlkit.errors import DataError
from imlkit.streams import Stream
from imlkit.streams.stream import Joining

__all__ = ["Period"]


class Period(Stream[float]):
    """Milliseconds from one image to the next; what is no such time is refused at once."""

    def __init__(self, milliseconds: float) -> None:
        super().__init__(_checked(milliseconds))

    def set(self, value: float) -> None:
        """Take so many milliseconds. Raises DataError if they are none."""
        super().set(value if isinstance(value, Joining) else _checked(value))

    on_next = set


def _checked(period: Any) -> float:
    if isinstance(period, bool) or not isinstance(period, (int, float)) or not 10 <= period <= 60_000:
        raise DataError(
            f"{period!r} is no period of a webcam: expected milliseconds from 10 to 60,000, such as 100"
        )
    return period
