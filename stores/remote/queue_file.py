"""A file of writes that wait for their server: kept in order, whatever happens to the process."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from imlkit.errors import StoreFullError, StoreUnavailableError, StoreVersionError
from imlkit.json_text import json_text
from imlkit.user_folders import named_folder, state_folder

from ..disk import is_full

__all__ = ["FOLDER_VARIABLE", "QueueFile", "Waiting", "queue_folder"]

FOLDER_VARIABLE: Final = "IMLKIT_QUEUE"
FORMAT: Final = 1
_PATIENCE: Final = 30.0
"""Seconds to wait for another process that writes into the file."""
_COLUMNS: Final = (
    "operation TEXT NOT NULL, collection TEXT NOT NULL, ids TEXT NOT NULL, own INTEGER NOT NULL, "
    "body BLOB NOT NULL, at REAL NOT NULL"
)
_PREPARING: Final = (
    # A journal that stays has room for what is sent to be forgotten when the disk is full.
    "PRAGMA journal_mode=PERSIST",
    # A write that was queued survives even a power cut.
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=FAST",
    f"CREATE TABLE IF NOT EXISTS waiting (number INTEGER PRIMARY KEY AUTOINCREMENT, {_COLUMNS})",
    # They are counted often, and their bodies may be large.
    "CREATE INDEX IF NOT EXISTS waiting_by_time ON waiting (at)",
    f"CREATE TABLE IF NOT EXISTS refused (number INTEGER PRIMARY KEY, {_COLUMNS}, "
    "error TEXT NOT NULL, reason TEXT NOT NULL)",
    f"PRAGMA user_version={FORMAT}",
)
_ROOM: Final = 64 * 4096
"""Bytes that the journal has at least: those of forgetting a write of 200 MB."""
_MAKE_ROOM: Final = "CREATE TABLE room (name INTEGER PRIMARY KEY, content BLOB)"
_ADD: Final = "INSERT INTO waiting (operation, collection, ids, own, body, at) VALUES (?, ?, ?, ?, ?, ?)"
_ANY: Final = "SELECT EXISTS (SELECT 1 FROM waiting WHERE number <= ?)"
_NEXT: Final = (
    "SELECT number, operation, collection, ids, own, body, at FROM waiting WHERE number > ? "
    "ORDER BY number LIMIT 1"
)
_DONE: Final = "DELETE FROM waiting WHERE number <= ?"
_MOVED: Final = "DELETE FROM waiting WHERE number = ?"
_REFUSE: Final = "INSERT OR REPLACE INTO refused SELECT *, ?, ? FROM waiting WHERE number = ?"
_REFUSED: Final = "SELECT * FROM refused ORDER BY number"
_FORGET: Final = "DELETE FROM refused WHERE number = ?"
_NEVER: Final = 2**63 - 1
_LOOSE: Final = 1_000
"""Pages of 4 KB that may lie idle in the file."""


class _Turn:
    """Whose turn it is to use a file in this process: SQLite would let the unlucky wait for long."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *raised: object) -> None:
        self._lock.release()


_turns: Final[weakref.WeakValueDictionary[str, _Turn]] = weakref.WeakValueDictionary()
_making: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A write on its way.

    Attributes:
        number: its place in the file; 0 before it has one.
        operation: what the server is asked for.
        collection: the collection's name.
        ids: of the documents that are written.
        own: whether nobody else can have made the ids.
        body: what is sent.
        at: when it was written, in seconds since 1970.
    """

    number: int
    operation: str
    collection: str
    ids: tuple[str, ...]
    own: bool
    body: bytes
    at: float


def queue_folder() -> Path:
    """Return the folder of what waits: what IMLKIT_QUEUE names, else ``queue`` among the user's states."""
    return named_folder(FOLDER_VARIABLE) or state_folder() / "queue"


class QueueFile:
    """The writes that wait for one server. Several processes may use the file at once.

    It is made when the first write has to wait.

    Args:
        folder: where.
        address: the server's.
        user: whose writes they are; empty where nobody is asked who they are.
    """

    def __init__(self, folder: Path, address: str, user: str = "") -> None:
        name = hashlib.sha256(f"{address}\n{user}".encode()).hexdigest()[:32]
        self.path = folder / f"{name}.sqlite"
        self._address = address
        self._connection: sqlite3.Connection | None = None
        with _making:
            self._turn = _turns.setdefault(str(self.path), _Turn())
        self._sending = FileLock(folder / f"{name}.lock", mode=0o600, thread_local=False)

    def add(self, write: Waiting) -> int:
        """Keep a write after all others; return its number.

        Raises:
            StoreFullError: no space is left.
            StoreUnavailableError: the file cannot be written.
        """
        ids = json_text(list(write.ids))
        row = (write.operation, write.collection, ids, write.own, write.body, write.at)
        with self._using(make=True) as connection:
            return connection.execute(_ADD, row).lastrowid or 0

    def waits(self, until: int = _NEVER) -> bool:
        """Return whether any write waits, up to a number."""
        if not self._is_there:
            return False
        with self._using() as connection:
            ((found,),) = connection.execute(_ANY, (until,))
            return bool(found)

    def count(self) -> int:
        """Return how many writes wait."""
        return self._number("SELECT count(*) FROM waiting")

    def last(self) -> int:
        """Return the number of the last write that waits; 0 for none."""
        return self._number("SELECT coalesce(max(number), 0) FROM waiting")

    def next(self, after: int) -> Waiting | None:
        """Return the write that comes after a number."""
        with self._using() as connection:
            row = connection.execute(_NEXT, (after,)).fetchone()
            return None if row is None else _waiting(row)

    def done(self, number: int) -> None:
        """Forget the writes up to a number, which the server has."""
        with self._using() as connection:
            connection.execute(_DONE, (number,))

    def refuse(self, number: int, error: str, reason: str) -> None:
        """Put a write among those that the server refused."""
        with self._using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_REFUSE, (error, reason, number))
            connection.execute(_MOVED, (number,))
            connection.execute("COMMIT")

    def refused(self) -> list[tuple[Waiting, str, str]]:
        """Return the writes that the server refused, each with the error's name and words."""
        if not self._is_there:
            return []
        with self._using() as connection:
            return [(_waiting(row[:7]), row[7], row[8]) for row in connection.execute(_REFUSED)]

    def forget_refused(self, numbers: Sequence[int]) -> None:
        """Forget writes that the server refused."""
        if self._is_there:
            with self._using() as connection:
                connection.executemany(_FORGET, [(number,) for number in numbers])

    def tidy(self) -> None:
        """Give back the space of what was sent, where nothing waits."""
        with contextlib.suppress(sqlite3.Error), self._turn:
            if self._connection is not None:
                ((pages,),) = self._connection.execute("PRAGMA freelist_count")
                if pages > _LOOSE:
                    self._connection.execute("VACUUM")

    @contextlib.contextmanager
    def sending(self) -> Iterator[bool]:
        """Be the one process that sends; gives whether this one may."""
        try:
            self._sending.acquire(timeout=0)
        except Timeout:
            yield False
            return
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error
        try:
            yield True
        finally:
            self._sending.release()

    def close(self) -> None:
        """Let go of the file; what waits stays in it."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @property
    def _is_there(self) -> bool:
        return self._connection is not None or os.path.exists(self.path)

    def _number(self, question: str) -> int:
        if not self._is_there:
            return 0
        with self._using() as connection:
            ((number,),) = connection.execute(question)
            return int(number)

    @contextlib.contextmanager
    def _using(self, make: bool = False) -> Iterator[sqlite3.Connection]:
        with self._turn:
            try:
                if self._connection is None:
                    self._connection = self._opened(make)
                yield self._connection
            except (sqlite3.Error, OSError) as error:
                if isinstance(error, (StoreUnavailableError, StoreFullError)):
                    raise
                self._undo()
                raise self._meant(error) from error

    def _undo(self) -> None:
        # A connection that a full disk left in a transaction, or that can do nothing more, is made anew.
        if self._connection is not None and self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _opened(self, make: bool) -> sqlite3.Connection:
        if make:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # What waits is for nobody else's eyes.
        os.close(os.open(self.path, os.O_RDWR | (os.O_CREAT if make else 0), 0o600))
        connection = sqlite3.connect(
            self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            ((version,),) = connection.execute("PRAGMA user_version")
            if version > FORMAT:
                raise StoreVersionError(
                    f"the writes that wait in {str(self.path)!r} are a newer imlkit's (format {version}, "
                    f"this one reads up to {FORMAT}): update it, or name another folder in {FOLDER_VARIABLE}"
                )
            for statement in _PREPARING:
                connection.execute(statement)
            if not version:
                _make_room(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _meant(self, error: sqlite3.Error | OSError) -> Exception:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or is_full(self.path.parent):
            return StoreFullError(
                f"no space is left in {str(self.path.parent)!r}, where writes wait for the store at "
                f"{self._address}: free some disk space and try again; what waits there is unharmed"
            )
        if code == sqlite3.SQLITE_TOOBIG:
            return StoreFullError(
                f"the write is too large to wait for the store at {self._address}: try again when it is back"
            )
        if isinstance(error, OSError):
            return self._unusable(error.strerror or str(error))
        return self._unusable(str(error))

    def _unusable(self, reason: str) -> StoreUnavailableError:
        return StoreUnavailableError(
            f"writes for the store at {self._address} cannot wait in {str(self.path)!r} ({reason}): see that "
            f"the folder is yours and the file is sound, or name another folder in {FOLDER_VARIABLE}"
        )


def _make_room(connection: sqlite3.Connection) -> None:
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_MAKE_ROOM)
        connection.execute("INSERT INTO room VALUES (1, zeroblob(?))", (_ROOM,))
        connection.execute("COMMIT")
        # What is changed in place is what the journal has to hold.
        with connection.blobopen("room", "content", 1) as blob:
            blob.write(b"\x01" * _ROOM)
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _waiting(row: Sequence[Any]) -> Waiting:
    number, operation, collection, ids, own, body, at = row
    return Waiting(number, operation, collection, tuple(json.loads(ids)), bool(own), body, at)
