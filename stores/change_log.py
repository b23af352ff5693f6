"""The log of changes in an SQLite store, by which processes learn of each other's writes."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Final

from imlkit.errors import StoreError
from imlkit.json_text import json_text, original_text, stored_text
from imlkit.store import Change

from .news import News
from .sqlite_file import SQLiteFile

__all__ = ["KEPT", "ChangeLog"]

log = logging.getLogger("imlkit")

KEPT: Final = 10_000
"""How many changes the log holds at least; who missed more must look again at everything."""

_TRIM_EVERY: Final = 500
_LOOK_EVERY: Final = 0.2
"""Seconds between two looks for other processes' writes."""

_ADD: Final = "INSERT INTO changes (collection, kind, ids) VALUES (?, ?, ?)"
_SINCE: Final = (
    "SELECT collection, kind, ids FROM changes WHERE sequence > ? AND sequence < ? ORDER BY sequence"
)
_AFTER: Final = (
    "SELECT sequence, collection, kind, ids FROM changes WHERE sequence > ? ORDER BY sequence LIMIT ?"
)
_LAST: Final = "SELECT coalesce(max(sequence), 0) FROM changes"
_TOLD: Final = "SELECT count(*) FROM changes WHERE collection = ? AND kind = 'created' AND instr(ids, ?) > 0"
_TRIM: Final = "DELETE FROM changes WHERE sequence <= ?"
_VERSION: Final = "PRAGMA data_version"


class ChangeLog:
    """Writes this process's changes into the log, and announces them and everyone else's.

    While somebody reads the news, a thread asks SQLite, five times a second, whether another
    process has written: a question that reads a few bytes of shared memory. Each change is
    announced once, in the order of the log.
    """

    def __init__(self, file: SQLiteFile) -> None:
        self._file = file
        self.news = News(self._watch)
        self._announced = 0
        self._version = 0
        self._watching = False
        self._stopped = threading.Event()

    def write(self, work: Callable[[sqlite3.Connection], Change | None]) -> None:
        """Do some work in one transaction, and announce the change that it returns once that is kept."""

        def recorded(connection: sqlite3.Connection) -> tuple[Sequence[Change], int]:
            change = work(connection)
            return self._record(connection, change) if change is not None else ((), 0)

        self._file.write(recorded, self._announce)
        self.news.deliver()

    def _record(self, connection: sqlite3.Connection, change: Change) -> tuple[Sequence[Change], int]:
        ids = json_text([stored_text(id) for id in change.ids])
        row = (stored_text(change.collection), change.kind, ids)
        sequence = connection.execute(_ADD, row).lastrowid or 0
        if sequence % _TRIM_EVERY == 0:
            connection.execute(_TRIM, (sequence - KEPT,))
        # What others wrote just before comes first.
        return [*self._missed(connection, sequence), change], sequence

    def told_of(self, connection: sqlite3.Connection, stored_name: str, id: str) -> bool:
        """Return whether the log tells of the creation of a document in a collection."""
        ((count,),) = connection.execute(_TOLD, (stored_name, json_text(stored_text(id))))
        return bool(count)

    def close(self) -> None:
        """Let go of the readers, and stop looking for other processes' writes."""
        self._stopped.set()
        self.news.close()

    def last(self) -> int:
        with self._file.peeking() as connection:
            return _one(connection, _LAST)

    def since(self, number: int, most: int) -> list[tuple[int, Change]] | None:
        with self._file.peeking() as connection:
            rows = connection.execute(_AFTER, (number, most)).fetchall()
            last = _one(connection, _LAST)
        if rows[0][0] != number + 1 if rows else last != number:
            return None
        return [
            (sequence, Change(kind, original_text(name), _ids(ids))) for sequence, name, kind, ids in rows
        ]

    def listen(self, act: Callable[[], object]) -> Callable[[], None]:
        return self.news.listen(act)

    def _missed(self, connection: sqlite3.Connection, before: int) -> Sequence[Change]:
        """Return the changes since the last announced one, up to but without a sequence."""
        if not self._watching or before <= self._announced + 1:
            return ()
        rows = connection.execute(_SINCE, (self._announced, before)).fetchall()
        if len(rows) != before - self._announced - 1:
            return self.news.resets()
        return [Change(kind, original_text(name), _ids(ids)) for name, kind, ids in rows]

    def _announce(self, written: tuple[Sequence[Change], int]) -> None:
        changes, sequence = written
        for change in changes:
            self.news.announce(change)
        self._announced = max(self._announced, sequence)

    def _watch(self) -> None:
        if self._file.closed:
            return
        with self._file.peeking() as connection:
            if not self._watching:
                self._watching = True
                self._version = _one(connection, _VERSION)
                self._announced = _one(connection, _LAST)
                threading.Thread(target=self._look, name="imlkit changes", daemon=True).start()

    def _look(self) -> None:
        failed = False
        while not self._stopped.wait(_LOOK_EVERY):
            try:
                with self._file.peeking() as connection:
                    if not self.news.read:
                        self._watching = False
                        return
                    version = _one(connection, _VERSION)
                    if version != self._version:
                        last = _one(connection, _LAST)
                        self._announce((self._missed(connection, last + 1), last))
                        self._version = version
                failed = False
            except StoreError as error:
                if self._file.closed:
                    return
                # Once is enough: a disk that is gone would fill the log.
                log.log(logging.DEBUG if failed else logging.ERROR, "looking for changes: %s", error)
                failed = True
            self.news.deliver()


def _one(connection: sqlite3.Connection, question: str) -> int:
    ((answer,),) = connection.execute(question)
    return int(answer)


def _ids(listed: str) -> tuple[str, ...]:
    return tuple(original_text(id) for id in json.loads(listed))
