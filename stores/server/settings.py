"""What a file of settings says about a store's server.

A file in TOML; everything in it may be left out, and the command line wins::

    [server]
    data = "birds"                      # or: database = "postgresql://user@host/birds"
    address = "0.0.0.0"
    port = 8090
    token_hours = 8

    [rules]
    annotator = "create in corrections, read in cases"

    [indexes]
    cases = ["species", "camera.name"]

Paths are taken from the folder of the file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from imlkit.errors import CommandError, ImlkitError
from imlkit.query import parse_path

from .accounts.rules import Rules

__all__ = ["Settings"]

T = TypeVar("T")

_LARGEST: Final = 1 << 20
_MOST_HOURS: Final = 24 * 366


@dataclass(frozen=True)
class Settings:
    """How a store is served. What is None is left to the server.

    Attributes:
        data: the folder of a store in SQLite.
        database: the address of a PostgreSQL database, instead.
        address: where to listen.
        port: the port.
        accounts: whether who asks has to log in.
        secret: the file of the server's secret.
        token_hours: how long a login holds.
        audit: the log of writes; ``False`` for none.
        log: how requests are logged: those that failed or were slow in words, or all as JSON.
        metrics: whether ``/metrics`` is answered.
        body: bytes of one request about documents.
        asset: bytes of one asset.
        rules: what roles may do, as it is said.
        indexes: for each collection the fields that questions are often about; other indexes of fields are
            dropped. None leaves all as it is.
    """

    data: str | None = None
    database: str | None = None
    address: str = "127.0.0.1"
    port: int | None = None
    accounts: bool | None = None
    secret: Path | None = None
    token_hours: float | None = None
    audit: Path | Literal[False] | None = None
    log: Literal["text", "json"] = "text"
    metrics: bool = True
    body: int | None = None
    asset: int | None = None
    rules: Mapping[str, str] = field(default_factory=dict)
    indexes: Mapping[str, tuple[str, ...]] | None = None

    def overruled(self, **given: Any) -> Settings:
        """Return these settings with others in their place, but for those that are None."""
        given = {name: value for name, value in given.items() if value is not None}
        if "data" in given or "database" in given:
            given = {"data": None, "database": None, **given}
        return replace(self, **given)

    @staticmethod
    def read(path: str | Path) -> Settings:
        """Return what a file says.

        Raises:
            CommandError: it cannot be read, or says what cannot be understood.
        """
        file = Path(path)
        tables = _Tables(file, _parsed(file))
        found = {**tables.server(), **tables.limits()}
        settings = Settings(**found, rules=tables.rules(), indexes=tables.indexes())
        if settings.data is not None and settings.database is not None:
            raise tables.error("server", "data and database are both given: a server serves one of them")
        return settings


def _parsed(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            text = opened.read(_LARGEST + 1)
    except OSError as error:
        raise CommandError(
            f"the settings {str(file)!r} cannot be read ({error.strerror}): check the name after --config"
        ) from error
    if len(text) > _LARGEST:
        raise CommandError(f"{str(file)!r} is larger than any settings: check the name after --config")
    try:
        return tomllib.loads(text.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CommandError(
            f"the settings {str(file)!r} are not written in TOML ({error}): mend that place"
        ) from error


class _Tables:
    """Takes what it knows from the tables of a file, each value with its kind, and refuses the rest."""

    def __init__(self, file: Path, tables: dict[str, Any]) -> None:
        self._file = file
        self._folder = file.absolute().parent
        self._tables = tables
        self._only("", tables, ("server", "rules", "indexes", "limits"))

    def server(self) -> dict[str, Any]:
        """Return the settings of the table ``[server]``."""
        taken = {
            "data": self._folder_name,
            "database": self._database,
            "address": self._words,
            "port": lambda where, value: self._whole(where, value, 0, 65_535),
            "accounts": self._truth,
            "secret": self._path,
            "token_hours": self._hours,
            "audit": lambda where, value: False if value is False else self._path(where, value),
            "log": self._log,
            "metrics": self._truth,
        }
        table = self._table("server")
        self._only("server", table, tuple(taken))
        return {name: taken[name](f"server.{name}", value) for name, value in table.items()}

    def limits(self) -> dict[str, int]:
        """Return the settings of the table ``[limits]``."""
        table = self._table("limits")
        self._only("limits", table, ("body", "asset"))
        return {name: self._whole(f"limits.{name}", value, 1, 2**63 - 1) for name, value in table.items()}

    def rules(self) -> dict[str, str]:
        """Return what roles may do."""
        rules = {role: self._words(f"rules.{role}", said) for role, said in self._table("rules").items()}
        try:
            Rules(rules)
        except CommandError as error:
            raise self.error("rules", str(error)) from error
        return rules

    def indexes(self) -> dict[str, tuple[str, ...]]:
        """Return the fields that are to be found fast, by collection."""
        found: dict[str, tuple[str, ...]] = {}
        for collection, listed in self._table("indexes").items():
            where = f"indexes.{collection}"
            if not isinstance(listed, list):
                raise self._unlike(where, listed, 'a list of fields, such as ["species", "camera.name"]')
            for name in listed:
                try:
                    parse_path(self._words(where, name))
                except ImlkitError as error:
                    raise self.error(where, str(error)) from error
            found[collection] = tuple(dict.fromkeys(listed))
        return found

    def error(self, where: str, said: str) -> CommandError:
        """Return the error of a place in the file."""
        return CommandError(f"the settings {str(self._file)!r}, {where}: {said}")

    def _table(self, name: str) -> dict[str, Any]:
        table = self._tables.get(name, {})
        if not isinstance(table, dict):
            raise self._unlike(name, table, f"a table, begun by a line [{name}]")
        return table

    def _only(self, where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for name in table:
            if name not in known:
                place = f"[{where}] has" if where else "there is"
                raise self.error(
                    f"{where}.{name}" if where else name,
                    f"{place} no such setting; known are {', '.join(known)}: correct it",
                )

    def _unlike(self, where: str, value: Any, expected: str) -> CommandError:
        return self.error(where, f"{value!r:.100} is not what is expected here: give {expected}")

    def _words(self, where: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or "\x00" in value:
            raise self._unlike(where, value, "text in quotes")
        return value

    def _truth(self, where: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._unlike(where, value, "true or false, without quotes")
        return value

    def _whole(self, where: str, value: Any, least: int, most: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self._unlike(where, value, f"a whole number from {least} to {most:_}")
        return value

    def _hours(self, where: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= _MOST_HOURS:
            raise self._unlike(where, value, f"a number of hours up to {_MOST_HOURS}, such as 12")
        return float(value)

    def _log(self, where: str, value: Any) -> str:
        if value not in ("text", "json"):
            raise self._unlike(where, value, '"text" or "json"')
        return str(value)

    def _path(self, where: str, value: Any) -> Path:
        return self._folder / os.path.expanduser(self._words(where, value))

    def _folder_name(self, where: str, value: Any) -> str:
        return str(self._path(where, value))

    def _database(self, where: str, value: Any) -> str:
        # An address may hold a password: what is no address is not shown.
        if not isinstance(value, str) or not value.startswith("postgresql"):
            raise self.error(
                where, 'that is no address of a database: give "postgresql://user:password@host/database"'
            )
        return value
