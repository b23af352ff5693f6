"""Documents as they are written: JSON text and attachments, read by whoever wants them."""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from imlkit.documents import Encoded, complete, encode, parse, plain
from imlkit.errors import DuplicateIdError
from imlkit.json_text import original_key
from imlkit.store import Collection, Document, Query, Sort

from .arguments import fields_without_id, same, with_id

__all__ = ["Cursor", "Stored", "StoredCollection", "check_same", "document_of", "names_in", "parsed"]

_NAMED: Final = re.compile(r'\{"\$(?:array|image|bytes)":"([0-9a-f]{64}\.[a-z]{3})"\}')

Cursor = tuple[int, int]
"""Where somebody who walks documents is, and where the walk ends."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as it is written.

    Attributes:
        id: the document's id.
        text: the other fields as JSON text (see :mod:`imlkit.documents`).
        attachments: the bytes that the text refers to, by name.
    """

    id: str
    text: str
    attachments: Mapping[str, bytes]


class StoredCollection(Collection):
    """A collection whose documents can be had and given as they are written.

    A server passes them on so: it never opens an image or an array that somebody sent.
    """

    @abstractmethod
    def stored(
        self,
        query: Query | None = None,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int | None = None,
        select: Iterable[str] | None = None,
    ) -> list[Stored]:
        """Return what :meth:`find` does."""

    @abstractmethod
    def stored_page(
        self, query: Query | None, select: Iterable[str] | None, limit: int, cursor: Cursor | None
    ) -> tuple[list[Stored], Cursor | None]:
        """Return the next documents of a walk as :meth:`iterate` makes it.

        Args:
            query: a filter.
            select: the fields to return; None for all.
            limit: how many documents to return at most.
            cursor: where the walk is; None at its start.

        Returns:
            The documents, and where the walk is then; None at its end.
        """

    @abstractmethod
    def keep(self, encoded: Sequence[Encoded], *, again: bool = False) -> None:
        """Do what :meth:`create` does.

        Args:
            encoded: the documents.
            again: whether this may have been done before, and nobody else can have made the ids. Then
                documents that others have changed or removed since stay as they are.
        """

    @abstractmethod
    def change(
        self,
        ids: Sequence[str],
        encoded: Encoded,
        *,
        keep_others: bool,
        must_exist: bool,
        write: str | None = None,
    ) -> list[str]:
        """Set fields of documents, all or none.

        Args:
            ids: of the documents.
            encoded: the fields.
            keep_others: whether the other fields stay.
            must_exist: whether a document that is not there is an error, else it is passed over.
            write: what this write is called. One that was done before is not done again: its answer
                is given again.

        Returns:
            The ids of those that were there.
        """

    @abstractmethod
    def remove(self, which: str | Sequence[str] | Query, *, write: str | None = None) -> list[str]:
        """Do what every collection's does; ``write`` as of :meth:`change`."""

    @abstractmethod
    def answered(self, write: str) -> list[str] | None:
        """Return what a write was answered; None if it was not done, or too long ago."""

    def create(self, documents: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Any:
        many = [documents] if isinstance(documents, Mapping) else list(documents)
        encoded = [encode(document) for document in many]
        self.keep(encoded)
        kept = [{**document, "id": each.id} for document, each in zip(many, encoded, strict=True)]
        return kept[0] if isinstance(documents, Mapping) else kept

    def update(self, id: str, document: Mapping[str, Any]) -> Document:
        self.change([id], encode(with_id(id, document)), keep_others=False, must_exist=True)
        return {**document, "id": id}

    def patch(self, id: str, fields: Mapping[str, Any]) -> Document:
        self.change([id], encode(with_id(id, fields)), keep_others=True, must_exist=True)
        return self.get(id)

    def patch_many(self, ids: Sequence[str], fields: Mapping[str, Any]) -> list[str]:
        return self.change(ids, encode(fields_without_id(fields)), keep_others=True, must_exist=False)


def check_same(name: str, before: Document, encoded: Encoded) -> None:
    """Raise DuplicateIdError unless a document is like the one of its id in a collection of this name."""
    after = complete(parse(encoded.text), lambda reference: encoded.attachments[reference.name].content)
    if not same(before, after):
        raise DuplicateIdError(
            f"another document of {name!r} has the id {encoded.id!r:.100}: "
            "update that one, or leave the id out to get a new one"
        )


def parsed(text: str) -> dict[str, Any]:
    """Return the fields of JSON text as they are written."""
    fields: dict[str, Any] = json.loads(text)
    return fields


def names_in(text: str) -> list[str]:
    """Return the names of the attachments that JSON text refers to, each once."""
    # A quote within a text has a backslash before it: only what was written as a reference looks so.
    return list(dict.fromkeys(_NAMED.findall(text))) if '"$' in text else []


def document_of(id: str, fields: Mapping[str, Any], attachments: Mapping[str, bytes]) -> Document:
    """Return the document of fields as they are written."""
    document: Document = {"id": id, **{original_key(key): plain(value) for key, value in fields.items()}}
    completed: Document = complete(document, lambda reference: attachments[reference.name])
    return completed
