"""Reading documents from an SQL database."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

import imlkit.query as language
from imlkit.documents import Reference, chosen, complete, parse, references
from imlkit.errors import NotFoundError
from imlkit.json_text import original_text, stored_text
from imlkit.store import Collection, Document, Query, Sort

from .arguments import one_page, selected, stored_id
from .sql_query import Fields, condition, order
from .sql_tables import attachments, documents

__all__ = ["SQLReading"]

_BATCH: Final = 200


class SQLReading(Collection):
    """The half of a collection that reads. A subclass gives connections and writes.

    Args:
        name: the collection's name.
        fields: how the database reaches into JSON.
    """

    def __init__(self, name: str, fields: Fields) -> None:
        self.name = name
        self._stored_name = stored_text(name)
        self._fields = fields

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that sees the store at one moment."""

    def _where(self, query: Query | None) -> ColumnElement[bool]:
        own = documents.c.collection == self._stored_name
        predicate = language.parse(query)
        return own if predicate == language.And(()) else own & condition(predicate, self._fields)

    def find(
        self,
        query: Query | None = None,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int | None = None,
        select: Iterable[str] | None = None,
    ) -> list[Document]:
        names = selected(select)
        skip, limit = one_page(skip, limit)
        sorting = order(language.parse_sort(sort), self._fields)
        statement = _rows().where(self._where(query)).order_by(*sorting, _in_order(language.parse(query)))
        if limit is not None:
            statement = statement.limit(limit)
        if skip:
            statement = statement.offset(skip)
        with self._reading() as connection:
            return self._documents(connection, connection.execute(statement).all(), names)

    def iterate(
        self, query: Query | None = None, select: Iterable[str] | None = None, batch: int = 100
    ) -> Iterator[Document]:
        names = selected(select)
        statement = _rows().where(self._where(query)).order_by(documents.c.sequence).limit(max(1, batch))
        with self._reading() as connection:
            end = connection.execute(_last_of(self._stored_name)).scalar() or 0
        return self._walked(statement.where(documents.c.sequence <= end), names)

    def _walked(self, statement: Select[Any], names: Sequence[str] | None) -> Iterator[Document]:
        after = 0
        while True:
            with self._reading() as connection:
                rows = connection.execute(statement.where(documents.c.sequence > after)).all()
                batch = self._documents(connection, rows, names)
            if not rows:
                return
            yield from batch
            after = rows[-1].sequence

    def get(self, id: str, select: Iterable[str] | None = None) -> Document:
        names = selected(select)
        statement = _rows().where(
            documents.c.collection == self._stored_name, documents.c.id == stored_id(id)
        )
        with self._reading() as connection:
            found = self._documents(connection, connection.execute(statement).all(), names)
        if not found:
            raise self._missing(id)
        return found[0]

    def _missing(self, id: str) -> NotFoundError:
        return NotFoundError(f"{self.name!r} has no document of id {id!r:.100}: it may have been removed")

    def _documents(
        self, connection: Connection, rows: Sequence[Row[Any]], names: Sequence[str] | None
    ) -> list[Document]:
        found: list[Document] = []
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            plain = [chosen(original_text(row.id), parse(row.document), names) for row in batch]
            wanted = [
                (row.sequence, reference.name)
                for row, document in zip(batch, plain, strict=True)
                for reference in references(document)
            ]
            if not wanted:
                found.extend(plain)
                continue
            contents = _contents(connection, wanted)
            for row, document in zip(batch, plain, strict=True):
                found.append(complete(document, _Loading(contents, row.sequence)))
        return found

    def count(self, query: Query | None = None) -> int:
        statement = select(func.count()).select_from(documents).where(self._where(query))
        with self._reading() as connection:
            return int(connection.execute(statement).scalar_one())

    def distinct(self, field: str, query: Query | None = None) -> dict[Any, int]:
        path = language.parse_path(field)
        where = self._where(query)
        counted: list[tuple[int, Any, int]] = []
        with self._reading() as connection:
            for kind in ("number", "text", "boolean", "date"):
                value = self._fields.value(path, kind)
                rows = connection.execute(
                    select(value, func.min(documents.c.sequence), func.count())
                    .where(where, self._fields.is_kind(path, kind))
                    .group_by(value)
                )
                counted.extend((first, _original(kind, found), count) for found, first, count in rows)
            for kind_condition, stands_for in (
                (self._fields.is_kind(path, "nan"), _NAN),
                (self._fields.is_kind(path, "null"), None),
            ):
                first, count = connection.execute(
                    select(func.min(documents.c.sequence), func.count()).where(where, kind_condition)
                ).one()
                if count:
                    counted.append((first, stands_for, count))
        values: dict[Any, int] = {}
        for _, value, count in sorted(counted, key=lambda each: each[0]):
            values[value] = values.get(value, 0) + count
        return values


class _Loading:
    """Finds the attachments of one document among those read."""

    def __init__(self, contents: Mapping[tuple[int, str], bytes], sequence: int) -> None:
        self._contents = contents
        self._sequence = sequence

    def __call__(self, reference: Reference) -> bytes:
        return self._contents[self._sequence, reference.name]


_NAN: Final = float("nan")


def _original(kind: str, value: Any) -> Any:
    if kind == "text":
        return original_text(value)
    if kind == "boolean":
        return bool(value)
    return datetime.fromisoformat(value) if kind == "date" else value


def _rows() -> Select[Any]:
    return select(documents.c.sequence, documents.c.id, documents.c.document)


def _in_order(predicate: language.Predicate) -> ColumnElement[int]:
    # To have the order for nothing, SQLite would walk all documents by it rather than find a few by
    # their ids: an expression hides the index from it.
    return documents.c.sequence + 0 if _names_ids(predicate) else documents.c.sequence


def _names_ids(predicate: language.Predicate) -> bool:
    match predicate:
        case language.And(parts):
            return any(_names_ids(part) for part in parts)
        case language.In(("id",)) | language.Compare(("id",), "$eq"):
            return True
        case _:
            return False


def _last_of(stored_name: str) -> Select[Any]:
    return select(func.max(documents.c.sequence)).where(documents.c.collection == stored_name)


def _contents(connection: Connection, wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], bytes]:
    contents: dict[tuple[int, str], bytes] = {}
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        # SQLite looks for pairs by reading the whole table, and for two lists by trying every pair:
        # the documents are found by the index, and their names then compared as an expression.
        rows = connection.execute(
            select(attachments).where(
                attachments.c.document.in_({document for document, _ in some}),
                attachments.c.name.concat("").in_({name for _, name in some}),
            )
        )
        contents.update({(row.document, row.name): row.content for row in rows})
    return contents
