"""What people give as numbers and parameters, as documents can hold it."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any, Final

from .words import words

__all__ = ["LARGEST", "number", "plain"]

LARGEST: Final = 2**63
"""No store keeps whole numbers beyond this."""


def number(value: Any) -> float:
    """Return a number that is a tensor, an array of one element, or of some library's own kind.

    One that is too large for 64 bits is infinite.

    Raises:
        Exception: it is none; which one depends on whose kind it is.
    """
    if isinstance(value, numbers.Real):
        try:
            return float(value)
        except OverflowError:
            return -math.inf if value < 0 else math.inf
    if isinstance(value, str | bytes) or value is None:
        raise TypeError
    item = getattr(value, "item", None)
    return float(value if item is None else item())


def plain(value: Any) -> Any:
    """Return a parameter as text, numbers, and lists and dictionaries of them."""
    if isinstance(value, int) and not -LARGEST < value < LARGEST:
        return words(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return words(value)
    if isinstance(value, Mapping):
        return {words(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    try:
        return number(value)
    except Exception:
        return words(value)
