"""What a browser of instances shows: some of each class, and how many there are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imlkit.store import Query

from .instance_set import InstanceSet

__all__ = ["NO_LABEL", "Group", "Listing", "key_of", "label_order", "list_instances", "typed_label"]


class NoLabel:
    """Stands for having no label, or one that names no class."""

    def __repr__(self) -> str:
        return "NO_LABEL"


NO_LABEL = NoLabel()


@dataclass(frozen=True, slots=True)
class Group:
    """The instances of one class.

    Attributes:
        key: names the class in the browser, whatever its label.
        label: the class's label, or ``NO_LABEL``.
        count: how many there are.
        ids: those shown, the newest first.
    """

    key: str
    label: Any
    count: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Some instances of some classes.

    Attributes:
        total: how many instances there are.
        labels: every label, in the order shown.
        groups: the classes shown.
        classes: how many classes there are, having no label counted as one.
        unlabelled: how many instances have no label, or one that names no class.
    """

    total: int = 0
    labels: tuple[Any, ...] = ()
    groups: tuple[Group, ...] = ()
    classes: int = 0
    unlabelled: int = 0

    @property
    def shown(self) -> set[str]:
        """The ids of the instances shown."""
        return {id for group in self.groups for id in group.ids}

    def query(self, key: str) -> Query | None:
        """Return the query that finds the instances of a class; None if it is not shown."""
        for group in self.groups:
            if group.key == key:
                return _query(group.label, self.labels)
        return None


def list_instances(instances: InstanceSet, page: int, classes: int, shown: Mapping[str, int]) -> Listing:
    """Look up what to show, reading no more than that.

    Args:
        instances: where to look.
        page: how many instances of a class to show.
        classes: how many classes to show.
        shown: for the classes (by key) of which more is shown, how many.
    """
    counts = instances.distinct("y")
    counts.pop(None, None)
    total = instances.count()
    labels = tuple(sorted(counts, key=label_order))
    sized: list[tuple[Any, int]] = [(label, counts[label]) for label in labels]
    others = total - sum(counts.values())
    if others > 0:
        sized.append((NO_LABEL, others))
    groups = tuple(
        _group(instances, label, count, shown.get(key_of(label), page), labels)
        for label, count in sized[:classes]
    )
    return Listing(total, labels, groups, len(sized), max(0, others))


def _group(instances: InstanceSet, label: Any, count: int, most: int, labels: tuple[Any, ...]) -> Group:
    # In the order of creation, the newest are the last.
    found = instances.find(_query(label, labels), skip=max(0, count - most), limit=most, select=["id"])
    return Group(key_of(label), label, count, tuple(instance["id"] for instance in reversed(found)))


def _query(label: Any, labels: tuple[Any, ...]) -> Query:
    return {"y": {"$nin": list(labels)}} if label is NO_LABEL else {"y": label}


def key_of(label: Any) -> str:
    """Return a short name for a class, whatever its label."""
    text = f"{type(label).__name__}:{label!r}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def typed_label(text: str, labels: tuple[Any, ...]) -> Any:
    """Return the label that a person means by what they typed: a number where a class is one."""
    if text in labels:
        return text
    meant = text.strip()
    return next((label for label in labels if not isinstance(label, str) and str(label) == meant), text)


def label_order(label: Any) -> tuple[int, Any, str]:
    """Return what to sort labels by: numbers first, then text as in the alphabet."""
    if isinstance(label, (int, float)) and label == label:
        return (0, label, "")
    return (1, str(label).casefold(), str(label))
