"""An SQL database at one moment, while others write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from imlkit.errors import StoreUnavailableError
from imlkit.json_text import original_text, stored_text

from .sql_rows import SQLRows
from .stored import Stored

__all__ = ["SQLMoment"]

_ROWS: Final = 100
_AT_ONCE: Final = 10
"""Documents whose attachments are in memory at once."""


class SQLMoment:
    """The documents of a store as they are when they are first asked for.

    Args:
        connection: one that sees the store at one moment for as long as it is open.
        rows: where the documents are.
    """

    def __init__(self, connection: Connection, rows: SQLRows) -> None:
        self._connection = connection
        self._rows = rows

    def collections(self) -> dict[str, int]:
        """Return how many documents each collection holds, by name."""
        name = self._rows.columns.collection
        found = self._connection.execute(select(name, func.count()).group_by(name)).all()
        return dict(sorted((original_text(name), int(count)) for name, count in found))

    def pages(self, name: str) -> Iterator[list[Stored]]:
        """Return the documents of a collection in the order of their creation, some at a time."""
        columns = self._rows.columns
        own = self._rows.selected().where(columns.collection == stored_text(name))
        after = 0
        while True:
            statement = own.where(columns.sequence > after).order_by(columns.sequence).limit(_ROWS)
            rows = self._connection.execute(statement).all()
            for start in range(0, len(rows), _AT_ONCE):
                yield self._stored(name, rows[start : start + _AT_ONCE])
            if len(rows) < _ROWS:
                return
            after = rows[-1].sequence

    def _stored(self, name: str, rows: Sequence[Row[Any]]) -> list[Stored]:
        try:
            return self._rows.stored(self._connection, rows, None)
        except KeyError as error:
            sequence, attachment = error.args[0]
            id = next(original_text(row.id) for row in rows if row.sequence == sequence)
            raise StoreUnavailableError(
                f"the attachment {attachment!r} of the document {id!r:.100} of {name!r:.100} is missing: "
                "restore the document from a backup, or remove it"
            ) from error
