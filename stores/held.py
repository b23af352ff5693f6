"""Collections that are held in memory whole, and searched by Python."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import imlkit.query as language
from imlkit.attachments import Attachment
from imlkit.documents import Reference, chosen, complete, encode, plain, references
from imlkit.errors import DuplicateIdError, NotFoundError
from imlkit.matching import MISSING, in_order, kind_of, matcher, value_at
from imlkit.store import Change, Collection, Document, Query, Sort

from .arguments import fields_without_id, one_page, same, selected, with_id
from .news import News
from .shelf import Shelf

__all__ = ["Held", "HeldCollection"]


@dataclass(frozen=True, slots=True)
class Held:
    """One document in memory.

    Attributes:
        document: the document, with references in the place of attachments.
        fields: the same without the id, as JSON knows it.
    """

    document: dict[str, Any]
    fields: dict[str, Any]

    @classmethod
    def of(cls, id: str, fields: dict[str, Any]) -> Held:
        return cls({"id": id, **plain(fields)}, fields)


class HeldCollection(Collection):
    """A collection in memory. A subclass may keep every write elsewhere too.

    Args:
        name: the collection's name.
        lock: held during every access to the store.
        news: where changes are announced.
        shelf: where attachments are kept.
        check_open: raises if the store is closed.
    """

    def __init__(
        self, name: str, lock: threading.RLock, news: News, shelf: Shelf, check_open: Callable[[], None]
    ) -> None:
        self.name = name
        self.changes = news.stream(name)
        self._news = news
        self._lock = lock
        self._shelf = shelf
        self._check_open = check_open
        self._held: dict[str, Held] = {}

    def _keep(self, held: Mapping[str, Held], new: bool) -> None:
        """Write documents elsewhere too, or raise and write none of them."""

    def _forget(self, ids: Sequence[str]) -> None:
        """Remove documents elsewhere too, or raise and remove none of them."""

    def __len__(self) -> int:
        return len(self._held)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            self._check_open()
            yield
        self._news.deliver()

    def _returned(self, held: Held, select: Iterable[str] | None = None) -> Document:
        document = held.document
        if select is not None:
            document = chosen(document["id"], document, select)
        completed: Document = complete(document, self._shelf.load)
        return completed

    def create(self, documents: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Any:
        many = [documents] if isinstance(documents, Mapping) else list(documents)
        encoded = [encode(document) for document in many]
        with self._writing():
            new: dict[str, Held] = {}
            attachments: dict[str, Attachment] = {}
            for each in encoded:
                held = Held.of(each.id, each.fields)
                before = self._held.get(each.id) or new.get(each.id)
                if before is None:
                    new[each.id] = held
                    attachments.update(each.attachments)
                elif not self._same(before, held, attachments | each.attachments):
                    raise DuplicateIdError(
                        f"another document of {self.name!r} has the id {each.id!r}: "
                        "update that one, or leave the id out to get a new one"
                    )
            if new:
                self._write(new, attachments, new=True)
        kept = [{**document, "id": each.id} for each, document in zip(encoded, many, strict=True)]
        return kept[0] if isinstance(documents, Mapping) else kept

    def _same(self, before: Held, after: Held, new: Mapping[str, Attachment]) -> bool:
        def load(reference: Reference) -> bytes:
            attachment = new.get(reference.name)
            return attachment.content if attachment is not None else self._shelf.load(reference)

        return same(complete(before.document, load), complete(after.document, load))

    def _matching(self, query: Query | None) -> list[Held]:
        predicate = language.parse(query)
        with self._lock:
            self._check_open()
            everything = list(self._held.values())
        if predicate == language.And(()):
            return everything
        holds = matcher(predicate)
        return [held for held in everything if holds(held.document)]

    def find(
        self,
        query: Query | None = None,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int | None = None,
        select: Iterable[str] | None = None,
    ) -> list[Document]:
        select = selected(select)
        skip, limit = one_page(skip, limit)
        order = language.parse_sort(sort)
        found = self._matching(query)
        if order:
            by_id = {held.document["id"]: held for held in found}
            found = [by_id[each["id"]] for each in in_order([held.document for held in found], order)]
        with self._lock:
            return [
                self._returned(held, select)
                for held in found[skip : None if limit is None else skip + limit]
                if held.document["id"] in self._held
            ]

    def iterate(
        self, query: Query | None = None, select: Iterable[str] | None = None, batch: int = 100
    ) -> Iterator[Document]:
        select = selected(select)
        holds = matcher(language.parse(query))
        with self._lock:
            self._check_open()
            ids = list(self._held)
        return self._walked(ids, holds, select)

    def _walked(self, ids: list[str], holds: Any, select: Iterable[str] | None) -> Iterator[Document]:
        for id in ids:
            with self._lock:
                self._check_open()
                held = self._held.get(id)
                if held is None or not holds(held.document):
                    continue
                document = self._returned(held, select)
            yield document

    def _at(self, id: str) -> Held:
        self._check_open()
        held = self._held.get(id) if isinstance(id, str) else None
        if held is None:
            raise NotFoundError(f"{self.name!r} has no document of id {id!r}: it may have been removed")
        return held

    def get(self, id: str, select: Iterable[str] | None = None) -> Document:
        select = selected(select)
        with self._lock:
            return self._returned(self._at(id), select)

    def update(self, id: str, document: Mapping[str, Any]) -> Document:
        encoded = encode(with_id(id, document))
        with self._writing():
            self._at(id)
            self._write({id: Held.of(id, encoded.fields)}, encoded.attachments)
        return {**document, "id": id}

    def patch(self, id: str, fields: Mapping[str, Any]) -> Document:
        encoded = encode(with_id(id, fields))
        with self._writing():
            held = Held.of(id, {**self._at(id).fields, **encoded.fields})
            self._write({id: held}, encoded.attachments)
            return self._returned(held)

    def patch_many(self, ids: Sequence[str], fields: Mapping[str, Any]) -> list[str]:
        encoded = encode(fields_without_id(fields))
        with self._writing():
            patched = {
                id: Held.of(id, {**self._held[id].fields, **encoded.fields}) for id in ids if id in self._held
            }
            if patched:
                self._write(patched, encoded.attachments)
            return list(patched)

    def _write(
        self, held: Mapping[str, Held], attachments: Mapping[str, Attachment], new: bool = False
    ) -> None:
        try:
            self._shelf.add(attachments)
            self._keep(held, new)
        except BaseException:
            self._shelf.forget_unused(attachments)
            raise
        before = self._references(held)
        self._held.update(held)
        self._shelf.move(before, self._references(held))
        self._news.announce(Change("created" if new else "updated", self.name, tuple(held)))

    def _references(self, ids: Iterable[str]) -> list[Reference]:
        return [each for id in ids if id in self._held for each in references(self._held[id].document)]

    def remove(self, which: str | Sequence[str] | Query) -> list[str]:
        with self._writing():
            if isinstance(which, str):
                ids = [self._at(which).document["id"]]
            elif isinstance(which, Mapping):
                ids = [held.document["id"] for held in self._matching(which)]
            else:
                ids = [id for id in dict.fromkeys(which) if id in self._held]
            if ids:
                self._forget(ids)
                before = self._references(ids)
                for id in ids:
                    del self._held[id]
                self._shelf.move(before, ())
                self._news.announce(Change("removed", self.name, tuple(ids)))
            return ids

    def count(self, query: Query | None = None) -> int:
        return len(self._matching(query))

    def distinct(self, field: str, query: Query | None = None) -> dict[Any, int]:
        path = language.parse_path(field)
        values = (value_at(held.document, path) for held in self._matching(query))
        return dict(Counter(value for value in values if value is not MISSING and kind_of(value) != "other"))
