"""Values without parts: what a query compares with, and a field may hold."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any, TypeAlias

from .json_text import has_surrogate

__all__ = ["Scalar", "date_text", "plain_scalar"]

Scalar: TypeAlias = bool | int | float | str | datetime | None
"""A value that a query may compare with; datetimes are in UTC."""


def plain_scalar(value: Any) -> Scalar:
    """Return a value without parts as one of Python's own types.

    Args:
        value: None, a boolean, number, text or datetime, or a numpy scalar of these.

    Raises:
        TypeError: it is something else.
        ValueError: it is an integer beyond 64 bits, text that is no Unicode, or no moment in time.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if has_surrogate(value):
            raise ValueError("the text has half of a character pair, which is no Unicode text")
        return str(value)
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise ValueError("an integer must fit into 64 bits: keep it as a float or as text")
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, datetime):
        return _moment(value)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic) and value.dtype.kind in "biufUM":
        if value.dtype.kind == "M":
            value = value.astype("datetime64[us]")
        if value.dtype.kind == "f":
            return float(value)
        if (item := value.item()) is not None:
            return plain_scalar(item)
        raise ValueError("it is no moment in time")
    raise TypeError(f"{type(value).__name__} has no order")


def _moment(value: datetime) -> datetime:
    try:
        zoned = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        moment = zoned.astimezone(UTC)
    except (OverflowError, ValueError, TypeError):
        raise ValueError("it is no moment between the years 1 and 9999 in UTC") from None
    return datetime(
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.microsecond,
        UTC,
    )


def date_text(moment: datetime) -> str:
    """Return a datetime in UTC as text that sorts as time does."""
    return moment.strftime("%Y").zfill(4) + moment.strftime("-%m-%dT%H:%M:%S.%fZ")
