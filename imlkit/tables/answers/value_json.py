"""Values of rows as a page shows them: in strict JSON, none too long."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..predicates.predicate_json import value_to_json

__all__ = ["LONGEST", "shown"]

LONGEST = 1_000
"""The most characters of a value that a page is given."""


def shown(value: Any, longest: int | None = LONGEST) -> Any:
    """Return a value of a row for a page: what conditions can hold as they have it, all else as text.

    Args:
        value: the value.
        longest: the most characters of a text; None for the whole.
    """
    match value:
        case None:
            return None
        case str():
            return shortened(value, longest)
        case bool() | int() | float() | datetime() | date():
            return value_to_json(value)
        case Decimal():
            return value_to_json(float(value))
        case bytes():
            return f"{len(value):,} bytes"
        case list() | dict():
            return shortened(json.dumps(value, ensure_ascii=False, default=str), longest)
    return shortened(str(value), longest)


def shortened(text: str, longest: int | None = LONGEST) -> str:
    """Return a text of at most so many characters."""
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"
