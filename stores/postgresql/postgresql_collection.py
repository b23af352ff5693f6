"""A collection in a PostgreSQL database."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection, select, text

import imlkit.query as language
from imlkit.documents import Encoded, complete, parse, plain, references
from imlkit.json_text import json_text, original_text, stored_text
from imlkit.store import Change, Query

from ..arguments import stored_id
from ..sql_reading import SQLReading
from ..sql_rows import SQLRows
from ..stored import check_same
from .change_log import ChangeLog
from .database import LOCK, Database
from .kept_answers import KeptAnswers
from .postgresql_fields import PostgreSQLFields, searched
from .tables import SCHEMA, attachments, documents

__all__ = ["PostgreSQLCollection", "collection_names"]

# Documents are kept in the order of their sequence, so that who walks them misses none.
_TURN: Final = text("SELECT pg_advisory_xact_lock(:store, hashtext(:collection))")
_INSERT: Final = text(
    f"INSERT INTO {SCHEMA}.documents (collection, id, document, fields) "
    "SELECT :collection, id, document, fields::jsonb "
    "FROM unnest(CAST(:ids AS text[]), CAST(:documents AS text[]), CAST(:fields AS text[])) "
    "WITH ORDINALITY AS new (id, document, fields, place) ORDER BY place "
    "ON CONFLICT (collection, id) DO NOTHING RETURNING id, sequence"
)
_FIND: Final = text(
    f"SELECT id, sequence, document FROM {SCHEMA}.documents "
    "WHERE collection = :collection AND id = ANY(CAST(:ids AS text[]))"
)
_LOCK: Final = text(f"{_FIND} ORDER BY sequence FOR UPDATE")
_UPDATE: Final = text(
    f"UPDATE {SCHEMA}.documents SET document = :document, fields = CAST(:fields AS jsonb) "
    "WHERE sequence = :sequence"
)
_DELETE: Final = text(f"DELETE FROM {SCHEMA}.documents WHERE sequence = ANY(CAST(:sequences AS bigint[]))")
_ATTACH: Final = text(
    f"INSERT INTO {SCHEMA}.attachments VALUES (:document, :name, :content) ON CONFLICT DO NOTHING"
)
_ATTACHED: Final = text(f"SELECT name, content FROM {SCHEMA}.attachments WHERE document = :document")
_DETACH: Final = text(
    f"DELETE FROM {SCHEMA}.attachments WHERE document = :document AND NOT name = ANY(CAST(:used AS text[]))"
)
_AT_ONCE: Final = 2_000
"""Documents that one statement writes."""
_PLAIN: Final = re.compile(r"[^.^$*+?{}\[\]\\|()]*")
"""A regular expression that stands for itself."""


class PostgreSQLCollection(SQLReading):
    """Documents of one name in a PostgreSQL database.

    Args:
        name: the collection's name.
        database: the database.
        log: where its changes are recorded.
        answers: what writes were answered.
    """

    def __init__(self, name: str, database: Database, log: ChangeLog, answers: KeptAnswers) -> None:
        super().__init__(name, PostgreSQLFields(), SQLRows(documents, attachments))
        self._database = database
        self._log = log
        self._answers = answers
        self.changes = log.news.stream(name)

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._database.reading()

    def _resolved(self, predicate: language.Predicate, connection: Connection) -> language.Predicate:
        # Regular expressions are Python's in every store: Python looks at each different text once.
        match predicate:
            case language.And(parts):
                return language.And(tuple(self._resolved(part, connection) for part in parts))
            case language.Or(parts):
                return language.Or(tuple(self._resolved(part, connection) for part in parts))
            case language.Not(part):
                return language.Not(self._resolved(part, connection))
            case language.Matches(path, pattern, ignore_case) if ignore_case or not _PLAIN.fullmatch(pattern):
                value = self._fields.value(path, "text")
                texts = connection.execute(
                    select(value)
                    .where(documents.c.collection == self._stored_name, self._fields.is_kind(path, "text"))
                    .distinct()
                ).scalars()
                search = predicate.compiled().search
                found = (original_text(each) for each in texts)
                return language.In(path, tuple(each for each in found if search(each)))
        return predicate

    def keep(self, encoded: Sequence[Encoded], *, again: bool = False) -> None:
        if encoded:
            self._log.write(lambda connection: self._create(connection, encoded, again))

    def _create(self, connection: Connection, encoded: Sequence[Encoded], again: bool) -> Change | None:
        created: list[str] = []
        connection.execute(_TURN, {"store": LOCK & 0x7FFFFFFF, "collection": self._stored_name})
        if again and self._log.told_of(connection, self._stored_name, encoded[0].id):
            return None
        for start in range(0, len(encoded), _AT_ONCE):
            created += self._insert(connection, encoded[start : start + _AT_ONCE], again)
        return Change("created", self.name, tuple(created)) if created else None

    def _insert(self, connection: Connection, encoded: Sequence[Encoded], again: bool) -> list[str]:
        new: dict[str, Encoded] = {}
        for each in encoded:
            new.setdefault(each.id, each)
        ids = [stored_text(id) for id in new]
        rows = connection.execute(
            _INSERT,
            {
                "collection": self._stored_name,
                "ids": ids,
                "documents": [each.text for each in new.values()],
                "fields": [json_text(searched(each.fields)) for each in new.values()],
            },
        )
        made = {original_text(row.id): row.sequence for row in rows}
        for each in encoded:
            if not again and (each.id not in made or new[each.id] is not each):
                self._check_same(connection, each, new[each.id] if each.id in made else None)
        _attach(connection, [(made[id], each) for id, each in new.items() if id in made])
        return [id for id in new if id in made]

    def _check_same(self, connection: Connection, encoded: Encoded, new: Encoded | None) -> None:
        """Raise unless a document is like the one of its id, which is stored or just being made."""
        if new is not None:
            before = complete(parse(new.text), lambda reference: new.attachments[reference.name].content)
        else:
            rows = connection.execute(
                _FIND, {"collection": self._stored_name, "ids": [stored_text(encoded.id)]}
            )
            row = rows.one()
            if row.document == encoded.text:
                return
            kept = _attached(connection, row.sequence)
            before = complete(parse(row.document), lambda reference: kept[reference.name])
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

        def work(connection: Connection) -> Change | None:
            changed.clear()
            before = self._answers.claimed(connection, write)
            if before is not None:
                changed.extend(before)
                return None
            wanted = list(dict.fromkeys(ids))
            found = self._locked(connection, wanted)
            for id in wanted:
                if id not in found:
                    if must_exist:
                        raise self._missing(id)
                    continue
                sequence, document = found[id]
                fields = {**json.loads(document), **encoded.fields} if keep_others else encoded.fields
                connection.execute(
                    _UPDATE,
                    {
                        "document": json_text(fields),
                        "fields": json_text(searched(fields)),
                        "sequence": sequence,
                    },
                )
                _attach(connection, [(sequence, encoded)])
                used = [reference.name for reference in references(plain(fields))]
                connection.execute(_DETACH, {"document": sequence, "used": used})
                changed.append(id)
            self._answers.keep(connection, write, changed)
            return Change("updated", self.name, tuple(changed)) if changed else None

        self._log.write(work)
        return changed

    def _locked(self, connection: Connection, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        rows = connection.execute(
            _LOCK, {"collection": self._stored_name, "ids": [stored_id(id) for id in ids]}
        )
        return {original_text(row.id): (row.sequence, row.document) for row in rows}

    def remove(self, which: str | Sequence[str] | Query, *, write: str | None = None) -> list[str]:
        removed: list[str] = []

        def work(connection: Connection) -> Change | None:
            removed.clear()
            before = self._answers.claimed(connection, write)
            if before is not None:
                removed.extend(before)
                return None
            found = self._to_remove(connection, which)
            connection.execute(_DELETE, {"sequences": [sequence for _, sequence in found]})
            removed.extend(id for id, _ in found)
            self._answers.keep(connection, write, removed)
            return Change("removed", self.name, tuple(removed)) if removed else None

        self._log.write(work)
        return removed

    def answered(self, write: str) -> list[str] | None:
        with self._database.reading() as connection:
            return self._answers.of(connection, write)

    def _to_remove(self, connection: Connection, which: str | Sequence[str] | Query) -> list[tuple[str, int]]:
        if isinstance(which, Mapping):
            where = self._meeting(language.parse(which), connection)
            columns = documents.c
            rows = connection.execute(
                select(columns.id, columns.sequence).where(where).order_by(columns.sequence).with_for_update()
            )
            return [(original_text(row.id), row.sequence) for row in rows]
        wanted = [which] if isinstance(which, str) else list(dict.fromkeys(which))
        found = self._locked(connection, wanted)
        if isinstance(which, str) and which not in found:
            raise self._missing(which)
        return [(id, found[id][0]) for id in wanted if id in found]


def _attach(connection: Connection, written: Sequence[tuple[int, Encoded]]) -> None:
    rows = [
        {"document": sequence, "name": name, "content": attachment.content}
        for sequence, encoded in written
        for name, attachment in encoded.attachments.items()
    ]
    if rows:
        connection.execute(_ATTACH, rows)


def _attached(connection: Connection, sequence: int) -> dict[str, bytes]:
    return {row.name: bytes(row.content) for row in connection.execute(_ATTACHED, {"document": sequence})}


def collection_names(database: Database) -> list[str]:
    """Return the names of the collections that hold documents, sorted."""
    with database.reading() as connection:
        names = connection.execute(select(documents.c.collection).distinct()).scalars()
        return sorted(original_text(name) for name in names)
