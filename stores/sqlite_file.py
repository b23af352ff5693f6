"""The SQLite file of a store: opened, checked, read by many threads, written by one at a time."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable

from imlkit.errors import DocumentError, StoreError, StoreUnavailableError, StoreVersionError

from .disk import disk_errors, full, is_full, unavailable
from .sql_tables import metadata
from .sqlite_fields import add_functions

__all__ = ["SCHEMA_VERSION", "SQLiteFile"]

T = TypeVar("T")

SCHEMA_VERSION: Final = 1
_APPLICATION: Final = int.from_bytes(b"imlk", "big")
_PATIENCE: Final = 30.0
"""Seconds to wait for another process that writes."""

_CONNECTION: Final = (
    "PRAGMA synchronous=NORMAL",
    "PRAGMA cache_size=-16000",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA secure_delete=FAST",
)


class SQLiteFile:
    """A database in write-ahead mode: readers never wait, writers wait for each other.

    Args:
        path: the file, in a folder that exists; made if it does not exist.

    Raises:
        StoreVersionError: a newer imlkit wrote it; it is left as it was.
        StoreUnavailableError: it cannot be read or written, or is no store.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.closed = False
        self._turn = threading.Lock()
        with self.errors():
            self._prepare()
            self._writer = self._connected()
            self._identity = self._found()
        self._engine = sqlalchemy.create_engine(
            "sqlite://",
            creator=self._connected,
            poolclass=QueuePool,
            pool_size=4,
            max_overflow=-1,
            hide_parameters=True,
        )
        # sqlite3 begins no transaction before a SELECT; with one, a reader sees one moment.
        event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        for pragma in _CONNECTION:
            connection.execute(pragma)
        add_functions(connection)
        return connection

    def _prepare(self) -> None:
        # Touched before SQLite, a file that may not be written says so in the system's words.
        with disk_errors(self.path.parent), open(self.path, "ab"):
            pass
        with closing(self._connected()) as connection:
            self._checked_version(connection)
            # A file made before has fewer tables; an imlkit of then reads one that has more.
            if _missing_tables(connection):
                connection.execute("BEGIN IMMEDIATE")
                self._checked_version(connection)
                dialect = sqlite.dialect()
                for table in _missing_tables(connection):
                    connection.execute(str(CreateTable(table).compile(dialect=dialect)))
                    for index in sorted(table.indexes, key=lambda index: str(index.name)):
                        connection.execute(str(CreateIndex(index).compile(dialect=dialect)))
                connection.execute(f"PRAGMA application_id={_APPLICATION:d}")
                connection.execute(f"PRAGMA user_version={SCHEMA_VERSION:d}")
                connection.execute("COMMIT")
            _set_write_ahead(connection)

    def _checked_version(self, connection: sqlite3.Connection) -> None:
        ((version,),) = connection.execute("PRAGMA user_version")
        ((application,),) = connection.execute("PRAGMA application_id")
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_schema")
        if application != _APPLICATION and (version or tables):
            raise StoreUnavailableError(
                f"{str(self.path)!r} is another program's database, not a store of imlkit: "
                "choose another folder"
            )
        if version > SCHEMA_VERSION:
            raise StoreVersionError(
                f"the store in {str(self.path.parent)!r} was written by a newer imlkit (format {version}, "
                f"this one reads up to {SCHEMA_VERSION}) and was left as it was: update imlkit, or choose "
                "another folder"
            )

    def check_open(self) -> None:
        """Raise if the store is closed."""
        if self.closed:
            raise StoreUnavailableError(
                f"the store in {str(self.path.parent)!r} is closed: open it again with data_store()"
            )

    @contextmanager
    def reading(self) -> Iterator[sqlalchemy.Connection]:
        """Give a connection that sees the store as it is at its first question."""
        self.check_open()
        with self.errors(), self._engine.connect() as connection:
            yield connection

    def write(
        self, work: Callable[[sqlite3.Connection], T], committed: Callable[[T], object] = lambda _: None
    ) -> T:
        """Do some work in one transaction, and return its result.

        Args:
            work: gets the one connection that writes; all it does is kept, or none if it raises.
            committed: called with the result once it is kept, before another thread may write.
        """
        # One function instead of context managers: half of a small write's cost would be theirs.
        with self._turn:
            self.check_open()
            if self._found() != self._identity:
                raise StoreUnavailableError(
                    f"the database {self.path} was moved, deleted or replaced while it was open: "
                    "put it back as it was, or start the program again"
                )
            connection = self._writer
            try:
                connection.execute("BEGIN IMMEDIATE")
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException as error:
                self._undo(connection)
                if isinstance(error, sqlite3.Error):
                    raise self._meant(error) from error
                raise
            committed(result)
        return result

    def _found(self) -> tuple[int, int] | None:
        """Return what the file is known by. SQLite goes on writing into one that was deleted."""
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _undo(self, connection: sqlite3.Connection) -> None:
        # SQLite may have undone it by itself already, as it does when the disk is full.
        if connection.in_transaction:
            try:
                connection.execute("ROLLBACK")
            except sqlite3.Error:
                # A connection that can do nothing more gives way to a new one.
                connection.close()
                self._writer = self._connected()

    @contextmanager
    def peeking(self) -> Iterator[sqlite3.Connection]:
        """Give the writer's connection for a short look between two writes."""
        with self._turn, self.errors():
            self.check_open()
            yield self._writer

    def run(self, connection: sqlite3.Connection, statement: sqlalchemy.Select[Any]) -> list[Any]:
        """Return the rows that a statement finds in the writer's own transaction."""
        compiled = statement.compile(self._engine, compile_kwargs={"render_postcompile": True})
        parameters = compiled.params
        return connection.execute(
            str(compiled), [parameters[name] for name in compiled.positiontup or ()]
        ).fetchall()

    def close(self) -> None:
        """Let go of every connection, once those that write are done."""
        with self._turn:
            if not self.closed:
                self.closed = True
                self._engine.dispose()
                self._writer.close()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn SQLite's errors inside the block into the store's."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._meant(error) from error
        except sqlalchemy.exc.DBAPIError as error:
            if isinstance(error.orig, sqlite3.Error):
                raise self._meant(error.orig) from error
            raise

    def _meant(self, error: sqlite3.Error) -> Exception:
        folder = self.path.parent
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        # Some of SQLite's files cannot grow for want of space, and it calls that an error of the disk.
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and is_full(folder)):
            return full(folder)
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StoreUnavailableError(
                f"another process has been writing to the store in {str(folder)!r} for more than "
                f"{_PATIENCE:.0f} seconds: try again when it is done"
            )
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return StoreUnavailableError(
                f"the file {str(self.path)!r} is damaged or no store of imlkit ({error}): "
                "restore it from a backup, or choose another folder; it was left as it is"
            )
        if code == sqlite3.SQLITE_TOOBIG or isinstance(error, sqlite3.DataError):
            return DocumentError(
                f"a document is too large for the store ({error}): keep large content as an asset"
            )
        if code in (
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_PERM,
            sqlite3.SQLITE_AUTH,
        ):
            return unavailable(folder, str(error))
        if isinstance(error, sqlite3.ProgrammingError) and self.closed:
            return StoreUnavailableError(f"the store in {str(folder)!r} was closed meanwhile: open it again")
        return StoreError(f"the store in {str(folder)!r} failed: {error}")


def _missing_tables(connection: sqlite3.Connection) -> list[sqlalchemy.Table]:
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    return [table for table in metadata.sorted_tables if table.name not in there]


def _set_write_ahead(connection: sqlite3.Connection) -> None:
    # The change of mode does not wait for other processes by itself, as everything else does.
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
