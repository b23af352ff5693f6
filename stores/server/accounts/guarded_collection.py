"""A collection as somebody may use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from imlkit.documents import Encoded
from imlkit.errors import ForbiddenError, NotFoundError
from imlkit.store import Query, Sort

from ...stored import Cursor, Stored, StoredCollection, parsed
from .rules import Rights
from .visitor import Visitor

__all__ = ["OWNER", "GuardedCollection"]

OWNER: Final = "created_by"
"""The field in which a server with accounts keeps who created a document."""


class GuardedCollection:
    """Does with a collection what its user may do, and refuses the rest.

    Args:
        collection: the collection.
        rights: what the user may do in it.
        visitor: the user.
    """

    def __init__(self, collection: StoredCollection, rights: Rights, visitor: Visitor) -> None:
        self._collection = collection
        self._rights = rights
        self._visitor = visitor
        self.name = collection.name

    @property
    def added(self) -> dict[str, Any]:
        """The fields that documents get when they are created."""
        return {OWNER: self._visitor.name} if self._visitor.name is not None else {}

    def stored(
        self,
        query: Query | None = None,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int | None = None,
        select: Iterable[str] | None = None,
    ) -> list[Stored]:
        """Return documents (see :meth:`StoredCollection.stored`)."""
        return self._collection.stored(self._readable(query), sort, skip, limit, select)

    def stored_page(
        self, query: Query | None, select: Iterable[str] | None, limit: int, cursor: Cursor | None
    ) -> tuple[list[Stored], Cursor | None]:
        """Return the next documents of a walk (see :meth:`StoredCollection.stored_page`)."""
        return self._collection.stored_page(self._readable(query), select, limit, cursor)

    def count(self, query: Query | None = None) -> int:
        """Return how many documents match."""
        return self._collection.count(self._readable(query))

    def distinct(self, field: str, query: Query | None = None) -> dict[Any, int]:
        """Return each value of a field with how often it occurs."""
        return self._collection.distinct(field, self._readable(query))

    def keep(self, encoded: Sequence[Encoded], *, again: bool = False) -> None:
        """Keep documents, as their user's (see :meth:`StoredCollection.keep`)."""
        if self._rights.create == "none":
            raise self._forbidden("create documents in")
        owned = [self._owned(each) for each in encoded]
        self._collection.keep(owned, again=again)
        self._visitor.wrote("create", self.name, [each.id for each in owned])

    def change(
        self,
        ids: Sequence[str],
        encoded: Encoded,
        *,
        keep_others: bool,
        must_exist: bool,
        write: str | None = None,
    ) -> list[str]:
        """Set fields of documents (see :meth:`StoredCollection.change`)."""
        if self._rights.update == "none":
            raise self._forbidden("change documents of")
        write = self._named(write)
        before = self._answered(write)
        if before is not None:
            return before
        if self._rights.update == "own":
            ids = self._own(ids, "change", must_exist)
        if self._visitor.name is not None:
            encoded = self._still_owned(ids, encoded, keep_others)
        changed = self._collection.change(
            ids, encoded, keep_others=keep_others, must_exist=must_exist, write=write
        )
        if changed:
            self._visitor.wrote("patch" if keep_others else "update", self.name, changed)
        return changed

    def remove(self, which: str | Sequence[str] | Query, *, write: str | None = None) -> list[str]:
        """Remove documents (see :meth:`StoredCollection.remove`)."""
        if self._rights.remove == "none":
            raise self._forbidden("remove documents of")
        write = self._named(write)
        before = self._answered(write)
        if before is not None:
            return before
        if self._rights.remove == "own":
            if isinstance(which, Mapping):
                which = self._with_owner(which)
            elif isinstance(which, str):
                which = self._own([which], "remove", True)[0]
            else:
                which = self._own(which, "remove", False)
        removed = self._collection.remove(which, write=write)
        if removed:
            self._visitor.wrote("remove", self.name, removed)
        return removed

    def told(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Return those of some documents that the user may read."""
        if self._rights.read != "own":
            return tuple(ids) if self._rights.read == "all" else ()
        own = {each.id for each in self._collection.stored(self._with_owner({"id": {"$in": list(ids)}}))}
        return tuple(id for id in ids if id in own)

    def _named(self, write: str | None) -> str | None:
        # Nobody is given the answer to another's write. The name of a write has no colon.
        return None if write is None else f"{self._visitor.name or ''}:{write}"

    def _answered(self, write: str | None) -> list[str] | None:
        # What was removed is nobody's own any more: a write that was done is known before rights are.
        if write is None or self._visitor.name is None:
            return None
        return self._collection.answered(write)

    def _with_owner(self, query: Query | None) -> Query:
        own = {OWNER: self._visitor.name}
        return {"$and": [query, own]} if query else own

    def _readable(self, query: Query | None) -> Query | None:
        if self._rights.read == "none":
            raise self._forbidden("read")
        return query if self._rights.read == "all" else self._with_owner(query)

    def _own(self, ids: Sequence[str], what: str, must_exist: bool) -> list[str]:
        """Return those of some documents that are the user's, or raise if there are others among them."""
        asked = list(dict.fromkeys(ids))
        found = {
            each.id: parsed(each.text).get(OWNER)
            for each in self._collection.stored({"id": {"$in": asked}}, select=[OWNER])
        }
        others = [id for id, owner in found.items() if owner != self._visitor.name]
        if others and self._rights.read == "all":
            raise ForbiddenError(
                f"{others[0]!r:.100} of {self.name!r} is somebody else's: as {self._visitor.called} you may "
                f"{what} documents of your own"
            )
        own = [id for id in asked if id in found and id not in others]
        # What may not be read is not known to be there.
        if must_exist and len(own) < len(asked):
            missing = next(id for id in asked if id not in own)
            raise NotFoundError(
                f"{self.name!r} has no document of id {missing!r:.100}: it may have been removed"
            )
        return own

    def _owned(self, encoded: Encoded) -> Encoded:
        name = self._visitor.name
        if name is None:
            return encoded
        given = encoded.fields.get(OWNER)
        if given is None:
            return replace(encoded, fields={**encoded.fields, OWNER: name})
        if given != name and self._rights.update != "all":
            raise ForbiddenError(
                f"the field {OWNER!r} says who created a document: leave it out, or give your name"
            )
        return encoded

    def _still_owned(self, ids: Sequence[str], encoded: Encoded, keep_others: bool) -> Encoded:
        given = encoded.fields.get(OWNER)
        if given is None and keep_others and OWNER not in encoded.fields:
            return encoded
        if given is not None and (self._rights.update == "all" or given == self._visitor.name):
            return encoded
        if given is not None or keep_others:
            raise ForbiddenError(f"the field {OWNER!r} says who created a document: leave it out")
        # A document that is replaced stays its owner's.
        found = self._collection.stored({"id": {"$in": list(ids)}}, limit=1, select=[OWNER])
        owner = parsed(found[0].text).get(OWNER) if found else None
        return replace(encoded, fields={**encoded.fields, OWNER: owner}) if owner is not None else encoded

    def _forbidden(self, what: str) -> ForbiddenError:
        return ForbiddenError(
            f"as {self._visitor.called} you may not {what} {self.name!r}: ask who runs the server"
        )
