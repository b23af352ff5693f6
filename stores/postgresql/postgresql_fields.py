"""How PostgreSQL reaches into the JSON of a document."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Executable,
    Integer,
    Numeric,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from imlkit.json_text import key_text, stored_text
from imlkit.query import Path

from ..sql_query import Condition, Expression, Fields, written
from .tables import SCHEMA, documents

__all__ = ["PostgreSQLFields", "searched"]

_JSON_TYPES: Final = {"number": "number", "text": "string", "boolean": "boolean", "null": "null"}
_TAGS: Final = {"nan": "$number", "date": "$date"}
_EXACT: Final = 2**53
_BEYOND: Final = Decimal("9e999")
"""What JSON has for an infinity."""
_READY: Final = text(
    "SELECT count(*) FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
    f"WHERE n.nspname = '{SCHEMA}' AND c.relname = ANY(:names) AND i.indisvalid"
)


class PostgreSQLFields(Fields):
    """Fields by the operators of JSONB; the id is a column."""

    def exists(self, path: Path) -> Condition:
        return true() if path == ("id",) else self._json(path).is_not(None)

    def is_null(self, path: Path) -> Condition:
        if path == ("id",):
            return false()
        return or_(self._json(path).is_(None), self._type(path) == written("null"))

    def is_kind(self, path: Path, kind: str) -> Condition:
        if path == ("id",):
            return true() if kind == "text" else false()
        if kind in _TAGS:
            return and_(
                self._type(path) == written("object"), self._json((*path, _TAGS[kind]), False).is_not(None)
            )
        alike: Condition = func.coalesce(self._type(path), written("")) == written(_JSON_TYPES[kind])
        return alike

    def value(self, path: Path, kind: str) -> Expression:
        if path == ("id",):
            return documents.c.id
        if kind in _TAGS:
            return _text(self._json((*path, _TAGS[kind]), False)).collate("C")
        # The order in which conditions are tried is PostgreSQL's: a cast has to be safe by itself.
        value = self._json(path)
        match kind:
            case "number":
                cast_value: Expression = cast(value, Numeric)
            case "boolean":
                cast_value = cast(cast(_text(value), Boolean), Integer)
            case _:
                return case((self.is_kind(path, kind), _text(value))).collate("C")
        return case((self.is_kind(path, kind), cast_value))

    def _json(self, path: Path, escape: bool = True) -> Expression:
        names = [key_text(name) for name in path] if escape else [*map(key_text, path[:-1]), path[-1]]
        return func.jsonb_extract_path(documents.c.fields, *map(written, names))

    def _type(self, path: Path) -> Expression:
        return func.jsonb_typeof(self._json(path))

    def bound(self, value: Any) -> Expression:
        return literal(value, TEXT) if isinstance(value, str) else literal(_decimal(value), Numeric)

    def found(self, path: Path, pattern: str, ignore_case: bool) -> Condition:
        # Other patterns never come here: PostgreSQL's regular expressions are not Python's.
        return func.strpos(self.value(path, "text"), literal(stored_text(pattern), TEXT)) > 0

    def among(self, expression: Expression, values: Sequence[Any]) -> Condition:
        texts = all(isinstance(value, str) for value in values)
        listed = list(values) if texts else [_decimal(value) for value in values]
        return expression == any_(literal(listed, ARRAY(TEXT if texts else Numeric)))

    def indexes(self, names: Sequence[str]) -> Executable:
        return _READY.bindparams(names=list(names))


def _text(json: Expression) -> Expression:
    # "#>>" with no path is the text of a value itself.
    return json.op("#>>")(literal_column("'{}'::text[]"))


def _decimal(value: float) -> Decimal:
    if isinstance(value, float) and math.isinf(value):
        return _BEYOND.copy_sign(Decimal(value))
    return Decimal(_exact(value)) if isinstance(value, int) else Decimal(repr(_exact(value)))


def _exact(value: Any) -> Any:
    # The shortest decimal of a large float is not its value, and whole numbers of that size are compared.
    return int(value) if isinstance(value, float) and _EXACT <= abs(value) < math.inf else value


def searched(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what questions about a document can be about.

    Args:
        fields: a document's fields as JSON knows them.
    """
    return {name: _searched(value) for name, value in fields.items()}


def _searched(value: Any) -> Any:
    match value:
        case dict():
            return searched(value)
        case list():
            return []
        case float():
            return _exact(value)
        case _:
            return value
