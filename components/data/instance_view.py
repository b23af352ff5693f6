"""The instances of a dataset that match a query, whatever changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imlkit.errors import NotFoundError
from imlkit.store import Query

from .instance_set import InstanceSet

__all__ = ["InstanceView"]


class InstanceView(InstanceSet):
    """The instances that match a query, read anew at each use.

    Made by :meth:`Dataset.where`. What does not match cannot be read or changed through it.

    Args:
        whole: the instances to choose from.
        query: which of them.
    """

    def __init__(self, whole: InstanceSet, query: Query) -> None:
        self.whole = whole
        self.query = query
        self.name = whole.name
        # Any change may bring an instance in or take one out.
        self.changes = whole.changes
        self._collection = whole._collection
        # A query that no store understands is refused here, where it was written.
        self.find(limit=0)

    def where(self, query: Query) -> InstanceView:
        """Return the instances that match this query as well."""
        return InstanceView(self, query)

    def _among(self, query: Query | None) -> Query | None:
        return self.whole._among({"$and": [self.query, query]} if query else self.query)

    def _present(self, ids: Sequence[str]) -> list[str]:
        wanted = list(ids)
        found = self._collection.find(self._among({"id": {"$in": wanted}}), select=["id"])
        present: set[Any] = {instance["id"] for instance in found}
        return [id for id in wanted if id in present]

    def _demand(self, id: str) -> None:
        if not self._present([id]):
            raise NotFoundError(
                f"no instance {id!r} matches {dict(self.query)!r} in the dataset {self.name!r}: "
                "it was removed, changed or never there"
            )
