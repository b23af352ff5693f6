"""Whether a document meets a condition, and which of two comes first: the rules of
:mod:`imlkit.query`, in Python."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from .query import And, Compare, Exists, In, Matches, Not, Or, Path, Predicate

__all__ = ["MISSING", "in_order", "kind_of", "matcher", "matches", "value_at"]

D = TypeVar("D", bound=Mapping[str, Any])

MISSING: Final = object()
"""What :func:`value_at` returns where there is no such field."""

_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "$eq": operator.eq,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}
_RANKS: Final = {"number": 0, "nan": 1, "text": 2, "boolean": 3, "date": 4, "other": 5, "null": 6}
_ALIKE: Final = frozenset({"null", "nan", "other"})


def value_at(document: Mapping[str, Any], path: Path) -> Any:
    """Return the value at a path of a document, or ``MISSING``."""
    value: Any = document
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return MISSING
        value = value[name]
    return value


def kind_of(value: Any) -> str:
    """Return the kind of a value: values of two kinds never compare."""
    if value is None or value is MISSING:
        return "null"
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number" if value == value else "nan"
    return "date" if isinstance(value, datetime) else "other"


def matches(predicate: Predicate, document: Mapping[str, Any]) -> bool:
    """Return whether a document meets a condition."""
    return matcher(predicate)(document)


def matcher(predicate: Predicate) -> Callable[[Mapping[str, Any]], bool]:
    """Return a function that tells of any document whether it meets the condition."""
    match predicate:
        case And(parts):
            conditions = [matcher(part) for part in parts]
            return lambda document: all(holds(document) for holds in conditions)
        case Or(parts):
            conditions = [matcher(part) for part in parts]
            return lambda document: any(holds(document) for holds in conditions)
        case Not(part):
            holds = matcher(part)
            return lambda document: not holds(document)
        case Exists(path):
            return lambda document: value_at(document, path) is not MISSING
        case Matches(path):
            found = predicate.compiled().search
            return lambda document: (
                isinstance(value := value_at(document, path), str) and found(value) is not None
            )
        case In(path, values):
            # A set finds a value of many at once; with its kind, True is not 1.
            wanted = {_identity(value) for value in values}
            return lambda document: _identity(value_at(document, path)) in wanted
        case Compare(path, "$eq", value):
            identity = _identity(value)
            return lambda document: _identity(value_at(document, path)) == identity
        case Compare(path, comparison, value):
            order, kind, bound = _ORDERS[comparison], kind_of(value), comparable(value)
            if kind == "nan":
                return lambda document: False
            return lambda document: (
                kind_of(found := value_at(document, path)) == kind and order(comparable(found), bound)
            )


def comparable(value: Any) -> Any:
    """Return a value in the form in which it compares with others of its kind."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return value


def _identity(value: Any) -> tuple[str, Any]:
    kind = kind_of(value)
    return kind, comparable(value) if kind not in _ALIKE else kind


def in_order(documents: Sequence[D], sort: Sequence[tuple[Path, bool]]) -> list[D]:
    """Return documents sorted by fields, each with whether it descends; ties stay as given."""
    ordered = list(documents)
    for path, descends in reversed(sort):

        def key(document: Mapping[str, Any], path: Path = path, descends: bool = descends) -> tuple[int, Any]:
            value = value_at(document, path)
            kind = kind_of(value)
            if kind == "null" and descends:
                return -1, 0
            return _RANKS[kind], 0 if kind in _ALIKE else comparable(value)

        ordered.sort(key=key, reverse=descends)
    return ordered
