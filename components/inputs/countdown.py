"""How long something counts down before it begins."""

from __future__ import annotations

from typing import Any, Final

from imlkit.errors import DataError

__all__ = ["checked_countdown"]

_LONGEST: Final = 60


def checked_countdown(seconds: Any) -> int:
    """Return whole seconds to count down, 0 for none. Raises DataError if this is no such number."""
    whole = isinstance(seconds, int) and not isinstance(seconds, bool)
    if not whole or not 0 <= seconds <= _LONGEST:
        raise DataError(
            f"{seconds!r} is no countdown: give whole seconds from 0 (none) to {_LONGEST}, such as 3"
        )
    return int(seconds)
