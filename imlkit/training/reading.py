"""What documents say, whoever wrote them: what is said wrongly is left out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .words import NAME_LENGTH

__all__ = ["mapping", "moment", "name", "number", "values"]


def name(value: Any) -> str:
    """Return a name, or "" where that is none."""
    return value[:NAME_LENGTH] if isinstance(value, str) else ""


def mapping(value: Any) -> dict[str, Any]:
    """Return a dictionary, empty where that is none."""
    return dict(value) if isinstance(value, Mapping) else {}


def values(value: Any) -> dict[str, float]:
    """Return metrics by name. They are kept as pairs: their names may be any text."""
    pairs = value if isinstance(value, list) else []
    return {
        pair[0]: float(pair[1])
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and _is_number(pair[1])
    }


def number(value: Any) -> float | None:
    """Return a finite number, or None."""
    return float(value) if _is_number(value) and math.isfinite(value) else None


def moment(value: Any) -> datetime | None:
    """Return a time in UTC, or None."""
    return value.astimezone(UTC) if isinstance(value, datetime) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
