"""Numbers for engines, to the last bit."""

from __future__ import annotations

from typing import Any

__all__ = ["exact"]


def exact(value: float) -> Any:
    """Return a number as an Ibis expression of float64.

    As text, because engines take the digits of a number in a query for a decimal, which some do not
    turn into the nearest binary number.
    """
    import ibis

    return ibis.literal(repr(float(value))).cast("float64")
