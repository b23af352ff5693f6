"""Reading documents from an SQL database."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, func
from sqlalchemy import select as sql_select

import imlkit.query as language
from imlkit.errors import NotFoundError
from imlkit.json_text import original_text, stored_text
from imlkit.store import Document, Query, Sort

from .arguments import one_page, selected, stored_id
from .sql_indexes import FieldIndexes, sorted_rows
from .sql_query import Fields, condition, order, written
from .sql_rows import SQLRows
from .stored import Cursor, Stored, StoredCollection

__all__ = ["SQLReading"]

Found = TypeVar("Found")
Read = Callable[[Connection, Sequence[Row[Any]], Sequence[str] | None], list[Found]]


class SQLReading(StoredCollection):
    """The half of a collection that reads. A subclass gives connections and writes.

    Args:
        name: the collection's name.
        fields: how the database reaches into JSON.
        rows: where the documents are.
    """

    def __init__(self, name: str, fields: Fields, rows: SQLRows) -> None:
        self.name = name
        self._stored_name = stored_text(name)
        self._fields = fields
        self._rows = rows
        self._indexes: FieldIndexes | None = None

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that sees the store at one moment."""

    def _resolved(self, predicate: language.Predicate, connection: Connection) -> language.Predicate:
        """Return a condition of the same meaning that this database can tell by itself."""
        return predicate

    def _where(self, predicate: language.Predicate) -> ColumnElement[bool]:
        own: ColumnElement[bool] = self._rows.columns.collection == written(self._stored_name)
        return own if predicate == language.And(()) else own & condition(predicate, self._fields)

    def _meeting(self, predicate: language.Predicate, connection: Connection) -> ColumnElement[bool]:
        return self._where(self._resolved(predicate, connection))

    def find(
        self,
        query: Query | None = None,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int | None = None,
        select: Iterable[str] | None = None,
    ) -> list[Document]:
        return self._found(self._rows.read, query, sort, skip, limit, select)

    def stored(
        self,
        query: Query | None = None,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int | None = None,
        select: Iterable[str] | None = None,
    ) -> list[Stored]:
        return self._found(self._rows.stored, query, sort, skip, limit, select)

    def _found(
        self,
        read: Read[Found],
        query: Query | None,
        sort: Sort | None,
        skip: int,
        limit: int | None,
        select: Iterable[str] | None,
    ) -> list[Found]:
        names = selected(select)
        skip, limit = one_page(skip, limit)
        predicate = language.parse(query)
        by = language.parse_sort(sort)
        with self._reading() as connection:
            asked = self._rows.selected().where(self._meeting(predicate, connection))
            if len(by) == 1 and limit is not None and self._is_indexed(by[0][0], connection):
                table, page = self._rows.documents, (skip, limit)
                return read(
                    connection, sorted_rows(connection, asked, table, self._fields, by[0], page), names
                )
            sorting = order(by, self._fields)
            statement = asked.order_by(*sorting, self._in_order(predicate, connection)).limit(limit)
            rows = connection.execute(statement.offset(skip) if skip else statement).all()
            return read(connection, rows, names)

    def iterate(
        self, query: Query | None = None, select: Iterable[str] | None = None, batch: int = 100
    ) -> Iterator[Document]:
        names = selected(select)
        predicate = language.parse(query)
        return self._walked(predicate, names, max(1, batch), (0, self._end()))

    def _walked(
        self, predicate: language.Predicate, names: Sequence[str] | None, batch: int, cursor: Cursor | None
    ) -> Iterator[Document]:
        while cursor is not None:
            found, cursor = self._page(self._rows.read, predicate, names, batch, cursor)
            yield from found

    def stored_page(
        self, query: Query | None, select: Iterable[str] | None, limit: int, cursor: Cursor | None
    ) -> tuple[list[Stored], Cursor | None]:
        names = selected(select)
        predicate = language.parse(query)
        at = (0, self._end()) if cursor is None else cursor
        return self._page(self._rows.stored, predicate, names, max(1, limit), at)

    def _end(self) -> int:
        columns = self._rows.columns
        last = sql_select(func.max(columns.sequence)).where(columns.collection == self._stored_name)
        with self._reading() as connection:
            return connection.execute(last).scalar() or 0

    def _page(
        self,
        read: Read[Found],
        predicate: language.Predicate,
        names: Sequence[str] | None,
        limit: int,
        cursor: Cursor,
    ) -> tuple[list[Found], Cursor | None]:
        after, end = cursor
        sequence = self._rows.columns.sequence
        statement = self._rows.selected().order_by(sequence).limit(limit)
        with self._reading() as connection:
            where = self._meeting(predicate, connection) & (sequence > after) & (sequence <= end)
            rows = connection.execute(statement.where(where)).all()
            found = read(connection, rows, names)
        return found, (rows[-1].sequence, end) if len(rows) == limit else None

    def get(self, id: str, select: Iterable[str] | None = None) -> Document:
        names = selected(select)
        columns = self._rows.columns
        statement = self._rows.selected().where(
            columns.collection == self._stored_name, columns.id == stored_id(id)
        )
        with self._reading() as connection:
            found = self._rows.read(connection, connection.execute(statement).all(), names)
        if not found:
            raise self._missing(id)
        return found[0]

    def _missing(self, id: str) -> NotFoundError:
        return NotFoundError(f"{self.name!r} has no document of id {id!r:.100}: it may have been removed")

    def _in_order(self, predicate: language.Predicate, connection: Connection) -> ColumnElement[int]:
        # To have the order for nothing, SQLite would walk all documents by it rather than find a few by
        # their ids or values: an expression hides the index from it.
        sequence: ColumnElement[int] = self._rows.columns.sequence
        listed = any(self._is_indexed(path, connection) for path in _listed(predicate))
        return sequence + 0 if listed or _names_ids(predicate) else sequence

    def _is_indexed(self, path: language.Path, connection: Connection) -> bool:
        if self._indexes is None:
            self._indexes = FieldIndexes(self._rows.documents, self._fields, connection.dialect)
        return path != ("id",) and self._indexes.ready(self._stored_name, path, connection)

    def count(self, query: Query | None = None) -> int:
        predicate = language.parse(query)
        statement = sql_select(func.count()).select_from(self._rows.documents)
        with self._reading() as connection:
            counted = connection.execute(statement.where(self._meeting(predicate, connection)))
            return int(counted.scalar_one())

    def distinct(self, field: str, query: Query | None = None) -> dict[Any, int]:
        path = language.parse_path(field)
        predicate = language.parse(query)
        first_of = func.min(self._rows.columns.sequence)
        counted: list[tuple[int, Any, int]] = []
        with self._reading() as connection:
            where = self._meeting(predicate, connection)
            for kind in ("number", "text", "boolean", "date"):
                value = self._fields.value(path, kind)
                rows = connection.execute(
                    sql_select(value, first_of, func.count())
                    .where(where, self._fields.is_kind(path, kind))
                    .group_by(value)
                )
                counted.extend((first, _original(kind, found), count) for found, first, count in rows)
            for kind_condition, stands_for in (
                (self._fields.is_kind(path, "nan"), _NAN),
                (self._fields.is_kind(path, "null"), None),
            ):
                first, count = connection.execute(
                    sql_select(first_of, func.count()).where(where, kind_condition)
                ).one()
                if count:
                    counted.append((first, stands_for, count))
        values: dict[Any, int] = {}
        for _, value, count in sorted(counted, key=lambda each: each[0]):
            values[value] = values.get(value, 0) + count
        return values


_NAN: Final = float("nan")


def _original(kind: str, value: Any) -> Any:
    if kind == "text":
        return original_text(value)
    if kind == "boolean":
        return bool(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**63 else float(value)
    return datetime.fromisoformat(value) if kind == "date" else value


def _names_ids(predicate: language.Predicate) -> bool:
    match predicate:
        case language.And(parts):
            return any(_names_ids(part) for part in parts)
        case language.In(("id",)) | language.Compare(("id",), "$eq"):
            return True
        case _:
            return False


def _listed(predicate: language.Predicate) -> list[language.Path]:
    """Return the fields that have to be one of several values, other than the id."""
    match predicate:
        case language.And(parts):
            return [path for part in parts for path in _listed(part)]
        case language.In(path) if path != ("id",):
            return [path]
        case _:
            return []
