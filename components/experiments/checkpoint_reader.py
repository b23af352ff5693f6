"""The checkpoints of some runs: read once, then only what is new."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Final

from imlkit.store import Change
from imlkit.training import CheckpointRecord, Runs
from imlkit.training.run_record import CHECKPOINTS

__all__ = ["CheckpointReader"]

AT_ONCE: Final = 200
"""From how many new checkpoints on all are read again."""


class CheckpointReader:
    """Keeps the checkpoints of some runs while they are wanted.

    :meth:`tell` and :meth:`tell_runs` may be called from any thread, :meth:`read` by one at a time.

    Args:
        runs: where they are.
    """

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._kept: dict[str, CheckpointRecord] = {}
        self._wanted: tuple[str, ...] | None = ()
        self._stale = True
        self._new: set[str] = set()
        self._renamed: set[str] = set()
        self._lock = threading.Lock()

    def tell(self, change: Change) -> None:
        """Remember what happened to checkpoints until it is read."""
        with self._lock:
            self._stale |= change.kind == "reset"
            self._new.update(change.ids)

    def tell_runs(self, ids: tuple[str, ...]) -> bool:
        """Remember that runs have changed; return whether checkpoints of theirs are kept."""
        with self._lock:
            having = {record.run for record in list(self._kept.values())}
            found = having.intersection(ids) if ids else having
            self._renamed |= found
            return bool(found)

    def read(self, wanted: tuple[str, ...] | None) -> tuple[CheckpointRecord, ...]:
        """Return the checkpoints of runs, the latest first.

        Args:
            wanted: the ids of the runs; None for all.

        Raises:
            ImlkitError: the store cannot be read; all is read next time.
        """
        with self._lock:
            stale, self._stale = self._stale, False
            new, self._new = self._new, set()
            renamed, self._renamed = self._renamed, set()
        try:
            if stale or wanted != self._wanted or len(new) > AT_ONCE:
                kept = {record.id: record for record in self._runs.checkpoints(wanted)}
            else:
                kept = self._renewed(new, renamed)
        except Exception:
            self._stale = True
            raise
        self._kept, self._wanted = kept, wanted
        return tuple(reversed(kept.values()))

    def _renewed(self, new: set[str], renamed: set[str]) -> dict[str, CheckpointRecord]:
        kept = {id: record for id, record in self._kept.items() if id not in new}
        if new:
            documents = self._runs.store.collection(CHECKPOINTS).find({"id": {"$in": sorted(new)}})
            found = [
                document
                for document in documents
                if self._wanted is None or document.get("run") in self._wanted
            ]
            names = self._runs.names({str(document.get("run")) for document in found})
            for document in found:
                record = CheckpointRecord.read(document, names.get(str(document.get("run")), ""))
                kept[record.id] = record
        if renamed:
            names = self._runs.names(renamed)
            kept = {
                id: replace(record, run_name=names[record.run])
                if names.get(record.run, record.run_name) != record.run_name
                else record
                for id, record in kept.items()
            }
        return kept
