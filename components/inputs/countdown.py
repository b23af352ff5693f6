"""How long something counts down before it begins."""

from __future__ import annotations

from typing import Any, Final

from imlkit.errors import DataError
from imlkit.streams import Stream
from imlkit.streams.stream import Joining

__all__ = ["Countdown"]

_LONGEST: Final = 60


class Countdown(Stream[int]):
    """Whole seconds to count down; what is no such number is refused at once."""

    def __init__(self, seconds: int) -> None:
        super().__init__(_checked(seconds))

    def set(self, value: int) -> None:
        """Count down so many seconds; 0 for none. Raises DataError if this is no such number."""
        super().set(value if isinstance(value, Joining) else _checked(value))

    on_next = set


def _checked(seconds: Any) -> int:
    whole = isinstance(seconds, int) and not isinstance(seconds, bool)
    if not whole or not 0 <= seconds <= _LONGEST:
        raise DataError(
            f"{seconds!r} is no countdown: give whole seconds from 0 (none) to {_LONGEST}, such as 3"
        )
    return int(seconds)
