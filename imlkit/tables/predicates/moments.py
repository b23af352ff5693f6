"""Times as milliseconds since 1970 UTC, exact to the microsecond."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Clock", "clock_of", "first_moment", "microseconds", "milliseconds", "moments_between"]

Clock = Literal["date", "local", "utc"]
"""What a column of times holds: days, times without a zone (taken for UTC), or points in time."""

EPOCH = datetime(1970, 1, 1)
DAY = 86_400_000_000
"""Microseconds of a day."""
LEAST, GREATEST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The microseconds of the first and of the last time that Python knows."""
UNITS = {"s": 1_000_000, "ms": 1_000, "us": 1}
"""Microseconds of the units of Arrow's times; nanoseconds are less than one."""
COUNTED = {"duckdb": "epoch_us", "pyspark": "unix_micros"}
"""What engines call the microseconds since 1970 of a time; elsewhere as below."""


def clock_of(type: Any) -> Clock | None:
    """Return what a column of an Ibis type holds; None where it holds no times."""
    if type.is_date():
        return "date"
    if not type.is_timestamp():
        return None
    return "local" if type.timezone is None else "utc"


def milliseconds(column: Any) -> Any:
    """Return an Ibis column of times as milliseconds, float64, parts of a microsecond left out."""
    if column.type().is_date():
        column = column.cast("timestamp")
    name = column._find_backend(use_default=True).name
    if name in COUNTED:
        counted = _function(COUNTED[name])(column)
    else:
        counted = column.truncate("s").epoch_seconds() * 1_000_000 + column.microsecond()
    return counted.cast("float64") / 1000.0


def microseconds(values: Any) -> npt.NDArray[np.int64]:
    """Return an Arrow array of times as whole microseconds, int64 of shape (n,); 0 where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    plain = values.cast(pa.int32() if pa.types.is_date32(kind) else pa.int64())
    if plain.null_count:
        plain = pc.fill_null(plain, 0)
    counted: npt.NDArray[np.int64] = plain.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    if pa.types.is_date32(kind):
        return counted * DAY
    unit = "ms" if pa.types.is_date64(kind) else kind.unit
    return counted // 1_000 if unit == "ns" else counted * UNITS[unit]


def first_moment(milliseconds: float) -> int:
    """Return the first whole microsecond that is, in milliseconds, not below a number."""
    found = math.floor(milliseconds * 1000)
    while found / 1000.0 >= milliseconds:
        found -= 1
    while found / 1000.0 < milliseconds:
        found += 1
    return found


def moments_between(
    low: float, high: float, closed: bool, clock: Clock
) -> tuple[date | None, date | None, bool]:
    """Return the bounds of the times that are between two numbers of milliseconds.

    Args:
        low: the least of them.
        high: what is above them.
        closed: whether ``high`` is one of them.
        clock: what the bounds are to be.

    Returns:
        The least, or None for no bound; what is above, or None; whether that is one of them.
    """
    least = first_moment(low)
    above = first_moment(math.nextafter(high, math.inf)) - 1 if closed else first_moment(high)
    if clock == "date":
        least, above = -(-least // DAY) * DAY, (above // DAY if closed else -(-above // DAY)) * DAY
    if least > above or least > GREATEST or above < LEAST:
        nothing = _on_clock(min(max(least, LEAST), GREATEST), clock)
        return nothing, nothing, False
    return (
        None if least < LEAST else _on_clock(least, clock),
        None if above > GREATEST else _on_clock(above, clock),
        closed,
    )


def _on_clock(microseconds: int, clock: Clock) -> date:
    moment = EPOCH + timedelta(microseconds=microseconds)
    if clock == "date":
        return moment.date()
    return moment if clock == "local" else moment.replace(tzinfo=UTC)


@cache
def _function(name: str) -> Any:
    import ibis
    import ibis.expr.datatypes as dt

    def counted(time):  # type: ignore[no-untyped-def]
        """Left to the engine."""

    return ibis.udf.scalar.builtin(counted, name=name, signature=((dt.timestamp,), dt.int64))
