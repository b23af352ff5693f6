"""The curves of the runs that are shown: read once, then only what is new."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Final

from imlkit.store import Change
from imlkit.training import Runs
from imlkit.training.run_curves import curves_of
from imlkit.training.run_record import POINTS

from .plot_line import GrowingLine, Line

__all__ = ["CurveReader"]

AT_ONCE: Final = 200
"""How many bundles of points are read in one question."""

Lines = Mapping[str, Mapping[str, Line]]
"""Lines by run and metric."""


class CurveReader:
    """Reads the points of some runs from a store and keeps them while they are shown.

    :meth:`tell` may be called from any thread, :meth:`read` by one at a time.

    Args:
        runs: where they are.
    """

    def __init__(self, runs: Runs) -> None:
        self._points = runs.store.collection(POINTS)
        self._kept: dict[str, RunLines] = {}
        self._wanted: frozenset[str] = frozenset()
        self._news: dict[str, list[str]] = {}
        self._stale: set[str] = set()
        self._lock = threading.Lock()

    def tell(self, change: Change) -> bool:
        """Remember what changed until it is read; return whether it concerns the runs that are shown."""
        with self._lock:
            concerned = self._wanted.intersection(map(run_of, change.ids))
            if change.kind == "reset":
                concerned = self._wanted
            if change.kind != "created":
                self._stale |= concerned
                return bool(concerned)
            for id in change.ids:
                if (run := run_of(id)) in concerned:
                    self._news.setdefault(run, []).append(id)
            return bool(concerned)

    def read(self, runs: Sequence[str], weight: float) -> Lines:
        """Return the lines of runs as they are now, smoothed by a weight; forget all others.

        Raises:
            ImlkitError: the store cannot be read; what is new stays to be read.
        """
        with self._lock:
            self._wanted = frozenset(runs)
            news, self._news = self._news, {}
            stale, self._stale = self._stale, set()
        # Whoever is not put back, because reading fails, is read anew next time.
        before = self._kept
        self._kept = {run: lines for run, lines in before.items() if run not in stale | news.keys()}
        for run in runs:
            lines = None if run in stale else before.get(run)
            if lines is None or not self._more(lines, news.get(run, ())):
                lines = self._whole(run, weight)
            lines.smooth(weight)
            self._kept[run] = lines
        self._kept = {run: self._kept[run] for run in runs}
        return {run: lines.lines() for run, lines in self._kept.items()}

    def _whole(self, run: str, weight: float) -> RunLines:
        lines = RunLines(weight)
        lines.take(self._points.find({"run": run}))
        return lines

    def _more(self, lines: RunLines, ids: Sequence[str]) -> bool:
        """Read what is new of a run; return False where that comes before what was read."""
        wanted = [id for id in dict.fromkeys(ids) if id not in lines.known]
        for start in range(0, len(wanted), AT_ONCE):
            found = self._points.find({"id": {"$in": wanted[start : start + AT_ONCE]}})
            if not lines.take(found):
                return False
        return True


class RunLines:
    """The lines of one run, and which bundles of points they are made of."""

    def __init__(self, weight: float) -> None:
        self.known: set[str] = set()
        self._last = ""
        self._weight = weight
        self._lines: dict[str, GrowingLine] = {}

    def take(self, documents: Sequence[dict[str, object]]) -> bool:
        """Add bundles of points; return False, adding none, where they come before what is there."""
        ids = [str(document["id"]) for document in documents]
        if not ids:
            return True
        if min(ids) < self._last:
            return False
        self.known.update(ids)
        self._last = max(ids)
        for metric, curve in curves_of(documents).items():
            if metric not in self._lines:
                self._lines[metric] = GrowingLine(self._weight)
            self._lines[metric].add(curve)
        return True

    def smooth(self, weight: float) -> None:
        """Smooth all lines by a weight."""
        self._weight = weight
        for line in self._lines.values():
            line.smooth(weight)

    def lines(self) -> dict[str, Line]:
        """Return the lines by metric, in the order in which the metrics were logged first."""
        return {metric: line.line() for metric, line in self._lines.items()}


def run_of(bundle: str) -> str:
    """Return the run that a bundle of points belongs to, by its id."""
    return bundle.rpartition("-")[0]
