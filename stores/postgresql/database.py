"""A PostgreSQL database: connected, prepared, read at one moment, written in transactions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import psycopg
import sqlalchemy
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema

from imlkit.errors import (
    DocumentError,
    LocationError,
    StoreError,
    StoreFullError,
    StoreUnavailableError,
    StoreVersionError,
)

from .tables import SCHEMA, metadata

__all__ = ["LOCK", "SCHEMA_VERSION", "Database"]

T = TypeVar("T")

SCHEMA_VERSION: Final = 1
LOCK: Final = int.from_bytes(b"imlkit", "big")
"""The number of the lock that who prepares the tables, or ends a write, holds."""
_TRIES: Final = 5
"""How often a write is done anew that another one got in the way of."""
_PATIENCE: Final = 10
"""Seconds to wait for a server to answer a new connection."""


class Database:
    """The connections of one store to its database.

    Args:
        location: ``postgresql://user:password@host:port/database``.

    Raises:
        LocationError: it is no address of a database.
        StoreUnavailableError: the server does not answer, or lets nobody in.
        StoreVersionError: a newer imlkit prepared the tables; they are left as they were.
    """

    def __init__(self, location: str) -> None:
        self.url = address(location)
        self.closed = False
        self.engine = sqlalchemy.create_engine(
            self.url,
            pool_size=5,
            max_overflow=20,
            # A server that was restarted costs nobody an error.
            pool_pre_ping=True,
            connect_args={"connect_timeout": _PATIENCE},
            json_serializer=str,
            # What was written or asked for is nothing for a log.
            hide_parameters=True,
        )
        self._moment = self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        try:
            with self.errors():
                self._prepare()
        except BaseException:
            self.engine.dispose()
            raise

    @property
    def name(self) -> str:
        """The database as people know it, without a password."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=True)

    def _prepare(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            (encoding,) = connection.execute(text("SHOW server_encoding")).scalars()
            if encoding != "UTF8":
                raise StoreUnavailableError(
                    f"the database {self.name} holds text as {encoding}: create one with the encoding UTF8"
                )
            connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
            metadata.create_all(connection, checkfirst=True)
            connection.execute(
                text(f"INSERT INTO {SCHEMA}.meta VALUES ('version', :version) ON CONFLICT DO NOTHING"),
                {"version": str(SCHEMA_VERSION)},
            )
            (version,) = connection.execute(
                text(f"SELECT value FROM {SCHEMA}.meta WHERE name = 'version'")
            ).scalars()
            if int(version) > SCHEMA_VERSION:
                raise StoreVersionError(
                    f"the store in {self.name} was written by a newer imlkit (format {version}, this one "
                    f"reads up to {SCHEMA_VERSION}) and was left as it was: update imlkit, or choose another "
                    "database"
                )

    def check_open(self) -> None:
        """Raise if the store is closed."""
        if self.closed:
            raise StoreUnavailableError(
                f"the store in {self.name} is closed: open it again with data_store()"
            )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees the store as it is at its first question."""
        self.check_open()
        with self.errors(), self._moment.connect() as connection:
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do some work in one transaction, and return its result.

        Args:
            work: all it does is kept, or none if it raises; called anew where another write got in
                its way.
        """
        self.check_open()
        for left in reversed(range(_TRIES)):
            try:
                with self.errors(), self.engine.begin() as connection:
                    return work(connection)
            except _InTheWayError:
                if not left:
                    raise
                time.sleep(0.01)
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Let go of every connection."""
        if not self.closed:
            self.closed = True
            self.engine.dispose()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn PostgreSQL's errors inside the block into the store's."""
        try:
            yield
        except DBAPIError as error:
            raise self._meant(error.orig or error) from error
        except psycopg.Error as error:
            raise self._meant(error) from error
        except sqlalchemy.exc.TimeoutError as error:
            raise StoreUnavailableError(
                f"too much is asked of the store in {self.name} at once: try again in a moment"
            ) from error

    def _meant(self, error: BaseException) -> Exception:
        said = str(error).strip().partition("\n")[0]
        state = getattr(error, "sqlstate", None) or ""
        if state in ("40001", "40P01"):
            return _InTheWayError(f"other writes to {self.name} got in the way of this one: try again")
        if state in ("53100", "53200"):
            return StoreFullError(
                f"no space is left for the store in {self.name} ({said}): free some and try again; "
                "what was stored before is unharmed"
            )
        if state in ("28P01", "28000", "3D000", "42501"):
            return StoreUnavailableError(
                f"the store in {self.name} cannot be opened ({said}): check the user, the password and the "
                "database in its location, and that the user may create a schema"
            )
        if state.startswith(("22", "54")):
            return DocumentError(
                f"a document does not fit into the store ({said}): keep large content as an asset"
            )
        if isinstance(error, psycopg.OperationalError) or state.startswith(("08", "53", "57")):
            return StoreUnavailableError(
                f"the store in {self.name} does not answer ({said}): check that the server is running and "
                "try again"
            )
        return StoreError(f"the store in {self.name} failed: {said}")


class _InTheWayError(StoreUnavailableError):
    """Another write was in the way of this one."""


def address(location: str) -> sqlalchemy.URL:
    """Return the address of a database.

    Raises:
        LocationError: it is none.
    """
    try:
        url = sqlalchemy.make_url(location)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() != "postgresql" or not (url.database or url.query):
        raise LocationError(
            "that is no address of a database: write 'postgresql://user:password@host:5432/database'"
        )
    return url.set(drivername="postgresql+psycopg")


def parameters(url: sqlalchemy.URL) -> dict[str, Any]:
    """Return what psycopg connects with."""
    named = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
        **url.query,
    }
    return {name: value for name, value in named.items() if value is not None}
