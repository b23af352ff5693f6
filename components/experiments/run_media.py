"""What runs log besides numbers, followed while it comes in."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from imlkit.component import Component
from imlkit.errors import ImlkitError
from imlkit.location import data_store
from imlkit.store import Change, Store
from imlkit.streams import Stream
from imlkit.streams.checked_stream import CheckedStream
from imlkit.training import Runs
from imlkit.training.run_record import MEDIA, RUNS

from .plot_slots import Slots
from .plot_state import MOST_RUNS, ShownRun, checked_runs, missing_runs

__all__ = ["RunMedia", "ShownMedia"]

PAUSE: Final = 0.2
"""Seconds between two looks at what is new."""


@dataclass(frozen=True)
class ShownMedia:
    """Runs, and what was found of them.

    Attributes:
        read: whether the store has been asked yet.
        chosen: how many runs were to be shown; None where that was left to the view.
        runs: those that are there, in the order in which they were chosen.
        found: what a view is made of.
        problem: why the store could not be read, in words; "" where it could.
    """

    read: bool = False
    chosen: int | None = None
    runs: tuple[ShownRun, ...] = ()
    found: Any = None
    problem: str = ""

    @property
    def note(self) -> str:
        """What to tell of runs that are not shown."""
        return "" if self.problem or self.chosen is None else missing_runs(self.chosen, len(self.runs))

    def without(self, logged: str, begin: str) -> str:
        """Return what stands where there is nothing to show.

        Args:
            logged: what is shown, such as "images".
            begin: what to write in a training so that there is some.
        """
        if self.problem:
            return ""
        if not self.read:
            return "What the runs logged is being read."
        if self.chosen == 0:
            return "No run is chosen. Choose one or more runs: what they logged appears here, side by side."
        if not self.runs and self.chosen is None:
            return f"There is no run yet. {begin}"
        if not self.runs:
            what = "The run is" if self.chosen == 1 else "These runs are"
            return f"{what} no longer there. Choose another one."
        if len(self.runs) == 1:
            return f"This run has logged no {logged} yet. {begin}"
        return f"These runs have logged no {logged} yet. {begin}"


class RunMedia(Component):
    """Follows some runs, and what they log into the collection ``run_media``. A subclass says what it reads.

    Args:
        store: the store that the runs are in, its location, or what reads its runs.
        runs: which of them to show: an id, several, or a stream of either, such as the selection of a
            ``TrainingHistory``. Left out, the run that was begun last. At most 24 are shown.
        title: what the person reads above them.

    Attributes:
        shown: the ids of the runs that are shown; None is the one that was begun last.
        drawn: what is shown.

    Raises:
        DataError: ``runs`` is neither text, several texts, nor a stream.
        ImlkitError: the store cannot be opened.
    """

    def __init__(
        self,
        store: Runs | Store | str | Path,
        runs: str | Iterable[str] | Stream[Any] | None,
        title: str,
    ) -> None:
        super().__init__(title)
        self._own = not isinstance(store, Runs)
        if not isinstance(store, Runs):
            store = Runs(store if isinstance(store, Store) else data_store(store))
        self.runs = store
        first: Any = () if isinstance(runs, Stream) else runs
        self.shown: Stream[Any] = CheckedStream(first, _which)
        self.drawn: Stream[ShownMedia] = Stream(ShownMedia())
        self._looks: Stream[None] = Stream()
        self._looked = -PAUSE
        self._hurry = threading.Event()
        self._slots = Slots()
        self._prepare(store.store)
        sources = [
            store.store.collection(MEDIA).changes.subscribe(self._media_changed),
            store.changed.subscribe(self._runs_changed),
        ]
        if isinstance(runs, Stream):
            sources.append(runs.subscribe(lambda ids: self.shown.set(() if ids is None else ids)))
        self._sources = tuple(sources)
        self._looks.compute(lambda _: self._look(), policy="latest").subscribe(self.drawn.set)
        self.shown.subscribe(lambda _: self.look())

    def look(self) -> None:
        """Read again what is there, as soon as that is possible."""
        self._hurry.set()
        self._looks.set(None)

    def dispose(self) -> None:
        """Follow the runs no longer. They stay as they are."""
        for source in self._sources:
            source.dispose()
        if self._own:
            self.runs.dispose()
        self._looks.dispose()
        self._hurry.set()
        super().dispose()

    @abstractmethod
    def _prepare(self, store: Store) -> None:
        """Make ready what reads, before anything is heard of changes."""

    @abstractmethod
    def _tell(self, change: Change) -> bool:
        """Remember what changed until it is read; return whether that may concern what is shown."""

    @abstractmethod
    def _read(self, runs: Sequence[str]) -> Any:
        """Return what there is of runs. Called by one thread at a time.

        Raises:
            ImlkitError: the store cannot be read.
        """

    def _media_changed(self, change: Change) -> None:
        if self._tell(change):
            self._looks.set(None)

    def _runs_changed(self, ids: tuple[str, ...]) -> None:
        shown = self.shown.value
        if not ids or shown is None or not set(ids).isdisjoint(shown):
            self._looks.set(None)

    def _look(self) -> ShownMedia:
        # What comes in a burst is read together; what the person asks for is read at once.
        rest = self._looked + PAUSE - time.monotonic()
        if rest > 0:
            self._hurry.wait(rest)
        self._hurry.clear()
        self._looked = time.monotonic()
        chosen: tuple[str, ...] | None = self.shown.value
        count = None if chosen is None else len(chosen)
        try:
            wanted = self._latest() if chosen is None else chosen[:MOST_RUNS]
            records = {record.id: record for record in self.runs.read(wanted)} if wanted else {}
            there = [run for run in wanted if run in records]
            found = self._read(there)
        except ImlkitError as error:
            before: ShownMedia = self.drawn.value
            return replace(before, read=True, chosen=count, problem=str(error))
        looks = self._slots.of(there)
        return ShownMedia(
            True, count, tuple(ShownRun(run, records[run].name, looks[run]) for run in there), found
        )

    def _latest(self) -> tuple[str, ...]:
        found = self.runs.store.collection(RUNS).find(sort={"begun": -1}, limit=1, select=["id"])
        return tuple(document["id"] for document in found)


def _which(shown: Any) -> tuple[str, ...] | None:
    return None if shown is None else checked_runs(shown)
