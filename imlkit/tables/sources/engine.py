"""The engine that a table lies on, asked one thing at a time."""

from __future__ import annotations

import tempfile
import threading
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

from imlkit.errors import DataError

__all__ = ["Turn", "connected", "reason", "turn_of"]

ENGINES = frozenset(
    [
        "_duckdb",
        "duckdb",
        "ibis",
        "psycopg",
        "psycopg2",
        "py4j",
        "pyarrow",
        "pyspark",
        "sqlalchemy",
        "sqlglot",
    ]
)
"""The packages whose errors are engines' own."""

GONE = ("No files found", "No such file", "Cannot open file", "Could not open file")
CHANGED = (
    "were altered",
    "does not have a column",
    "does not exist in schema",
    "don't match",
    "schema mismatch",
    "changed",
)


class Turn:
    """The right to ask an engine, held by one thread at a time; in it, the engine's errors become words.

    A thread that has it may take it again. ::

        with table.turn:
            rows = table.expression.to_pyarrow()

    Raises:
        DataError: on leaving, in the place of an error of the engine.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> Turn:
        self._lock.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
        if isinstance(error, Exception) and _of_engine(error):
            raise DataError(_in_words(error)) from error


_turns: weakref.WeakKeyDictionary[Any, Turn] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def turn_of(backend: Any) -> Turn:
    """Return the turn of an Ibis backend, the same for all tables on it."""
    with _lock:
        return _turns.setdefault(backend, Turn())


def connected() -> Any:
    """Return an embedded DuckDB of its own, as an Ibis backend."""
    import ibis

    connection = ibis.duckdb.connect()
    spill = Path(tempfile.gettempdir()) / f"imlkit-{uuid4().hex}"
    # Nothing is fetched from elsewhere, times are the same in every place, and what does not fit
    # into memory does not lie about where the program was started.
    connection.con.execute("SET autoinstall_known_extensions = false")
    connection.con.execute("SET enable_progress_bar = false")
    connection.con.execute("SET TimeZone = 'UTC'")
    connection.con.execute("SET temp_directory = '{}'".format(str(spill).replace("'", "''")))
    return connection


def reason(error: BaseException) -> str:
    """Return what an engine's error says, without the parts for those who wrote the query."""
    lines = [line.strip() for line in str(error).splitlines()]
    said: list[str] = []
    for line in lines:
        if line.startswith(("LINE ", "Possible ", "Candidate", "at ", "JVM stacktrace", "Caused by")):
            break
        if line:
            said.append(line)
    return " ".join(said[:3])[:500] or type(error).__name__


def _of_engine(error: Exception) -> bool:
    # Ibis asks Arrow for the columns that it knows of.
    vanished = isinstance(error, KeyError) and "does not exist in schema" in str(error)
    return vanished or type(error).__module__.partition(".")[0] in ENGINES


def _in_words(error: Exception) -> str:
    text = str(error)
    if any(words in text for words in GONE):
        return (
            f"The rows of this table can no longer be read, something is gone: {reason(error)}. "
            "Put it back, or open the table again."
        )
    if any(words in text for words in CHANGED):
        return (
            f"The rows of this table have changed their columns since it was opened: {reason(error)}. "
            "Read it again with table.refresh()."
        )
    return f"The table's engine could not answer: {reason(error)}"
