"""Conditions and orders of :mod:`imlkit.query` as SQLAlchemy expressions, every value a bound parameter."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Executable,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)

from imlkit.json_text import stored_text
from imlkit.matching import kind_of
from imlkit.query import And, Compare, Exists, In, Matches, Not, Or, Path, Predicate, Scalar
from imlkit.scalars import date_text

__all__ = ["Fields", "condition", "order", "written"]

Expression: TypeAlias = ColumnElement[Any]
Condition: TypeAlias = ColumnElement[bool]

_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "$eq": operator.eq,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}
_RANKED: Final = ("number", "nan", "text", "boolean", "date")


class Fields(ABC):
    """How one database reaches into the JSON of a document. A path is at least one name."""

    @abstractmethod
    def exists(self, path: Path) -> Condition:
        """The document has the field."""

    @abstractmethod
    def is_null(self, path: Path) -> Condition:
        """The field is missing or None; never unknown."""

    @abstractmethod
    def is_kind(self, path: Path, kind: str) -> Condition:
        """The field holds a ``"number"``, ``"nan"``, ``"text"``, ``"boolean"``, ``"date"`` or ``"null"``."""

    @abstractmethod
    def value(self, path: Path, kind: str) -> Expression:
        """The field's value where it is of this kind; booleans as 0 and 1, dates as text."""

    def bound(self, value: Any) -> Expression:
        """A value to compare a field's with, as JSON holds it: a bound parameter."""
        return literal(value)

    @abstractmethod
    def found(self, path: Path, pattern: str, ignore_case: bool) -> Condition:
        """The regular expression is found in the field, which is text."""

    @abstractmethod
    def among(self, expression: Expression, values: Sequence[Any]) -> Condition:
        """The expression equals one of any number of values, which are of one kind."""

    @abstractmethod
    def indexes(self, names: Sequence[str]) -> Executable:
        """The question how many of these indexes there are that can be used."""


def written(text: str) -> Any:
    """Return text that stands in the statement itself, quoted, so that an index of the same words fits."""
    return bindparam(None, text, String, literal_execute=True)


def bound(value: Scalar) -> Any:
    """Return a value in the form in which the JSON holds it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return stored_text(value)
    return date_text(value) if isinstance(value, datetime) else value


def condition(predicate: Predicate, fields: Fields) -> Condition:
    """Return a condition as SQL; where SQL knows no answer (NULL), the answer is no."""
    match predicate:
        case And(parts):
            return and_(true(), *(condition(part, fields) for part in parts))
        case Or(parts):
            return or_(false(), *(condition(part, fields) for part in parts))
        case Not(Exists(path)):
            # Known of every document, and as plain as this an index can answer it.
            return not_(fields.exists(path))
        case Not(part):
            # Without this, what is unknown would stay unknown, and not be found.
            return not_(func.coalesce(condition(part, fields), false()))
        case Exists(path):
            return fields.exists(path)
        case Matches(path, pattern, ignore_case):
            return and_(fields.is_kind(path, "text"), fields.found(path, pattern, ignore_case))
        case In(path, values):
            return _in(path, values, fields)
        case Compare(path, "$eq", None):
            return fields.is_null(path)
        case Compare(path, comparison, value):
            kind = kind_of(value)
            if kind == "nan":
                return fields.is_kind(path, kind) if comparison == "$eq" else false()
            compared: Condition = _OPERATORS[comparison](fields.value(path, kind), fields.bound(bound(value)))
            return and_(fields.is_kind(path, kind), compared)


def _in(path: Path, values: Sequence[Scalar], fields: Fields) -> Condition:
    by_kind: dict[str, list[Any]] = {}
    for value in values:
        by_kind.setdefault(kind_of(value), []).append(bound(value))
    parts: list[Condition] = []
    for kind, wanted in by_kind.items():
        if kind == "null":
            parts.append(fields.is_null(path))
        elif kind == "nan":
            parts.append(fields.is_kind(path, kind))
        else:
            parts.append(and_(fields.is_kind(path, kind), fields.among(fields.value(path, kind), wanted)))
    return or_(false(), *parts)


def order(sort: Sequence[tuple[Path, bool]], fields: Fields) -> list[Expression]:
    """Return the expressions to sort by, the fields' order of kinds included."""
    expressions: list[Expression] = []
    for path, descends in sort:
        kinds = {kind: fields.is_kind(path, kind) for kind in _RANKED}
        rank = case(*((kinds[kind], n) for n, kind in enumerate(_RANKED)), else_=len(_RANKED))
        number = case(
            *((kinds[kind], fields.value(path, kind)) for kind in ("number", "boolean")), else_=None
        )
        text = case(*((kinds[kind], fields.value(path, kind)) for kind in ("text", "date")), else_=None)
        expressions.append(case((fields.is_null(path), 1), else_=0))
        expressions.extend(each.desc() if descends else each.asc() for each in (rank, number, text))
    return expressions
