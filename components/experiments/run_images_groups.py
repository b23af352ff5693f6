"""Images, texts and confusion matrices by name, and where along a training they were logged."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .run_images_heads import Head

__all__ = ["Group", "Moment", "groups_of"]

Key = tuple[float, int]


@dataclass(frozen=True, slots=True)
class Moment:
    """Where along a training something was logged.

    Attributes:
        step: at which step; not-a-number where that is not known.
        nth: the how many-th of its name at that step it was, from 0 on.
        epoch: in which epoch; not-a-number where that is not known.
    """

    step: float
    nth: int
    epoch: float

    @property
    def key(self) -> Key:
        """By which moments are sorted: what has no step comes first."""
        return (-math.inf if math.isnan(self.step) else self.step), self.nth


@dataclass(frozen=True)
class Group:
    """What runs logged of one kind under one name.

    Attributes:
        kind: ``"image"``, ``"text"`` or ``"confusion"``.
        name: of what is shown.
        moments: when any of the runs logged some, ascending.
        media: what each run logged, by run, ascending.
    """

    kind: str
    name: str
    moments: tuple[Moment, ...]
    media: Mapping[str, tuple[Sequence[Key], Sequence[Head]]]

    @property
    def key(self) -> str:
        """By which a page names it."""
        return f"{self.kind}:{self.name}"

    def at(self, run: str, key: Key | None) -> Head | None:
        """Return what a run had logged by a moment, the latest for None; None where that is nothing."""
        keys, heads = self.media[run]
        count = len(heads) if key is None else bisect_right(keys, key)
        return heads[count - 1] if count else None


def groups_of(heads: Mapping[str, Sequence[Head]]) -> tuple[Group, ...]:
    """Return the groups of what runs logged, in the order in which the names were logged first."""
    found: dict[tuple[str, str], dict[str, list[Head]]] = {}
    for run, own in heads.items():
        for head in own:
            found.setdefault((head.kind, head.name), {}).setdefault(run, []).append(head)
    return tuple(_group(kind, name, runs) for (kind, name), runs in found.items())


def _group(kind: str, name: str, runs: Mapping[str, Sequence[Head]]) -> Group:
    moments: dict[Key, Moment] = {}
    media: dict[str, tuple[Sequence[Key], Sequence[Head]]] = {}
    for run, heads in runs.items():
        counted: Counter[str] = Counter()
        own: list[tuple[Key, Head]] = []
        for head in heads:
            step = repr(head.step)
            moment = Moment(head.step, counted[step], head.epoch)
            counted[step] += 1
            key = moment.key
            own.append((key, head))
            if key not in moments or math.isnan(moments[key].epoch):
                moments[key] = moment
        own.sort(key=lambda one: one[0])
        media[run] = [key for key, _ in own], [head for _, head in own]
    return Group(kind, name, tuple(moments[key] for key in sorted(moments)), media)
