"""How SQLite reaches into the JSON of a document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from sqlite3 import Connection
from typing import Any, cast

from sqlalchemy import Executable, and_, column, false, func, literal, or_, select, table, true

from imlkit.json_text import json_text, key_text, original_text
from imlkit.query import Matches, Path

from .sql_query import Condition, Expression, Fields, written
from .sql_tables import documents

__all__ = ["SQLiteFields", "add_functions"]

_JSON_TYPES = {
    "number": ("integer", "real"),
    "text": ("text",),
    "boolean": ("true", "false"),
    "null": ("null",),
}
_TAGS = {"nan": "$number", "date": "$date"}
_LABEL = ("y",)
_MOST_PARAMETERS = 500

_schema = table("sqlite_schema", column("type"), column("name")).alias("made")


class SQLiteFields(Fields):
    """Fields by SQLite's JSON functions; the id and the label are columns."""

    def exists(self, path: Path) -> Condition:
        return true() if path == ("id",) else self._type(path).is_not(None)

    def is_null(self, path: Path) -> Condition:
        if path == ("id",):
            return false()
        return or_(self._type(path).is_(None), self._type(path) == written("null"))

    def is_kind(self, path: Path, kind: str) -> Condition:
        if path == ("id",):
            return true() if kind == "text" else false()
        if kind in _TAGS:
            tag = func.json_type(documents.c.document, _json_path(path, _TAGS[kind]))
            return and_(self._type(path) == written("object"), tag == written("text"))
        types = [written(each) for each in _JSON_TYPES[kind]]
        return self._type(path) == types[0] if len(types) == 1 else self._type(path).in_(types)

    def _type(self, path: Path) -> Expression:
        if path == _LABEL:
            return documents.c.y_kind
        return func.json_type(documents.c.document, _json_path(path))

    def value(self, path: Path, kind: str) -> Expression:
        if path == ("id",):
            return documents.c.id
        if kind in _TAGS:
            return func.json_extract(documents.c.document, _json_path(path, _TAGS[kind]))
        if path == _LABEL:
            return documents.c.y_value
        return func.json_extract(documents.c.document, _json_path(path))

    def found(self, path: Path, pattern: str, ignore_case: bool) -> Condition:
        return func.imlkit_found(pattern, int(ignore_case), self.value(path, "text")) == 1

    def among(self, expression: Expression, values: Sequence[Any]) -> Condition:
        if len(values) <= _MOST_PARAMETERS:
            return expression.in_([literal(value) for value in values])
        listed = func.json_each(json_text(list(values))).table_valued("value")
        return expression.in_(select(listed.c.value))

    def indexes(self, names: Sequence[str]) -> Executable:
        return select(func.count()).where(_schema.c.type == "index", _schema.c.name.in_(names))


def _json_path(path: Path, tag: str = "") -> Expression:
    # The names of fields are written without quotes and backslashes, so they need no escape here.
    names = "".join(f'."{key_text(name)}"' for name in path)
    return cast(Expression, written("$" + names + (f'."{tag}"' if tag else "")))


def add_functions(connection: Connection) -> None:
    """Give a connection the function that :meth:`SQLiteFields.found` calls."""
    connection.create_function("imlkit_found", 3, _found, deterministic=True)


def _found(pattern: str, ignore_case: int, text: Any) -> bool:
    return (
        isinstance(text, str)
        and _compiled(pattern, bool(ignore_case)).search(original_text(text)) is not None
    )


@lru_cache(maxsize=64)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    return Matches((), pattern, ignore_case).compiled()
