"""Checking a model's parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from imlkit.errors import DataError

__all__ = ["number", "one_of", "whole"]


def whole(name: str, value: Any, least: int, most: int | None = None) -> int:
    """Return a whole number. Raises DataError unless it lies between ``least`` and ``most``."""
    if isinstance(value, np.integer):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < least or (most or value) < value:
        span = f"of at least {least}" if most is None else f"from {least:,} to {most:,}"
        raise DataError(f"{name} is {value!r}: give a whole number {span}")
    return value


def number(
    name: str, value: Any, least: float = -math.inf, above: float = -math.inf, below: float = math.inf
) -> float:
    """Return a number. Raises DataError unless it is finite and within the bounds."""
    if isinstance(value, np.number):
        value = value.item()
    sound = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not sound or value < least or value <= above or value >= below:
        bounds = [
            words
            for words, bound in (
                (f"of at least {least:g}", least),
                (f"above {above:g}", above),
                (f"below {below:g}", below),
            )
            if math.isfinite(bound)
        ]
        raise DataError(f"{name} is {value!r}: give a number {' and '.join(bounds)}")
    return float(value)


def one_of(name: str, value: Any, choices: Sequence[str]) -> str:
    """Return one of several words. Raises DataError if it is none of them."""
    if value not in choices:
        raise DataError(f"{name} is {value!r}: use {' or '.join(map(repr, choices))}")
    return str(value)
