"""What rows of an SQL database hold: documents, or what is written of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, Table, select

from imlkit.documents import Reference, chosen, complete, parse, references
from imlkit.json_text import json_text, key_text, original_text
from imlkit.store import Document

from .stored import Stored, names_in, parsed

__all__ = ["SQLRows"]

_BATCH: Final = 200


class SQLRows:
    """The rows of documents, and their attachments.

    Args:
        documents: the table of documents, with the columns ``sequence``, ``collection``, ``id`` and
            ``document`` (JSON text).
        attachments: the table of attachments, with the columns ``document`` (the sequence of its
            document), ``name`` and ``content``.
    """

    def __init__(self, documents: Table, attachments: Table) -> None:
        self.columns = documents.c
        self.documents = documents
        self._attachments = attachments

    def selected(self) -> Select[Any]:
        """Return the question for all rows."""
        return select(self.columns.sequence, self.columns.id, self.columns.document)

    def read(
        self, connection: Connection, rows: Sequence[Row[Any]], names: Sequence[str] | None
    ) -> list[Document]:
        """Return rows as documents.

        Args:
            connection: where their attachments are.
            rows: what :meth:`selected` finds.
            names: of the fields that are wanted; None for all.
        """
        found: list[Document] = []
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            plain = [chosen(original_text(row.id), parse(row.document), names) for row in batch]
            wanted = [
                (row.sequence, reference.name)
                for row, document in zip(batch, plain, strict=True)
                for reference in references(document)
            ]
            if not wanted:
                found.extend(plain)
                continue
            contents = self._contents(connection, wanted)
            for row, document in zip(batch, plain, strict=True):
                found.append(complete(document, _Loading(contents, row.sequence)))
        return found

    def stored(
        self, connection: Connection, rows: Sequence[Row[Any]], names: Sequence[str] | None
    ) -> list[Stored]:
        """Return rows as they are written, for who reads them elsewhere; arguments as of :meth:`read`."""
        texts = [row.document for row in rows]
        if names is not None:
            wanted = [key_text(name) for name in names]
            fields = [parsed(text) for text in texts]
            texts = [json_text({name: each[name] for name in wanted if name in each}) for each in fields]
        attached = [names_in(text) for text in texts]
        contents = self._contents(
            connection,
            [(row.sequence, name) for row, own in zip(rows, attached, strict=True) for name in own],
        )
        return [
            Stored(original_text(row.id), text, {name: contents[row.sequence, name] for name in own})
            for row, text, own in zip(rows, texts, attached, strict=True)
        ]

    def _contents(
        self, connection: Connection, wanted: Sequence[tuple[int, str]]
    ) -> dict[tuple[int, str], bytes]:
        columns = self._attachments.c
        contents: dict[tuple[int, str], bytes] = {}
        for start in range(0, len(wanted), _BATCH):
            some = wanted[start : start + _BATCH]
            # SQLite looks for pairs by reading the whole table, and for two lists by trying every pair:
            # the documents are found by the index, and their names then compared as an expression.
            rows = connection.execute(
                select(self._attachments).where(
                    columns.document.in_({document for document, _ in some}),
                    columns.name.concat("").in_({name for _, name in some}),
                )
            )
            contents.update({(row.document, row.name): bytes(row.content) for row in rows})
        return contents


class _Loading:
    """Finds the attachments of one document among those read."""

    def __init__(self, contents: Mapping[tuple[int, str], bytes], sequence: int) -> None:
        self._contents = contents
        self._sequence = sequence

    def __call__(self, reference: Reference) -> bytes:
        return self._contents[self._sequence, reference.name]
