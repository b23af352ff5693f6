"""A stream that takes only the values its check accepts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from .stream import Joining, Stream

__all__ = ["CheckedStream"]

T = TypeVar("T")


class CheckedStream(Stream[T]):
    """A stream whose ``set`` first passes the value through a check.

    Args:
        value: the first value, checked too.
        check: returns the value to keep, or raises an error that names the value and the remedy.
    """

    def __init__(self, value: T, check: Callable[[Any], T]) -> None:
        super().__init__(check(value))
        self._check = check

    def set(self, value: T) -> None:
        """Check the value, make it the latest and deliver it. Raises what the check raises."""
        super().set(value if isinstance(value, Joining) else self._check(value))

    on_next = set
