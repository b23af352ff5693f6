"""A collection of a store elsewhere."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import imlkit.query as language
from imlkit.documents import Encoded, encode
from imlkit.errors import NotFoundError, StoreUnavailableError
from imlkit.json_text import has_surrogate
from imlkit.store import Collection, Document, Query, Sort

from ..arguments import fields_without_id, one_page, selected, with_id
from ..stored import document_of
from ..wire import attached, query_to_json
from .change_reader import ChangeReader
from .connection import Connection
from .write_queue import WriteQueue

__all__ = ["RemoteCollection"]

_PAGE = 1_000


class RemoteCollection(Collection):
    """Documents of one name on a server.

    Args:
        name: the collection's name.
        connection: the way to the server.
        reader: what follows the server's changes.
        writes: what does the writes.
    """

    def __init__(self, name: str, connection: Connection, reader: ChangeReader, writes: WriteQueue) -> None:
        self.name = name
        self._connection = connection
        self._writes = writes
        self.changes = reader.news.stream(name)

    def _ask(self, operation: str, **parts: Any) -> Any:
        # Who reads finds what they wrote, even if it had to wait.
        self._writes.settle()
        return self._connection.ask(operation, collection=self.name, **parts)

    def _write(self, operation: str, written: Sequence[str], **parts: Any) -> Any:
        named = {"collection": self.name, **parts, "write": secrets.token_hex(16)}
        return self._writes.write(operation, named, written)

    def create(self, documents: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Any:
        many = [documents] if isinstance(documents, Mapping) else list(documents)
        encoded = [encode(document) for document in many]
        added: dict[str, Any] = {}
        if encoded:
            sent = [{"id": each.id, "fields": each.fields} for each in encoded]
            parts = {"collection": self.name, "documents": sent, "attachments": _attached(encoded)}
            own = all(document.get("id") is None for document in many)
            answer = self._writes.write("create", parts, [each.id for each in encoded], own)
            added = answer.get("added", {}) if answer is not None else {}
        kept = [{**added, **document, "id": each.id} for document, each in zip(many, encoded, strict=True)]
        return kept[0] if isinstance(documents, Mapping) else kept

    def find(
        self,
        query: Query | None = None,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int | None = None,
        select: Iterable[str] | None = None,
    ) -> list[Document]:
        names = selected(select)
        skip, limit = one_page(skip, limit)
        language.parse_sort(sort)
        answer = self._ask(
            "find",
            query=_query(query),
            sort=None if sort is None else dict(sort),
            skip=skip,
            limit=limit,
            select=names,
        )
        return _documents(answer)

    def iterate(
        self, query: Query | None = None, select: Iterable[str] | None = None, batch: int = 100
    ) -> Iterator[Document]:
        names = selected(select)
        limit = min(max(1, batch), _PAGE)
        # What exists now is what will be walked: the first page is asked for now.
        first = self._ask("page", query=_query(query), select=names, limit=limit, cursor=None)
        return self._walked(first, _query(query), names, limit)

    def _walked(self, answer: Any, query: Any, names: Sequence[str] | None, limit: int) -> Iterator[Document]:
        while True:
            yield from _documents(answer)
            if answer["cursor"] is None:
                return
            answer = self._ask("page", query=query, select=names, limit=limit, cursor=answer["cursor"])

    def get(self, id: str, select: Iterable[str] | None = None) -> Document:
        names = selected(select)
        found = self.find({"id": id}, limit=1, select=names) if _is_id(id) else []
        if not found:
            self._connection.check_open()
            raise NotFoundError(f"{self.name!r} has no document of id {id!r:.100}: it may have been removed")
        return found[0]

    def update(self, id: str, document: Mapping[str, Any]) -> Document:
        encoded = encode(with_id(id, document))
        self._write(
            "update", [encoded.id], id=encoded.id, fields=encoded.fields, attachments=_attached([encoded])
        )
        return {**document, "id": id}

    def patch(self, id: str, fields: Mapping[str, Any]) -> Document:
        encoded = encode(with_id(id, fields))
        known = {"id": id, **fields}
        if self._patch([id], encoded, must_exist=True) is None:
            return known
        try:
            return self.get(id)
        except StoreUnavailableError:
            # It is patched: to say otherwise would have it done once more.
            self._connection.check_open()
            return known

    def patch_many(self, ids: Sequence[str], fields: Mapping[str, Any]) -> list[str]:
        encoded = encode(fields_without_id(fields))
        asked = [id for id in dict.fromkeys(ids) if _is_id(id)]
        patched = self._patch(asked, encoded, must_exist=False)
        return asked if patched is None else patched

    def _patch(self, ids: Sequence[str], encoded: Encoded, *, must_exist: bool) -> list[str] | None:
        answer = self._write(
            "patch",
            ids,
            ids=list(ids),
            fields=encoded.fields,
            attachments=_attached([encoded]),
            must_exist=must_exist,
        )
        return None if answer is None else list(answer["ids"])

    def remove(self, which: str | Sequence[str] | Query) -> list[str]:
        if isinstance(which, Mapping):
            return self._remove_found(which)
        if isinstance(which, str):
            if not _is_id(which):
                raise NotFoundError(f"{self.name!r} has no document of id {which!r:.100}")
            ids, answer = [which], self._write("remove", [which], ids=[which], must_exist=True)
        else:
            ids = [id for id in dict.fromkeys(which) if _is_id(id)]
            answer = self._write("remove", ids, ids=ids)
        return ids if answer is None else list(answer["ids"])

    def _remove_found(self, query: Query) -> list[str]:
        asked = _query(query)
        # What a query finds later may be what others have created since: this cannot wait.
        if not self._writes.settle():
            raise StoreUnavailableError(
                f"documents of {self.name!r} cannot be removed by a query while writes wait for the store at "
                f"{self._connection.url}: try again when it is back, or name them by their ids"
            )
        return list(self._ask("remove", query=asked, write=secrets.token_hex(16))["ids"])

    def count(self, query: Query | None = None) -> int:
        return int(self._ask("count", query=_query(query))["count"])

    def distinct(self, field: str, query: Query | None = None) -> dict[Any, int]:
        language.parse_path(field)
        answer = self._ask("distinct", field=field, query=_query(query))
        return {_value(each["value"]): each["count"] for each in answer["values"]}


def _is_id(id: Any) -> bool:
    return isinstance(id, str) and not has_surrogate(id)


def _query(query: Query | None) -> Any:
    # A query that is wrong is refused here, in the same words as in every store.
    language.parse(query)
    return None if query is None else query_to_json(query)


def _attached(encoded: Sequence[Encoded]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in encoded:
        if each.attachments:
            found |= attached(each.attachments)
    return found


def _documents(answer: Any) -> list[Document]:
    contents = {name: base64.b64decode(text) for name, text in answer["attachments"].items()}
    return [document_of(each["id"], each["fields"], contents) for each in answer["documents"]]


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        if "$date" in value:
            return datetime.fromisoformat(value["$date"])
        return float(value["$number"])
    return value
