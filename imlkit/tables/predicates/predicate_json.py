"""Predicates as JSON, for addresses, files and other programs; what comes back is not trusted."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

from imlkit.errors import DataError

from .condition import Equals, InRange, IsNull, OneOf, Scalar, TextContains
from .predicate import All, AnyOf, Combined, Not, Predicate

__all__ = ["predicate_from_json", "predicate_to_json"]

DEEPEST = 50
"""How deep conditions may stand in one another."""
MOST_CONDITIONS = 10_000
"""The most conditions of one predicate."""
SAFE = 2**53
"""Beyond this, JavaScript's numbers are no longer every integer."""


def predicate_to_json(predicate: Predicate) -> dict[str, Any]:
    """Return a predicate as what :func:`json.dumps` takes, in strict JSON."""
    match predicate:
        case All(parts):
            return {"all": [predicate_to_json(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [predicate_to_json(part) for part in parts]}
        case Not(part):
            return {"not": predicate_to_json(part)}
        case Equals(column, value):
            return {"column": column, "equals": value_to_json(value)}
        case OneOf(column, values):
            return {"column": column, "in": [value_to_json(value) for value in values]}
        case InRange(column, low, high, closed):
            bounds = [None if bound is None else value_to_json(bound) for bound in (low, high)]
            return {"column": column, "range": bounds, "closed": closed}
        case IsNull(column):
            return {"column": column, "null": True}
        case TextContains(column, text, case, whole_word, regex):
            return {"column": column, "text": text, "case": case, "word": whole_word, "regex": regex}
        case _:
            raise DataError(f"{predicate!r} has no form in JSON: use imlkit's own conditions.")


def predicate_from_json(given: Any) -> Predicate:
    """Return the predicate that JSON describes.

    Raises:
        DataError: it describes none, or one that is too large or too deep.
    """
    return Reader().predicate(given, 0)


def value_to_json(value: Scalar) -> Any:
    """Return a value so that its type is known again."""
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    if isinstance(value, int) and not -SAFE <= value <= SAFE:
        return {"integer": str(value)}
    return value


def value_from_json(given: Any) -> Scalar:
    """Return the value that JSON describes.

    Raises:
        DataError: it describes none.
    """
    try:
        match given:
            case bool() | int() | float() | str():
                return given
            case {"time": str(text)} if len(given) == 1:
                return datetime.fromisoformat(text)
            case {"date": str(text)} if len(given) == 1:
                return date.fromisoformat(text)
            case {"number": "nan" | "inf" | "-inf" as text} if len(given) == 1:
                return float(text)
            case {"integer": str(text)} if len(given) == 1 and len(text) <= 20:
                return int(text)
    except ValueError:
        pass
    raise DataError(f"{_shown(given)} is no value: give a truth value, a number, a text or a time.")


class Reader:
    """Reads one predicate, and counts what is in it."""

    def __init__(self) -> None:
        self.conditions = 0

    def predicate(self, given: Any, depth: int) -> Predicate:
        self.conditions += 1
        if depth > DEEPEST or self.conditions > MOST_CONDITIONS:
            raise DataError(
                f"The filter has more than {MOST_CONDITIONS:,} conditions, or more than {DEEPEST} in one "
                "another: make it simpler."
            )
        match given:
            case {"all": list(parts)} if len(given) == 1:
                return self._combined(All, parts, depth)
            case {"any": list(parts)} if len(given) == 1:
                return self._combined(AnyOf, parts, depth)
            case {"not": part} if len(given) == 1:
                return Not(self.predicate(part, depth + 1))
            case {"column": str(column)}:
                return _condition(column, {name: value for name, value in given.items() if name != "column"})
        raise DataError(f"{_shown(given)} is no filter: give what LinkedState.to_json gave.")

    def _combined(self, kind: type[Combined], parts: list[Any], depth: int) -> Combined:
        return kind(tuple(self.predicate(part, depth + 1) for part in parts))


def _condition(column: str, given: dict[str, Any]) -> Predicate:
    match given:
        case {"equals": value} if len(given) == 1:
            return Equals(column, value_from_json(value))
        case {"in": list(values)} if len(given) == 1:
            return OneOf(column, tuple(value_from_json(value) for value in values))
        case {"range": [low, high], "closed": bool(closed)} if len(given) == 2:
            return InRange(column, _bound(low), _bound(high), closed)
        case {"null": True} if len(given) == 1:
            return IsNull(column)
        case {"text": str(text), "case": bool(case), "word": bool(word), "regex": bool(regex)} if (
            len(given) == 4
        ):
            return TextContains(column, text, case, word, regex)
    raise DataError(f"{_shown(given)} is no condition on “{column}”: give what LinkedState.to_json gave.")


def _bound(given: object) -> Any:
    # What is no bound at all, InRange refuses.
    return None if given is None else value_from_json(given)


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 100 else text[:99] + "…"
