"""A write that waited for its server, and was then refused."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imlkit.store import Document

from ..stored import document_of
from .queue_file import Waiting

__all__ = ["RefusedWrite", "refused_write"]


@dataclass(frozen=True, slots=True)
class RefusedWrite:
    """A write that was made while the server was away, and that it refused when it was back.

    Attributes:
        number: of the write; later ones have larger numbers.
        operation: ``"create"``, ``"update"``, ``"patch"`` or ``"remove"``.
        collection: the collection's name.
        ids: of the documents that were to be written.
        documents: what was to be written: whole documents, or the fields that were to be set.
        error: the name of the error, such as ``"DuplicateIdError"``.
        reason: the server's words.
        at: when it was made.
    """

    number: int
    operation: str
    collection: str
    ids: tuple[str, ...]
    documents: tuple[Document, ...]
    error: str
    reason: str
    at: datetime


def refused_write(write: Waiting, error: str, reason: str) -> RefusedWrite:
    """Return a write as people see it, with its arrays and images."""
    said = json.loads(write.body)
    return RefusedWrite(
        write.number,
        write.operation,
        write.collection,
        write.ids,
        tuple(_documents(write, said)),
        error,
        reason,
        datetime.fromtimestamp(write.at, UTC),
    )


def _documents(write: Waiting, said: dict[str, Any]) -> list[Document]:
    contents = {name: base64.b64decode(text) for name, text in said.get("attachments", {}).items()}
    if write.operation == "create":
        return [document_of(each["id"], each["fields"], contents) for each in said["documents"]]
    if "fields" not in said:
        return []
    return [document_of(id, said["fields"], contents) for id in write.ids]
