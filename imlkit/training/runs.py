"""The runs of a store, as pages see and steer them."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from ..errors import NotFoundError
from ..store import Change, Document, Store
from ..streams import Stream
from .checkpoint import remove_checkpoint
from .checkpoint_record import CheckpointRecord
from .run_curves import Curve, curves_of
from .run_record import CHECKPOINTS, COMMANDS, MEDIA, POINTS, RUNS, SILENT_SECONDS, RunRecord
from .steering import ask
from .words import name_words

__all__ = ["Runs"]

AT_ONCE: Final = 200


class Runs:
    """The runs of a store: read, followed, steered, renamed, removed.

    Args:
        store: where they are.

    Streams: ``changed``, ids of runs of which something is new; an empty tuple where all have to be read
    again.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._runs = store.collection(RUNS)
        self._points = store.collection(POINTS)
        self._alive: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()
        self.changed: Stream[tuple[str, ...]] = Stream(name="changed")
        self._subscription = self._runs.changes.subscribe(self._told)

    def read(self, ids: Iterable[str] | None = None) -> list[RunRecord]:
        """Return runs in the order in which they were begun; all, or those of these ids that are there.

        Whether one is alive its own clock tells at first, and then its signs of life: another machine's
        clock may be wrong.
        """
        query = None if ids is None else {"id": {"$in": list(ids)}}
        now = datetime.now(UTC)
        return [
            self._as_seen(RunRecord.read(document), document.get("seen"), now)
            for document in self._runs.find(query)
        ]

    def _as_seen(self, record: RunRecord, seen: Any, now: datetime) -> RunRecord:
        if not record.goes_on:
            return record
        with self._lock:
            beat, at = self._alive.get(record.id, (None, 0.0))
            if beat is None:
                ago = (now - seen).total_seconds() if isinstance(seen, datetime) else SILENT_SECONDS + 1
                at = time.monotonic() - max(0.0, ago)
                self._alive[record.id] = record.beat, at
            elif beat != record.beat:
                at = time.monotonic()
                self._alive[record.id] = record.beat, at
        silent = time.monotonic() - at > SILENT_SECONDS
        return replace(record, state="interrupted") if silent else record

    def curves(self, run: str) -> dict[str, Curve]:
        """Return what a run has logged until now, by metric."""
        return curves_of(self._points.find({"run": run}))

    def checkpoints(
        self, runs: str | Iterable[str] | None = None, latest: int | None = None
    ) -> list[CheckpointRecord]:
        """Return checkpoints in the order in which they were made.

        Args:
            runs: the id of the run they are of, or several; None for those of all runs.
            latest: how many of the latest; None for all.
        """
        ids = [runs] if isinstance(runs, str) else runs
        query = None if ids is None else {"run": {"$in": list(ids)}}
        collection = self.store.collection(CHECKPOINTS)
        if latest is None:
            return self._checkpoint_records(collection.find(query))
        return self._checkpoint_records(collection.find(query, sort={"at": -1}, limit=latest)[::-1])

    def checkpoint(self, id: str) -> CheckpointRecord:
        """Return a checkpoint as it is now.

        Raises:
            NotFoundError: it is gone.
        """
        return self._checkpoint_records([self.store.collection(CHECKPOINTS).get(id)])[0]

    def remove_checkpoint(self, id: str) -> None:
        """Remove a checkpoint and its weights. What is gone already is passed over."""
        checkpoints = self.store.collection(CHECKPOINTS)
        with contextlib.suppress(NotFoundError):
            run = checkpoints.get(id, ["run"]).get("run")
            remove_checkpoint(self.store, id)
            if isinstance(run, str):
                self._runs.patch(run, {"checkpoints": checkpoints.count({"run": run})})

    def _checkpoint_records(self, documents: Sequence[Document]) -> list[CheckpointRecord]:
        ids = {run for document in documents if isinstance(run := document.get("run"), str)}
        names = self.names(ids)
        return [
            CheckpointRecord.read(document, names.get(str(document.get("run")), "")) for document in documents
        ]

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return what runs are called, by id; those that are gone are left out."""
        wanted = list(ids)
        found = {}
        for start in range(0, len(wanted), AT_ONCE):
            some = {"id": {"$in": wanted[start : start + AT_ONCE]}}
            found.update(
                {run["id"]: RunRecord.read(run).name for run in self._runs.find(some, select=["name"])}
            )
        return found

    def ask(self, run: str, kind: str, value: float | None = None, by: str = "") -> str:
        """Ask a run to ``"pause"``, ``"resume"``, ``"stop"`` after its epoch, or take a learning ``"rate"``.

        Returns:
            The id of the document, in the collection ``run_commands``, that tells what becomes of it.
        """
        return ask(self.store, run, kind, value, by)

    def rename(self, run: str, name: str) -> None:
        """Call a run something else.

        Raises:
            NotFoundError: it is gone.
        """
        self._runs.patch(run, {"name": name_words(name.strip())})

    def tag(self, run: str, tags: Sequence[str]) -> None:
        """Give a run these words to find it by, instead of those it had.

        Raises:
            NotFoundError: it is gone.
        """
        told = dict.fromkeys(name_words(tag.strip()) for tag in tags if tag.strip())
        self._runs.patch(run, {"tags": list(told)})

    def remove(self, runs: Sequence[str]) -> None:
        """Remove runs with all they logged and saved. What is gone already is passed over."""
        for start in range(0, len(runs), AT_ONCE):
            ids = list(runs[start : start + AT_ONCE])
            of_them = {"run": {"$in": ids}}
            # The runs go first: one that goes on is then told that it is gone, and writes no more.
            self._runs.remove(ids)
            for checkpoint in self.store.collection(CHECKPOINTS).find(of_them, select=["asset"]):
                remove_checkpoint(self.store, checkpoint["id"])
            for name in (POINTS, MEDIA, COMMANDS):
                self.store.collection(name).remove(of_them)
            with self._lock:
                for id in ids:
                    self._alive.pop(id, None)

    def dispose(self) -> None:
        """Follow no longer."""
        self._subscription.dispose()

    def _told(self, change: Change) -> None:
        self.changed.set(() if change.kind == "reset" else change.ids)
