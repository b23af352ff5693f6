"""What was asked of the runs of a store, and what became of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from imlkit.store import Change, Document, Store
from imlkit.training.run_record import COMMANDS

from .history_state import PATIENCE, Wish

__all__ = ["HistoryWishes"]


class HistoryWishes:
    """Follows the wishes of every page, the latest of each run.

    Args:
        store: where they are.
        changed: called, on any thread, whenever there may be something new.
    """

    def __init__(self, store: Store, changed: Callable[[], object]) -> None:
        self._commands = store.collection(COMMANDS)
        self._latest: dict[str, Wish] = {}
        self._asked: dict[str, float] = {}
        self._new: set[str] | None = None
        self._turn = threading.Lock()
        self._changed = changed
        self._subscription = self._commands.changes.subscribe(self._told)

    def read(self, going: Collection[str]) -> Mapping[str, Wish]:
        """Return what was asked of these runs, which go on.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._turn:
            new, self._new = self._new, set()
        try:
            if new is None:
                waiting = sorted(wish.id for wish in self._latest.values() if wish.state == "asked")
                self._take(self._commands.find({"$or": [{"state": "asked"}, {"id": {"$in": waiting}}]}))
            elif new:
                self._take(self._commands.find({"id": {"$in": sorted(new)}}))
        except Exception:
            with self._turn:
                self._new = None
            raise
        return {run: self._seen(wish) for run, wish in self._latest.items() if run in going}

    def due(self) -> float | None:
        """Return in how many seconds the next run will have been silent for too long; None if none will."""
        now = time.monotonic()
        waits = [
            left
            for wish in self._latest.values()
            if wish.state == "asked" and (left := self._asked[wish.id] + PATIENCE - now) > 0
        ]
        return min(waits, default=None)

    def dispose(self) -> None:
        """Follow no longer."""
        self._subscription.dispose()

    def _seen(self, wish: Wish) -> Wish:
        late = wish.state == "asked" and time.monotonic() - self._asked[wish.id] >= PATIENCE
        return Wish(wish.id, wish.kind, "late") if late else wish

    def _take(self, documents: list[Document]) -> None:
        for document in documents:
            run, state = document.get("run"), document.get("state")
            if not isinstance(run, str) or state not in ("asked", "done", "refused"):
                continue
            id = document["id"]
            known = self._latest.get(run)
            # What was asked earlier and answered late is not what counts.
            if known is not None and known.id != id and id in self._asked:
                continue
            self._asked.setdefault(id, time.monotonic() - _ago(document.get("at")))
            self._latest[run] = Wish(
                id, str(document.get("kind")), state, str(document.get("said") or "")[:500]
            )

    def _told(self, change: Change) -> None:
        with self._turn:
            if change.kind == "reset":
                self._new = None
            elif change.kind != "removed" and self._new is not None:
                self._new.update(change.ids)
        self._changed()


def _ago(at: Any) -> float:
    """Return how many seconds ago something was asked; clocks of other machines may be wrong."""
    seconds = (datetime.now(UTC) - at).total_seconds() if isinstance(at, datetime) else 0.0
    return max(0.0, seconds)
