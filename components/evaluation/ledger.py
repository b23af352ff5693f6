"""Which predictions are kept of which instances, read again only where something changed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from imlkit.class_label import class_label
from imlkit.errors import TrainingDataError
from imlkit.model import Instances
from imlkit.store import Change, Collection, Document
from imlkit.streams import Stream

from .fingerprint import fingerprint
from .outcomes import Outcomes, Stale

__all__ = ["Instance", "Ledger", "WatchedInstances", "truth_of"]

KEPT = ("predicted", "confidence", "truth", "model", "features")
AT_ONCE = 5_000
"""How many instances to name in one query."""


class WatchedInstances(Instances, Protocol):
    """Instances that tell what changes: a dataset, or a view of one."""

    changes: Stream[Change]


@dataclass(frozen=True, slots=True)
class Instance:
    """What is known of an instance: its label, and its features' fingerprint once it was needed."""

    truth: str | None
    features: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A prediction in the store: the fields of :data:`KEPT`."""

    predicted: str
    confidence: float
    truth: str | None
    model: str
    features: str


class Unread:
    """What has changed since it was last read: everything at first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._everything = True
        self._ids: set[str] = set()
        self._own: set[tuple[str, ...]] = set()

    def add(self, change: Change) -> None:
        """Remember a change, unless it is the news of what was written here."""
        with self._lock:
            if change.kind == "created" and change.ids in self._own:
                self._own.remove(change.ids)
                return
            self._everything = self._everything or change.kind == "reset"
            self._ids.update(change.ids)

    def add_everything(self) -> None:
        """Read everything next time."""
        with self._lock:
            self._everything = True

    def expect(self, ids: Sequence[str]) -> None:
        """Know what is about to be created, and need not be read again for its news."""
        with self._lock:
            self._own.add(tuple(ids))

    def expect_nothing(self) -> None:
        """Take any news from now on for those of others."""
        with self._lock:
            self._own.clear()

    def take(self) -> list[str] | None:
        """Return the ids to read now, or None for all, and forget them."""
        with self._lock:
            ids = None if self._everything else list(self._ids)
            self._everything = False
            self._ids.clear()
        return ids


class Ledger:
    """Keeps in mind, for every instance, its label and the prediction kept of it.

    Features are read only where a prediction of the present model is there to compare with.
    Every method may be called from any thread.

    Args:
        instances: what is predicted.
        collection: the predictions, under the ids of their instances.
    """

    def __init__(self, instances: WatchedInstances, collection: Collection) -> None:
        self._instances = instances
        self._collection = collection
        self._lock = threading.RLock()
        self.unread_instances = Unread()
        self.unread_predictions = Unread()
        self._known: dict[str, Instance] = {}
        self._kept: dict[str, Kept] = {}
        self._refused: dict[str, str] = {}

    def refresh(self, version: str | None) -> Outcomes:
        """Read what has changed, and return the outcomes as they are now.

        Args:
            version: the present model's, or None where there is none.
        """
        with self._lock:
            self._read_predictions()
            self._read_instances()
            self._compare_features(version)
            return self._outcomes(version)

    def waiting(self, version: str) -> list[str]:
        """Return the instances to predict with this model, in the order of creation."""
        with self._lock:
            return [
                id
                for id, instance in self._known.items()
                if self._refused.get(id) != version and self._why(instance, self._kept.get(id), version)
            ]

    def gone(self) -> list[str]:
        """Return the predictions whose instances are gone."""
        with self._lock:
            return [id for id in self._kept if id not in self._known]

    def relabelled(self) -> dict[str | None, list[str]]:
        """Return, for each label, the predictions that are kept beside another one."""
        found: dict[str | None, list[str]] = {}
        with self._lock:
            for id, kept in self._kept.items():
                instance = self._known.get(id)
                if instance is not None and instance.truth != kept.truth:
                    found.setdefault(instance.truth, []).append(id)
        return found

    def known(self, ids: Iterable[str]) -> dict[str, Instance]:
        """Return what is known of instances before they are read."""
        with self._lock:
            return {id: self._known[id] for id in ids if id in self._known}

    def enter(self, documents: Iterable[Document], before: Mapping[str, Instance]) -> None:
        """Note predictions that were written just now.

        Args:
            documents: the predictions.
            before: what was known of the instances before they were read: where that is no longer
                so, they have changed meanwhile, and are to be compared anew.
        """
        with self._lock:
            for document in documents:
                id = document["id"]
                self._kept[id] = _kept(document)
                known = self._known.get(id)
                if known is not None and known is before.get(id):
                    self._known[id] = replace(known, features=document["features"])

    def refuse(self, ids: Iterable[str], version: str) -> None:
        """Note instances that this model cannot predict as they are."""
        with self._lock:
            self._refused.update(dict.fromkeys(ids, version))

    @property
    def instances(self) -> int:
        """How many instances there are."""
        return len(self._known)

    def holds(self, id: str) -> bool:
        """Return whether a prediction of the instance is kept."""
        return id in self._kept

    def _read_predictions(self) -> None:
        ids = self.unread_predictions.take()
        try:
            found = {
                each["id"]: _kept(each)
                for query in _queries(ids)
                for each in self._collection.iterate(query, KEPT, 1000)
            }
        except BaseException:
            self.unread_predictions.add_everything()
            raise
        if ids is None:
            self._kept = found
            return
        for id in ids:
            self._kept.pop(id, None)
        self._kept.update(found)

    def _read_instances(self) -> None:
        ids = self.unread_instances.take()
        try:
            found = {
                each["id"]: Instance(truth_of(each))
                for query in _queries(ids)
                for each in self._instances.iterate(query, ("y",), 1000)
            }
        except BaseException:
            self.unread_instances.add_everything()
            raise
        if ids is None:
            self._known = found
            self._refused.clear()
            return
        for id in ids:
            self._refused.pop(id, None)
            if id in found:
                self._known[id] = found[id]
            else:
                self._known.pop(id, None)

    def _compare_features(self, version: str | None) -> None:
        wanted = [
            id
            for id, instance in self._known.items()
            if instance.features is None and (kept := self._kept.get(id)) and kept.model == version
        ]
        for query in _queries(wanted):
            for each in self._instances.iterate(query, ("x",), 500):
                known = self._known[each["id"]]
                self._known[each["id"]] = replace(known, features=fingerprint(each.get("x")))

    def _why(self, instance: Instance, kept: Kept | None, version: str | None) -> str:
        if kept is None:
            return "added"
        if kept.model != version:
            return "retrained"
        return "changed" if instance.features not in (None, kept.features) else ""

    def _outcomes(self, version: str | None) -> Outcomes:
        stale = {"retrained": 0, "changed": 0, "added": 0}
        rows = []
        for id, instance in self._known.items():
            kept = self._kept.get(id)
            why = self._why(instance, kept, version)
            if why and not (version and self._refused.get(id) == version):
                stale[why] += 1
            if kept is not None:
                rows.append((id, instance.truth, kept.predicted, kept.confidence))
        ids, truths, predicted, confidences = zip(*rows, strict=True) if rows else ((), (), (), ())
        return Outcomes(
            ids,
            truths,
            predicted,
            confidences,
            Stale(**stale, removed=len(self.gone())),
            len(self._known),
        )


def truth_of(instance: Mapping[str, Any]) -> str | None:
    """Return the class an instance is labelled as, or None where its label names none."""
    try:
        return class_label(instance.get("y"))
    except TrainingDataError:
        return None


def _kept(document: Mapping[str, Any]) -> Kept:
    return Kept(*(document.get(field) for field in KEPT))  # type: ignore[arg-type]


def _queries(ids: Sequence[str] | None) -> Iterator[Mapping[str, Any] | None]:
    if ids is None:
        yield None
        return
    for start in range(0, len(ids), AT_ONCE):
        yield {"id": {"$in": list(ids[start : start + AT_ONCE])}}
