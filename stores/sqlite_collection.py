"""A collection in an SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

from sqlalchemy import Connection, select

import imlkit.query as language
from imlkit.documents import Encoded, complete, encode, parse, plain, references
from imlkit.json_text import json_text, original_text, stored_text
from imlkit.store import Change, Query

from .arguments import stored_id
from .change_log import ChangeLog
from .kept_answers import KeptAnswers
from .sql_reading import SQLReading
from .sql_rows import SQLRows
from .sql_tables import attachments, documents
from .sqlite_fields import SQLiteFields
from .sqlite_file import SQLiteFile
from .stored import check_same

__all__ = ["SQLiteCollection"]

_INSERT: Final = "INSERT INTO documents (collection, id, document) VALUES (?, ?, ?)"
_FIND: Final = "SELECT sequence, document FROM documents WHERE collection = ? AND id = ?"
_UPDATE: Final = "UPDATE documents SET document = ? WHERE sequence = ?"
_DELETE: Final = "DELETE FROM documents WHERE sequence = ?"
_ATTACH: Final = "INSERT OR IGNORE INTO attachments (document, name, content) VALUES (?, ?, ?)"
_ATTACHED: Final = "SELECT name FROM attachments WHERE document = ?"
_CONTENT: Final = "SELECT content FROM attachments WHERE document = ? AND name = ?"
_DETACH: Final = "DELETE FROM attachments WHERE document = ? AND name = ?"
_DETACH_ALL: Final = "DELETE FROM attachments WHERE document = ?"


class SQLiteCollection(SQLReading):
    """Documents of one name in an SQLite file.

    Args:
        name: the collection's name.
        file: the database.
        log: where its changes are recorded.
        answers: what writes were answered.
    """

    def __init__(self, name: str, file: SQLiteFile, log: ChangeLog, answers: KeptAnswers) -> None:
        super().__init__(name, SQLiteFields(), SQLRows(documents, attachments))
        self._file = file
        self._log = log
        self._answers = answers
        self.changes = log.news.stream(name)

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._file.reading()

    def create(self, documents: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Any:
        if isinstance(documents, Mapping):
            encoded = encode(documents)
            self._create_one(encoded)
            return {**documents, "id": encoded.id}
        many = list(documents)
        all_encoded = [encode(document) for document in many]
        if all_encoded:
            self.keep(all_encoded)
        return [{**document, "id": each.id} for document, each in zip(many, all_encoded, strict=True)]

    def _create_one(self, encoded: Encoded) -> None:
        row = (self._stored_name, stored_text(encoded.id), encoded.text)

        def work(connection: sqlite3.Connection) -> Change | None:
            try:
                sequence = connection.execute(_INSERT, row).lastrowid
            except sqlite3.IntegrityError:
                self._check_same(connection, encoded)
                return None
            if encoded.attachments:
                _attach(connection, sequence, encoded)
            return Change("created", self.name, (encoded.id,))

        self._log.write(work)

    def keep(self, encoded: Sequence[Encoded], *, again: bool = False) -> None:
        def work(connection: sqlite3.Connection) -> Change | None:
            created: list[str] = []
            if again and encoded and self._log.told_of(connection, self._stored_name, encoded[0].id):
                return None
            for each in encoded:
                row = (self._stored_name, stored_text(each.id), each.text)
                try:
                    sequence = connection.execute(_INSERT, row).lastrowid
                except sqlite3.IntegrityError:
                    if not again:
                        self._check_same(connection, each)
                    continue
                _attach(connection, sequence, each)
                created.append(each.id)
            return Change("created", self.name, tuple(created)) if created else None

        self._log.write(work)

    def _check_same(self, connection: sqlite3.Connection, encoded: Encoded) -> None:
        ((sequence, text),) = connection.execute(_FIND, (self._stored_name, stored_text(encoded.id)))
        if text == encoded.text:
            return
        before = complete(
            parse(text),
            lambda reference: connection.execute(_CONTENT, (sequence, reference.name)).fetchone()[0],
        )
        check_same(self.name, before, encoded)

    def change(
        self,
        ids: Sequence[str],
        encoded: Encoded,
        *,
        keep_others: bool,
        must_exist: bool,
        write: str | None = None,
    ) -> list[str]:
        changed: list[str] = []

        def work(connection: sqlite3.Connection) -> Change | None:
            before = self._answers.of(connection, write)
            if before is not None:
                changed.extend(before)
                return None
            for id in dict.fromkeys(ids):
                row = connection.execute(_FIND, (self._stored_name, stored_id(id))).fetchone()
                if row is None:
                    if must_exist:
                        raise self._missing(id)
                    continue
                sequence, text = row
                fields = {**json.loads(text), **encoded.fields} if keep_others else encoded.fields
                connection.execute(_UPDATE, (json_text(fields), sequence))
                _attach(connection, sequence, encoded)
                used = {reference.name for reference in references(plain(fields))}
                for (name,) in connection.execute(_ATTACHED, (sequence,)).fetchall():
                    if name not in used:
                        connection.execute(_DETACH, (sequence, name))
                changed.append(id)
            self._answers.keep(connection, write, changed)
            return Change("updated", self.name, tuple(changed)) if changed else None

        self._log.write(work)
        return changed

    def remove(self, which: str | Sequence[str] | Query, *, write: str | None = None) -> list[str]:
        removed: list[str] = []

        def work(connection: sqlite3.Connection) -> Change | None:
            before = self._answers.of(connection, write)
            if before is not None:
                removed.extend(before)
                return None
            found = self._to_remove(connection, which)
            sequences = [(sequence,) for sequence, _ in found]
            connection.executemany(_DELETE, sequences)
            connection.executemany(_DETACH_ALL, sequences)
            removed.extend(id for _, id in found)
            self._answers.keep(connection, write, removed)
            return Change("removed", self.name, tuple(removed)) if removed else None

        self._log.write(work)
        return removed

    def answered(self, write: str) -> list[str] | None:
        with self._file.peeking() as connection:
            return self._answers.of(connection, write)

    def _to_remove(
        self, connection: sqlite3.Connection, which: str | Sequence[str] | Query
    ) -> list[tuple[int, str]]:
        if isinstance(which, Mapping):
            own = select(documents.c.sequence, documents.c.id).order_by(documents.c.sequence)
            rows = self._file.run(connection, own.where(self._where(language.parse(which))))
            return [(sequence, original_text(id)) for sequence, id in rows]
        found: list[tuple[int, str]] = []
        for id in [which] if isinstance(which, str) else dict.fromkeys(which):
            row = connection.execute(_FIND, (self._stored_name, stored_id(id))).fetchone()
            if row is not None:
                found.append((row[0], id))
            elif isinstance(which, str):
                raise self._missing(id)
        return found


def _attach(connection: sqlite3.Connection, sequence: int | None, encoded: Encoded) -> None:
    for name, attachment in encoded.attachments.items():
        connection.execute(_ATTACH, (sequence, name, attachment.content))


def collection_names(file: SQLiteFile) -> list[str]:
    """Return the names of the collections that hold documents, sorted."""
    with file.reading() as connection:
        names: Iterable[str] = connection.execute(select(documents.c.collection).distinct()).scalars()
        return sorted(original_text(name) for name in names)
