"""The query language of stores: Mongo-style dictionaries, read into a typed tree of conditions.

::

    {"y": "cat", "score": {"$gt": 0.5}}                       both hold
    {"$or": [{"y": "cat"}, {"y": {"$in": ["dog", "fox"]}}]}   one of them holds
    {"camera.name": {"$regex": "^left", "$options": "i"}}     a field inside a dictionary

The rules, the same in every store:

- ``$eq`` (or the bare value), ``$ne``, ``$gt``, ``$gte``, ``$lt``, ``$lte``, ``$in``, ``$nin``,
  ``$exists``, ``$regex`` (with ``$options: "i"`` to ignore case) and ``$not`` speak of one field;
  ``$and``, ``$or`` and ``$not`` combine whole queries. ``{}`` matches everything.
- Values are None, booleans, numbers, text and datetimes. Only values of one kind compare: a
  boolean is no number, and the text ``"1"`` is not the number 1. Text is ordered by code point,
  false comes before true, a datetime without a zone is taken as UTC.
- NaN equals NaN and is neither less nor greater than anything.
- ``{"a": None}`` matches documents where ``a`` is None or missing; ``{"a": {"$exists": True}}``
  those that have the field, be it None.
- ``$ne``, ``$nin`` and ``$not`` match exactly what ``$eq``, ``$in`` and the inner condition do
  not, and so also documents without the field.
- ``$regex`` is Python's :func:`re.search`, and matches text alone.
- A field holding a list, a dictionary, an array, an image or bytes equals no value. The parts of
  a dictionary are reached with dots; lists have no parts. A backslash makes the next character
  part of the name, and so does :func:`escaped` for any name: ``{escaped("v1.0"): 3}``.
- At most 500 conditions, nested at most 16 deep (``$in`` takes any number of values).

Counting distinct values: 1, 1.0 and True are one key, as in any dictionary. Lists, dictionaries,
arrays and bytes are not counted.

Sorting, ascending: numbers, NaN, text, booleans, datetimes, then everything else. None and
missing come last, in either direction. Ties keep the order of creation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from .errors import QueryError
from .json_text import has_surrogate
from .scalars import Scalar, plain_scalar

__all__ = [
    "And",
    "Compare",
    "Comparison",
    "Exists",
    "In",
    "Matches",
    "Not",
    "Or",
    "Path",
    "Predicate",
    "Scalar",
    "escaped",
    "parse",
    "parse_path",
    "parse_sort",
]

Path: TypeAlias = tuple[str, ...]
"""A field: its name, after those of the dictionaries around it."""

Comparison = Literal["$eq", "$gt", "$gte", "$lt", "$lte"]


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold; without parts, always."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class Compare:
    """The field's value is of the same kind as this one and stands so to it."""

    path: Path
    operator: Comparison
    value: Scalar


@dataclass(frozen=True, slots=True)
class In:
    """The field equals one of these values."""

    path: Path
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """The document has the field, whatever its value."""

    path: Path


@dataclass(frozen=True, slots=True)
class Matches:
    """The field is text in which the regular expression is found."""

    path: Path
    pattern: str
    ignore_case: bool = False

    def compiled(self) -> re.Pattern[str]:
        """Return the regular expression, ready for use."""
        return re.compile(self.pattern, re.IGNORECASE if self.ignore_case else 0)


Predicate: TypeAlias = And | Or | Not | Compare | In | Exists | Matches
"""One condition on a document."""

_COMBINING = ("$and", "$not", "$or")
_OF_FIELDS = (
    "$eq",
    "$exists",
    "$gt",
    "$gte",
    "$in",
    "$lt",
    "$lte",
    "$ne",
    "$nin",
    "$not",
    "$options",
    "$regex",
)
_MOST_CONDITIONS = 500
_DEEPEST = 16
_STEP = re.compile(r"\\(.)|(\.)", re.DOTALL)


def escaped(name: str) -> str:
    """Return the path of the field of exactly this name, whatever characters it holds."""
    return re.sub(r"[\\.$]", r"\\\g<0>", name)


def parse_path(path: str) -> Path:
    """Return the names of a dotted path."""
    if not isinstance(path, str):
        raise QueryError(f"a field is named by text, not by {path!r} of type {type(path).__name__}")
    if "." not in path and "\\" not in path:
        return (_name(path, path),)
    names = [""]
    end = 0
    for step in _STEP.finditer(path):
        names[-1] += path[end : step.start()] + (step[1] or "")
        if step[2]:
            names.append("")
        end = step.end()
    names[-1] += path[end:]
    return tuple(_name(name, path) for name in names)


def _name(name: str, path: str) -> str:
    if has_surrogate(name):
        raise QueryError(f"the field {path!r} has half of a character pair: no document has such a field")
    return name


def parse_sort(sort: Mapping[str, Literal[1, -1]] | None) -> tuple[tuple[Path, bool], ...]:
    """Return the fields to sort by, each with whether it descends.

    Raises:
        QueryError: a direction is neither 1 nor -1.
    """
    if sort is None:
        return ()
    if not isinstance(sort, Mapping):
        raise QueryError(f'sort {sort!r} is no dictionary: write {{"field": 1}}, or -1 for descending')
    for field, direction in sort.items():
        if direction not in (1, -1):
            raise QueryError(f"sort by {field!r}: {direction!r} is neither 1 (ascending) nor -1 (descending)")
    return tuple((parse_path(field), direction == -1) for field, direction in sort.items())


def parse(query: Mapping[str, Any] | None) -> Predicate:
    """Read a query.

    Args:
        query: a dictionary in the language above; None matches everything.

    Returns:
        The condition that it states.

    Raises:
        QueryError: an operator is unknown, or a value is not one it can take.
    """
    return _Reader().query(query) if query is not None else And(())


class _Reader:
    def __init__(self) -> None:
        self._conditions = 0
        self._depth = 0

    def query(self, query: Any) -> Predicate:
        if not isinstance(query, Mapping):
            raise QueryError(f'the query {query!r} is no dictionary: write {{"field": value}}')
        return self._deeper(
            lambda: _all(
                self._combined(key, value)
                if isinstance(key, str) and key.startswith("$")
                else self._field(parse_path(key), key, value)
                for key, value in query.items()
            )
        )

    def _deeper(self, read: Callable[[], Predicate]) -> Predicate:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise QueryError(f"the query is nested more than {_DEEPEST} deep: write it flatter")
        predicate = read()
        self._depth -= 1
        return predicate

    def _combined(self, operator: str, value: Any) -> Predicate:
        if operator == "$not":
            return Not(self.query(value))
        if operator not in _COMBINING:
            raise QueryError(
                f"{operator!r} is no operator that combines queries: use {', '.join(_COMBINING)}, "
                f"or {escaped(operator)!r} for a field of that name"
            )
        if not isinstance(value, (list, tuple)) or not value:
            raise QueryError(f"{operator} needs a list of at least one query, not {value!r}")
        parts = tuple(self.query(part) for part in value)
        return And(parts) if operator == "$and" else Or(parts)

    def _field(self, path: Path, field: str, condition: Any) -> Predicate:
        if not isinstance(condition, Mapping):
            return self._condition(path, field, "$eq", condition)
        if not condition:
            raise QueryError(f"the condition on {field!r} is empty: give a value or an operator")
        for operator in condition:
            if operator not in _OF_FIELDS:
                raise QueryError(
                    f"{operator!r}, asked of field {field!r}, is no operator: use {', '.join(_OF_FIELDS)}; "
                    "a field inside a dictionary is reached with a dot"
                )
        if "$options" in condition and "$regex" not in condition:
            raise QueryError(f"$options of field {field!r} needs a $regex beside it")
        return _all(
            self._regex(path, field, value, condition.get("$options", ""))
            if operator == "$regex"
            else self._condition(path, field, operator, value)
            for operator, value in condition.items()
            if operator != "$options"
        )

    def _condition(self, path: Path, field: str, operator: str, value: Any) -> Predicate:
        if operator == "$not":
            if not isinstance(value, Mapping):
                raise QueryError(f"$not of field {field!r} needs a condition, such as {{'$gt': 3}}")
            return Not(self._deeper(lambda: self._field(path, field, value)))
        self._counted()
        if operator == "$exists":
            if not isinstance(value, bool):
                raise QueryError(f"$exists of field {field!r} needs True or False, not {value!r}")
            return Exists(path) if value else Not(Exists(path))
        if operator in ("$in", "$nin"):
            if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
                raise QueryError(f"{operator} of field {field!r} needs a list of values, not {value!r}")
            within = In(path, tuple(_scalar(each, field, operator) for each in value))
            return within if operator == "$in" else Not(within)
        scalar = _scalar(value, field, operator)
        if operator == "$ne":
            return Not(Compare(path, "$eq", scalar))
        if scalar is None and operator != "$eq":
            raise QueryError(
                f"{operator} of field {field!r} needs a number, text, boolean or datetime, not None"
            )
        for comparison in get_args(Comparison):
            if operator == comparison:
                return Compare(path, comparison, scalar)
        raise AssertionError(operator)

    def _regex(self, path: Path, field: str, pattern: Any, options: Any) -> Predicate:
        self._counted()
        if not isinstance(pattern, str):
            raise QueryError(f"$regex of field {field!r} needs text, not {pattern!r}")
        if options not in ("", "i"):
            raise QueryError(f'$options of field {field!r} may be "i" (ignore case) or "", not {options!r}')
        matches = Matches(path, pattern, options == "i")
        try:
            matches.compiled()
        except (re.error, RecursionError, OverflowError) as error:
            raise QueryError(
                f"$regex of field {field!r}: {pattern!r} is no regular expression: {error}"
            ) from None
        return matches

    def _counted(self) -> None:
        self._conditions += 1
        if self._conditions > _MOST_CONDITIONS:
            raise QueryError(
                f"the query has more than {_MOST_CONDITIONS} conditions: ask for many values with $in"
            )


def _all(parts: Iterable[Predicate]) -> Predicate:
    conditions = tuple(parts)
    return conditions[0] if len(conditions) == 1 else And(conditions)


def _scalar(value: Any, field: str, operator: str) -> Scalar:
    try:
        return plain_scalar(value)
    except (TypeError, ValueError) as error:
        raise QueryError(
            f"{operator} of field {field!r} cannot compare with {value!r}: {error}; "
            "use None, a boolean, a number, text or a datetime"
        ) from None
