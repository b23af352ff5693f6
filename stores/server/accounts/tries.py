"""Logins that failed, counted, so that nobody can try all passwords."""

from __future__ import annotations

import time
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from imlkit.errors import TooManyTriesError

__all__ = ["Tries"]

_TRIES_A_NAME: Final = 10
_TRIES_AN_ADDRESS: Final = 30
"""Failed logins a minute after which the next ones are refused unseen."""
_STEP: Final = 30.0
"""Seconds by which a clock that is set is told from one that goes wrong."""


class Tries:
    """Counts failed logins, by name and by address."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._a_name = RateLimitItemPerMinute(_TRIES_A_NAME)
        self._an_address = RateLimitItemPerMinute(_TRIES_AN_ADDRESS)
        self._set = _setting()

    def check(self, name: str, address: str) -> None:
        """Raise if there were too many."""
        self._follow_clock()
        if not (
            self._limiter.test(self._a_name, "name", name, address)
            and self._limiter.test(self._an_address, "address", address)
        ):
            raise TooManyTriesError("too many logins have failed: wait a minute, and try again")

    def failed(self, name: str, address: str) -> None:
        """Count one more."""
        self._limiter.hit(self._a_name, "name", name, address)
        self._limiter.hit(self._an_address, "address", address)

    def _follow_clock(self) -> None:
        # Counted by the clock on the wall: one that is set back by a day would keep people out for a day.
        setting = _setting()
        if abs(setting - self._set) > _STEP:
            self._storage.reset()
            self._set = setting


def _setting() -> float:
    return time.time() - time.monotonic()
