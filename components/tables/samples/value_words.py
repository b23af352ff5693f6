"""Values of a table in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

__all__ = ["in_short", "in_words"]

SHOWN = 6
"""How many values of a list are named in small."""


def in_words(value: Any) -> str:
    """Return a value of a table in words."""
    return _words(value, False)


def in_short(value: Any, longest: int) -> str:
    """Return a value of a table in at most so many characters: numbers rounded, of lists the first values."""
    text = _words(value, True)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _words(value: Any, short: bool) -> str:
    match value:
        case None:
            return "no value"
        case bool():
            return "yes" if value else "no"
        case float():
            return _number(value, short)
        case str():
            return value
        case datetime():
            return value.isoformat(" ")
        case date():
            return value.isoformat()
        case bytes():
            return f"{len(value):,} bytes"
        case Mapping():
            return ", ".join(f"{name}: {_words(one, short)}" for name, one in value.items())
        case Sequence():
            shown = value[:SHOWN] if short else value
            more = ", …" if len(shown) < len(value) else ""
            return f"[{', '.join(_words(one, short) for one in shown)}{more}]"
    return str(value)


def _number(value: float, short: bool) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    return f"{value:.4g}" if short else repr(value)
