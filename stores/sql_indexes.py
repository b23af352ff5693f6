"""Indexes of single fields of a collection, and what they are good for.

One index holds the documents of one collection whose field is of one kind, in the order of its values: the
very conditions and values that questions are compiled to, so that every SQL database finds that they fit.
Equality, ranges, ``$in`` and sorting by the field are then answered by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Row, Select, Table, false, func, not_, or_, select
from sqlalchemy.sql.expression import ColumnElement

from imlkit.json_text import stored_text
from imlkit.query import Path, parse_path

from .sql_query import Condition, Expression, Fields, written

__all__ = ["PREFIX", "FieldIndexes", "Index", "sorted_rows", "to_do"]

PREFIX: Final = "declared_"
"""How the names of such indexes begin."""

_ORDER: Final = ("number", "nan", "text", "boolean", "date", "other")
"""The kinds as they are sorted; None and missing come last in either direction."""
_NULL: Final = "null"
_WITHOUT_VALUES: Final = ("nan", "other", _NULL)


@dataclass(frozen=True, slots=True)
class Index:
    """One index as it is to be made.

    Attributes:
        name: which says, by a hash, all that it is made of.
        columns: SQL.
        where: SQL.
    """

    name: str
    columns: str
    where: str


class FieldIndexes:
    """The indexes that belong to declared fields.

    Args:
        documents: the table of documents.
        fields: how the database reaches into their JSON.
        dialect: the database's.
    """

    def __init__(self, documents: Table, fields: Fields, dialect: Dialect) -> None:
        self._documents = documents
        self._fields = fields
        self._dialect = dialect
        self.of = lru_cache(maxsize=1_000)(self._of)

    def declared(self, wanted: Mapping[str, Sequence[str]]) -> list[Index]:
        """Return the indexes for fields of collections, by their names."""
        return [
            index
            for collection, fields in wanted.items()
            for path in dict.fromkeys(map(parse_path, fields))
            if path != ("id",)
            for index in self.of(stored_text(collection), path)
        ]

    def ready(self, collection: str, path: Path, connection: Connection) -> bool:
        """Return whether the indexes of a field of a collection are all there."""
        names = [index.name for index in self.of(collection, path)]
        return bool(connection.execute(self._fields.indexes(names)).scalar_one() == len(names))

    def _of(self, collection: str, path: Path) -> tuple[Index, ...]:
        """Return the indexes of one field of a collection, whose name is as it is written."""
        columns = self._documents.c
        found: list[Index] = []
        for kind in (*_ORDER, _NULL):
            value = [] if kind in _WITHOUT_VALUES else [self._fields.value(path, kind)]
            held = ", ".join(
                f"({self._sql(each)})" for each in (columns.collection, *value, columns.sequence)
            )
            where = self._sql(
                (columns.collection == written(collection)) & _of_kind(path, kind, self._fields)
            )
            name = PREFIX + hashlib.sha256(f"{held} {where}".encode()).hexdigest()[:32]
            found.append(Index(name, held, where))
        return tuple(found)

    def _sql(self, expression: ColumnElement[Any]) -> str:
        compiled = expression.compile(
            dialect=self._dialect, compile_kwargs={"literal_binds": True, "include_table": False}
        )
        return str(compiled)


def _of_kind(path: Path, kind: str, fields: Fields) -> Condition:
    if kind == _NULL:
        return fields.is_null(path)
    if kind == "other":
        named = [fields.is_kind(path, each) for each in _ORDER if each != "other"]
        return not_(func.coalesce(or_(fields.is_null(path), *named), false()))
    return fields.is_kind(path, kind)


def sorted_rows(
    connection: Connection,
    statement: Select[Any],
    table: Table,
    fields: Fields,
    by: tuple[Path, bool],
    page: tuple[int, int],
) -> list[Row[Any]]:
    """Return a page of rows in the order of a field that has indexes: one index after the other.

    Args:
        connection: which sees the store at one moment.
        statement: what is asked for, without order and limit.
        table: the table of documents.
        fields: how the database reaches into their JSON.
        by: the field, and whether it descends.
        page: how many to pass over, and how many to return at most.
    """
    path, descends = by
    skip, left = page
    rows: list[Row[Any]] = []
    for kind in (*(reversed(_ORDER) if descends else _ORDER), _NULL):
        if not left:
            break
        part = statement.where(_of_kind(path, kind, fields))
        values: list[Expression] = [] if kind in _WITHOUT_VALUES else [fields.value(path, kind)]
        order = [value.desc() if descends else value.asc() for value in values]
        found = connection.execute(part.order_by(*order, table.c.sequence).limit(left).offset(skip)).all()
        rows += found
        left -= len(found)
        if found:
            skip = 0
        elif skip:
            skip -= connection.execute(select(func.count()).select_from(part.subquery())).scalar_one()
    return rows


def to_do(there: Iterable[str], wanted: Sequence[Index]) -> tuple[list[Index], list[str]]:
    """Return the indexes to make, and the names of those to drop."""
    present = set(there)
    unwanted = present - {index.name for index in wanted}
    return [index for index in wanted if index.name not in present], sorted(unwanted)
