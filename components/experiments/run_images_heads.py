"""What is known of images, texts and confusion matrices before they are read themselves."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from imlkit.store import Change, Document, Store
from imlkit.training.run_record import MEDIA

__all__ = ["KINDS", "Head", "HeadReader", "number_of"]

KINDS: Final = ("image", "text", "confusion")
FIELDS: Final = ("run", "kind", "name", "step", "epoch", "seconds")
AT_ONCE: Final = 200
"""How many documents are asked for by their ids in one question."""


@dataclass(frozen=True, slots=True)
class Head:
    """Something that a run logged: what it is called, and when it was logged.

    Attributes:
        id: of its document.
        run: the run's id.
        kind: ``"image"``, ``"text"`` or ``"confusion"``.
        name: what the run calls it.
        step: at which step; not-a-number where the document does not say.
        epoch: in which epoch; not-a-number where that is not known.
        seconds: how long after the run had begun; not-a-number where that is not known.
    """

    id: str
    run: str
    kind: str
    name: str
    step: float
    epoch: float
    seconds: float

    @classmethod
    def read(cls, document: Document) -> Head:
        """Return what a document tells; what it says wrongly is left out."""
        name = document.get("name")
        return cls(
            document["id"],
            document["run"],
            document["kind"],
            name if isinstance(name, str) and name.strip() else "without a name",
            *(number_of(document.get(field)) for field in ("step", "epoch", "seconds")),
        )


class HeadReader:
    """Reads what some runs have logged, and then only what is new.

    :meth:`tell` may be called from any thread, :meth:`read` by one at a time.

    Args:
        store: where the runs are.
    """

    def __init__(self, store: Store) -> None:
        self._media = store.collection(MEDIA)
        self._kept: dict[str, dict[str, Head]] = {}
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

    def read(self, runs: Sequence[str]) -> Mapping[str, Sequence[Head]]:
        """Return what runs have logged by now, each run's in the order in which it was kept.

        Raises:
            ImlkitError: the store cannot be read; what is new stays to be read.
        """
        with self._lock:
            self._wanted = frozenset(runs)
            news, self._news = self._news, []
            gone, self._gone = self._gone, set()
            stale, self._stale = self._stale, False
        before = {} if stale else {run: heads for run, heads in self._kept.items() if run in self._wanted}
        # Where reading fails, everything is read anew next time.
        self._kept = {}
        known = [run for run in runs if run in before]
        for run, head in self._found({"run": {"$in": known}}, news) if known else ():
            before[run][head.id] = head
        for run in runs:
            if run not in before:
                before[run] = {head.id: head for _, head in self._found({"run": run}, None)}
        for id in gone:
            for heads in before.values():
                heads.pop(id, None)
        self._kept = before
        return {run: tuple(before[run].values()) for run in runs}

    def _found(self, query: Mapping[str, Any], ids: Sequence[str] | None) -> Iterable[tuple[str, Head]]:
        wanted = {**query, "kind": {"$in": list(KINDS)}}
        parts: list[dict[str, Any]] = [wanted]
        if ids is not None:
            each = list(dict.fromkeys(ids))
            parts = [
                {**wanted, "id": {"$in": each[start : start + AT_ONCE]}}
                for start in range(0, len(each), AT_ONCE)
            ]
        for part in parts:
            for document in self._media.find(part, select=FIELDS):
                yield document["run"], Head.read(document)


def number_of(value: Any) -> float:
    """Return a number that a document tells; not-a-number for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return math.nan
