"""Reading how weights were distributed: of many steps some, evenly, and little by little."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from imlkit.store import Change, Store
from imlkit.training.run_record import MEDIA

from .weight_histograms_content import WeightStep, read_step

__all__ = ["MOST_STEPS", "FoundWeights", "WeightReader", "coarse_first", "thinned_steps"]

KIND: Final = "histograms"
MOST_STEPS: Final = 100
"""How many steps of a run are drawn at most."""
A_WHILE: Final = 0.3
"""Seconds after which what was read is shown, before the rest is read."""
MOST_BYTES: Final = 256_000_000
"""How much of what was read is kept, for other parameters to be shown at once."""
FEWEST_STEPS: Final = 16
"""How many steps of a run are drawn at least, where there are that many, however large the models."""
AT_ONCE: Final = 200


@dataclass(frozen=True)
class FoundWeights:
    """What is known of the weights of some runs.

    Attributes:
        steps: what was read of each run, ascending by step.
        counts: how many times each run logged its weights.
        missing: how many steps that are to be shown are still to be read.
    """

    steps: Mapping[str, Sequence[WeightStep]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    missing: int = 0


class WeightReader:
    """Reads the documents of a few steps of some runs, and then what is new.

    :meth:`tell` may be called from any thread, :meth:`read` by one at a time.

    Args:
        store: where the runs are.
    """

    def __init__(self, store: Store) -> None:
        self._media = store.collection(MEDIA)
        self._ids: dict[str, dict[str, None]] = {}
        self._steps: OrderedDict[str, WeightStep] = OrderedDict()
        self._size = 0
        self._wanted: frozenset[str] = frozenset()
        self._news: list[str] = []
        self._gone: set[str] = set()
        self._stale = False
        self._lock = threading.Lock()

    def tell(self, change: Change) -> bool:
        """Remember what changed until it is read; return whether anything is shown that it may concern."""
        with self._lock:
            if not self._wanted:
                return False
            if change.kind == "created":
                self._news += change.ids
            elif change.kind == "removed":
                self._gone.update(change.ids)
            else:
                self._stale = True
            return True

    def read(self, runs: Sequence[str]) -> FoundWeights:
        """Return what is known of runs after reading for a while; where some is missing, read again.

        Raises:
            ImlkitError: the store cannot be read; what is new stays to be read.
        """
        began = time.monotonic()
        self._list(runs)
        most = self._most(len(runs))
        shown = {run: thinned_steps(list(self._ids[run]), most) for run in runs}
        wanted = [id for run in runs for id in shown[run]]
        # What is shown is never among what makes room.
        for id in wanted:
            if id in self._steps:
                self._steps.move_to_end(id)
        missing = [
            id for id in _in_turn([coarse_first(ids) for ids in shown.values()]) if id not in self._steps
        ]
        read = 0
        for id in missing:
            if read and time.monotonic() - began > A_WHILE:
                break
            self._keep(id, read_step(self._media, id))
            read += 1
        self._make_room(len(wanted))
        return FoundWeights(
            {
                run: _ascending([self._steps[id] for id in ids if id in self._steps])
                for run, ids in shown.items()
            },
            {run: len(self._ids[run]) for run in runs},
            len(missing) - read,
        )

    def _most(self, runs: int) -> int:
        """Return how many steps of each run there is room for."""
        if not self._size:
            return MOST_STEPS
        room = MOST_BYTES * len(self._steps) // (self._size * max(runs, 1))
        return min(max(room, 2 * FEWEST_STEPS), MOST_STEPS)

    def _list(self, runs: Sequence[str]) -> None:
        """Find out what there is of runs."""
        with self._lock:
            self._wanted = frozenset(runs)
            news, self._news = self._news, []
            gone, self._gone = self._gone, set()
            stale, self._stale = self._stale, False
        if stale:
            self._steps.clear()
            self._size = 0
        before = {} if stale else {run: ids for run, ids in self._ids.items() if run in self._wanted}
        # Where reading fails, everything is listed anew next time.
        self._ids = {}
        fresh = list(dict.fromkeys(news)) if before else []
        for start in range(0, len(fresh), AT_ONCE):
            query = {
                "id": {"$in": fresh[start : start + AT_ONCE]},
                "kind": KIND,
                "run": {"$in": list(before)},
            }
            for document in self._media.find(query, select=["run"]):
                before[document["run"]][document["id"]] = None
        for run in runs:
            if run not in before:
                # Documents of many parameters are long: the store tells their ids without reading them.
                before[run] = dict.fromkeys(self._media.distinct("id", {"run": run, "kind": KIND}))
        for id in gone:
            for ids in before.values():
                ids.pop(id, None)
            self._drop(id)
        self._ids = before

    def _keep(self, id: str, step: WeightStep | None) -> None:
        if step is None:
            for ids in self._ids.values():
                ids.pop(id, None)
            return
        self._steps[id] = step
        self._size += step.size

    def _drop(self, id: str) -> None:
        step = self._steps.pop(id, None)
        if step is not None:
            self._size -= step.size

    def _make_room(self, shown: int) -> None:
        while self._size > MOST_BYTES and len(self._steps) > shown:
            self._drop(next(iter(self._steps)))


def thinned_steps(ids: Sequence[str], most: int = MOST_STEPS) -> list[str]:
    """Return at most so many of the ids, evenly, the last among them.

    While ids are added at the end, what is returned changes seldom: it is every one, then every second,
    every fourth, …
    """
    apart = 1
    while len(range(0, len(ids), apart)) >= most:
        apart *= 2
    chosen = list(ids[::apart])
    if ids and chosen[-1] != ids[-1]:
        chosen.append(ids[-1])
    return chosen


def coarse_first(ids: Sequence[str]) -> list[str]:
    """Return the same ids in another order: the last, the first, those halfway, those in between, …"""
    order = dict.fromkeys([*ids[-1:], *ids[:1]])
    apart = 1
    while apart < len(ids):
        apart *= 2
    while apart > 1:
        apart //= 2
        order |= dict.fromkeys(ids[::apart])
    return list(order)


def _in_turn(lists: Sequence[Sequence[str]]) -> Iterator[str]:
    """Return one of each list, then the next of each."""
    for n in range(max(map(len, lists), default=0)):
        for each in lists:
            if n < len(each):
                yield each[n]


def _ascending(steps: Sequence[WeightStep]) -> list[WeightStep]:
    """Return steps in order, at last those without a number; of several of one number, the last."""
    of_steps = {step.step: step for step in steps if not math.isnan(step.step)}
    return [of_steps[number] for number in sorted(of_steps)] + [
        step for step in steps if math.isnan(step.step)
    ]
