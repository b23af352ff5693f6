"""The log of changes in PostgreSQL, by which processes learn of each other's writes."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, text

from imlkit.errors import StoreError
from imlkit.json_text import json_text, original_text, stored_text
from imlkit.store import Change

from ..news import News
from .database import LOCK, Database, parameters
from .tables import SCHEMA

__all__ = ["KEPT", "ChangeLog"]

log = logging.getLogger("imlkit")

KEPT: Final = 100_000
"""How many changes the log holds at least; who missed more must look again at everything."""
_TRIM_EVERY: Final = 1_000
_CHANNEL: Final = "imlkit_changes"
_LOOK_EVERY: Final = 0.5
"""Seconds after which the log is looked at even if nobody told of a change."""

# Who writes last ends last: changes are numbered in the order in which they are kept.
_TURN: Final = text("SELECT pg_advisory_xact_lock(:lock)")
_ADD: Final = text(
    f"INSERT INTO {SCHEMA}.changes SELECT coalesce(max(sequence), 0) + 1, :collection, :kind, :ids "
    f"FROM {SCHEMA}.changes RETURNING sequence"
)
_TELL: Final = text(f"SELECT pg_notify('{_CHANNEL}', '')")
_TRIM: Final = text(f"DELETE FROM {SCHEMA}.changes WHERE sequence <= :last")
_SINCE: Final = text(
    f"SELECT sequence, collection, kind, ids FROM {SCHEMA}.changes WHERE sequence > :last ORDER BY sequence"
)
_AFTER: Final = text(f"{_SINCE} LIMIT :most")
_TOLD: Final = text(
    f"SELECT EXISTS (SELECT FROM {SCHEMA}.changes WHERE collection = :collection AND kind = 'created' "
    "AND position(:id IN ids) > 0)"
)
_LAST: Final = text(f"SELECT coalesce(max(sequence), 0) FROM {SCHEMA}.changes")


class ChangeLog:
    """Writes this process's changes into the log, and announces them and everyone else's.

    While somebody reads the news, a thread waits for PostgreSQL to tell of others' changes. Each
    change is announced once, in the order of the log.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.news = News(self._watch)
        self._announced = 0
        self._watching = False
        self._listening: threading.Thread | None = None
        self._turn = threading.Lock()
        self._stopped = threading.Event()

    def write(self, work: Callable[[Connection], Change | None]) -> None:
        """Do some work in one transaction, and announce the change that it returns once that is kept."""

        def recorded(connection: Connection) -> bool:
            change = work(connection)
            if change is not None:
                self._record(connection, change)
            return change is not None

        if self._database.write(recorded) and self._watching:
            self._catch_up()

    def _record(self, connection: Connection, change: Change) -> None:
        connection.execute(_TURN, {"lock": LOCK + 1})
        (sequence,) = connection.execute(
            _ADD,
            {
                "collection": stored_text(change.collection),
                "kind": change.kind,
                "ids": json_text([stored_text(id) for id in change.ids]),
            },
        ).scalars()
        if sequence % _TRIM_EVERY == 0:
            connection.execute(_TRIM, {"last": sequence - KEPT})
        connection.execute(_TELL)

    def told_of(self, connection: Connection, stored_name: str, id: str) -> bool:
        """Return whether the log tells of the creation of a document in a collection."""
        named = {"collection": stored_name, "id": json_text(stored_text(id))}
        return bool(connection.execute(_TOLD, named).scalar_one())

    def close(self) -> None:
        """Let go of the readers, and stop listening for other processes' writes."""
        self._stopped.set()
        listening = self._listening
        if listening is not None and listening is not threading.current_thread():
            listening.join(5 * _LOOK_EVERY)
        self.news.close()

    def last(self) -> int:
        with self._database.reading() as connection:
            return int(connection.execute(_LAST).scalar_one())

    def since(self, number: int, most: int) -> list[tuple[int, Change]] | None:
        with self._database.reading() as connection:
            rows = connection.execute(_AFTER, {"last": number, "most": most}).all()
            last = connection.execute(_LAST).scalar_one()
        if rows[0].sequence != number + 1 if rows else last != number:
            return None
        return [
            (row.sequence, Change(row.kind, original_text(row.collection), _ids(row.ids))) for row in rows
        ]

    def listen(self, act: Callable[[], object]) -> Callable[[], None]:
        return self.news.listen(act)

    def _catch_up(self) -> None:
        """Announce what was kept since the last change announced."""
        with self._turn:
            with self._database.reading() as connection:
                rows = connection.execute(_SINCE, {"last": self._announced}).all()
            if rows and rows[0].sequence != self._announced + 1:
                changes = self.news.resets()
            else:
                changes = [Change(row.kind, original_text(row.collection), _ids(row.ids)) for row in rows]
            for change in changes:
                self.news.announce(change)
            if rows:
                self._announced = rows[-1].sequence
        self.news.deliver()

    def _watch(self) -> None:
        if self._database.closed:
            return
        with self._turn:
            if self._watching:
                return
            with self._database.reading() as connection:
                (self._announced,) = connection.execute(_LAST).scalars()
            self._watching = True
            self._listening = threading.Thread(target=self._listen, name="imlkit changes", daemon=True)
            self._listening.start()

    def _listen(self) -> None:
        failed = False
        while not self._stopped.is_set():
            try:
                with psycopg.connect(**parameters(self._database.url), autocommit=True) as connection:
                    connection.execute(f"LISTEN {_CHANNEL}")
                    failed = False
                    while not self._stopped.is_set():
                        self._catch_up()
                        for _ in connection.notifies(timeout=_LOOK_EVERY, stop_after=1):
                            pass
            except (psycopg.Error, StoreError) as error:
                if self._stopped.is_set() or self._database.closed:
                    return
                # Once is enough: a server that is away would fill the log.
                log.log(logging.DEBUG if failed else logging.ERROR, "listening for changes: %s", error)
                failed = True
                self._stopped.wait(_LOOK_EVERY)


def _ids(listed: Any) -> tuple[str, ...]:
    return tuple(original_text(id) for id in json.loads(listed))
