"""A store as somebody may use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from imlkit.errors import ForbiddenError
from imlkit.store import Asset

from ...shared_log import SharedStore
from .guarded_collection import GuardedCollection
from .rules import EVERYTHING, Rights, Rules
from .users import RESERVED
from .visitor import Visitor

__all__ = ["GuardedStore"]


class GuardedStore:
    """Does with a store what its user may do.

    Args:
        store: the store.
        rules: what roles may do; None where everybody may do everything.
        visitor: the user.
    """

    def __init__(self, store: SharedStore, rules: Rules | None, visitor: Visitor) -> None:
        self._store = store
        self._rules = rules
        self.visitor = visitor

    def rights(self, collection: str) -> Rights:
        """Return what the user may do in a collection."""
        if self._rules is not None:
            return self._rules.rights(self.visitor.role, collection)
        return Rights() if collection.startswith(RESERVED) else EVERYTHING

    def collection(self, name: str) -> GuardedCollection:
        """Return the collection of that name."""
        if name.startswith(RESERVED):
            raise ForbiddenError(f"{name!r:.100} is the server's own: take a name that begins otherwise")
        return GuardedCollection(self._store.collection(name), self.rights(name), self.visitor)

    def collections(self) -> list[str]:
        """Return the names of the collections that the user may read, sorted."""
        found: list[str] = []
        for name in self._store.collections():
            read = self.rights(name).read
            # Of those in which only what is one's own may be read, those that hold some.
            if read == "all" or (read == "own" and self.collection(name).count()):
                found.append(name)
        return found

    def asset(self, id: str) -> Asset:
        """Return what is known of an asset; who knows its id has seen it, or a document that names it."""
        self._check(self._anywhere().read != "none", "fetch assets")
        return self._store.assets.info(id)

    def open_asset(self, id: str) -> BinaryIO:
        """Open an asset for reading."""
        self._check(self._anywhere().read != "none", "fetch assets")
        return self._store.assets.open(id)

    def may_send(self) -> None:
        """Raise unless the user may send assets."""
        self._check(self._anywhere().create != "none", "send assets")

    def keep_asset(self, content: BinaryIO, media_type: str) -> Asset:
        """Keep an asset."""
        self.may_send()
        kept = self._store.assets.put(content, media_type)
        self.visitor.audit.add(self.visitor.name, self.visitor.address, "asset", id=kept.id, size=kept.size)
        return kept

    def assets(self) -> Iterator[Asset]:
        """List the assets."""
        self._check(self._everywhere().read == "all", "list assets")
        return iter(self._store.assets)

    def remove_asset(self, id: str) -> None:
        """Forget an asset."""
        self._check(self._everywhere().remove == "all", "remove assets")
        self._store.assets.remove(id)
        self.visitor.audit.add(self.visitor.name, self.visitor.address, "remove asset", id=id)

    def _anywhere(self) -> Rights:
        return EVERYTHING if self._rules is None else self._rules.anywhere(self.visitor.role)

    def _everywhere(self) -> Rights:
        return EVERYTHING if self._rules is None else self._rules.everywhere(self.visitor.role)

    def _check(self, allowed: bool, what: str) -> None:
        if not allowed:
            raise ForbiddenError(f"as {self.visitor.called} you may not {what}: ask who runs the server")
