"""The instances that match the latest of a stream of queries."""

from __future__ import annotations

from reactivex import abc

from imlkit.store import Change, Query
from imlkit.streams import Stream

from .instance_set import InstanceSet
from .instance_view import InstanceView

__all__ = ["FollowingView"]

NOTHING: Query = {"id": {"$in": []}}


class FollowingView(InstanceView):
    """The instances that match a query which may change: other parts of an app choose what is seen.

    Made by :meth:`Dataset.where`. Its ``changes`` tell of the dataset's, and of what leaves and
    what comes with every new query; for that, the ids that match are read.

    Args:
        whole: the instances to choose from.
        queries: the latest one counts; before the first, nothing matches.
    """

    def __init__(self, whole: InstanceSet, queries: Stream[Query]) -> None:
        super().__init__(whole, queries.value if queries.has_value else NOTHING)
        with whole.changes.session.entered():
            self.changes: Stream[Change] = Stream(name="changes")
            self._following: tuple[abc.DisposableBase, ...] = (
                whole.changes.subscribe(self.changes.set),
                queries.subscribe(self._choose),
            )

    def _choose(self, query: Query) -> None:
        if query == self.query:
            return
        # A query that no store understands is refused here, and the former one stays.
        after = [each["id"] for each in self._collection.find(self.whole._among(query), select=["id"])]
        before = [each["id"] for each in self.find(select=["id"])]
        self.query = query
        left, came = set(before).difference(after), set(after).difference(before)
        if left:
            self._tell("removed", [id for id in before if id in left])
        if came:
            self._tell("created", [id for id in after if id in came])

    def _tell(self, kind: str, ids: list[str]) -> None:
        self.changes.set(Change(kind, self._collection.name, tuple(ids)))  # type: ignore[arg-type]
