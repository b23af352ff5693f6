"""What writes were answered, kept with them in PostgreSQL: one that is sent again is not done again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, text

from imlkit.json_text import json_text

from ..kept_answers import KEPT
from .tables import SCHEMA

__all__ = ["KeptAnswers"]

_TRIM_EVERY: Final = 500
# Of two that do the same write at once, the second waits here until the first is done.
_CLAIM: Final = text(
    f"INSERT INTO {SCHEMA}.writes VALUES (:id, '', now()) ON CONFLICT DO NOTHING RETURNING id"
)
_FIND: Final = text(f"SELECT answer FROM {SCHEMA}.writes WHERE id = :id")
_KEEP: Final = text(f"UPDATE {SCHEMA}.writes SET answer = :answer WHERE id = :id")
_TRIM: Final = text(f"DELETE FROM {SCHEMA}.writes WHERE at < now() - make_interval(secs => :kept)")


class KeptAnswers:
    """The answers of one database, in the transactions of the writes themselves."""

    def __init__(self) -> None:
        self._added = 0

    def of(self, connection: Connection, write: str) -> list[str] | None:
        """Return what a write was answered; None if it has not been done."""
        answer = connection.execute(_FIND, {"id": write}).scalar()
        return json.loads(answer) if answer is not None else None

    def claimed(self, connection: Connection, write: str | None) -> list[str] | None:
        """Return what a write was answered; None if it is to be done now."""
        if write is None or connection.execute(_CLAIM, {"id": write}).scalar() is not None:
            return None
        return self.of(connection, write)

    def keep(self, connection: Connection, write: str | None, ids: Sequence[str]) -> None:
        """Keep what a write that was claimed is answered."""
        if write is None:
            return
        connection.execute(_KEEP, {"id": write, "answer": json_text(list(ids))})
        if self._added % _TRIM_EVERY == 0:
            connection.execute(_TRIM, {"kept": KEPT})
        self._added += 1
