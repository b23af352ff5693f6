"""One checkpoint chosen among those that runs have saved."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError, ImlkitError
from imlkit.location import data_store
from imlkit.store import Change, Store
from imlkit.streams import Stream
from imlkit.streams.checked_stream import CheckedStream
from imlkit.training import CheckpointRecord, Runs
from imlkit.training.run_record import CHECKPOINTS

from .checkpoint_field import CheckpointField
from .checkpoint_options import CheckpointOptions
from .checkpoint_reader import CheckpointReader
from .checkpoint_words import checkpoint_words
from .plot_state import checked_runs

__all__ = ["CheckpointChoice"]

log = logging.getLogger("imlkit")

PAUSE: Final = 0.2
"""Seconds between two looks at what is new."""


class CheckpointChoice(Component):
    """A field to choose a checkpoint by words: its run's name, its epoch, its validation.

    The latest come first; what is saved meanwhile is there at once. Of thousands, fifty are listed until
    the person has typed enough.

    Args:
        store: the store, or its location (see :func:`imlkit.data_store`).
        runs: whose checkpoints: a run's id, several, or a stream of either, such as the selection of a
            ``TrainingHistory``; None for those of all runs.
        title: what is chosen; shown on the field.

    Attributes:
        value: the chosen checkpoint; None before a choice, and when the chosen one is gone.
        runs: whose checkpoints, by id; None for those of all runs. Set it for those of others.
        options: what can be chosen.

    Raises:
        DataError: ``runs`` is neither text, several texts, a stream nor None.
        ImlkitError: the store cannot be opened.
    """

    framed = False

    def __init__(
        self,
        store: Runs | Store | str | Path,
        runs: str | Iterable[str] | Stream[Any] | None = None,
        title: str = "Checkpoint",
    ) -> None:
        super().__init__(title)
        self._own = not isinstance(store, Runs)
        if not isinstance(store, Runs):
            store = Runs(store if isinstance(store, Store) else data_store(store))
        self._store = store
        self.value: Stream[CheckpointRecord | None] = CheckedStream(None, _checkpoint)
        self.runs: Stream[Any] = CheckedStream(() if isinstance(runs, Stream) else runs, _ids)
        self.options: Stream[CheckpointOptions] = Stream(CheckpointOptions())
        self._note: Stream[str] = Stream("")
        self._looks: Stream[None] = Stream()
        self._looked = -PAUSE
        self._hurry = threading.Event()
        self._reader = CheckpointReader(store)
        sources = [
            store.store.collection(CHECKPOINTS).changes.subscribe(self._changed),
            store.changed.subscribe(self._runs_changed),
        ]
        self._looks.compute(lambda _: self._look(), policy="latest").subscribe(self._found)
        if isinstance(runs, Stream):
            sources.append(runs.subscribe(lambda ids: self.runs.set(() if ids is None else ids)))
        self._sources = tuple(sources)
        self.runs.subscribe(lambda _: self.look())

    def look(self) -> None:
        """Read again what there is, as soon as that is possible."""
        self._hurry.set()
        self._looks.set(None)

    def choose(self, id: str | None) -> None:
        """Choose a checkpoint by its id, or None; one that is not among the options is told of."""
        found = self.options.value.by_id.get(id) if id is not None else None
        if id is not None and found is None:
            self._note.set("That checkpoint is no longer there. Choose another one.")
            return
        self._note.set("")
        self.value.set(found)

    def view(self) -> Viewable:
        """Return a new field."""
        field = CheckpointField(self)
        streams: tuple[Stream[Any], ...] = (self.options, self.value, self._note)
        for stream in streams:
            self.follow(stream, field, CheckpointField.refresh)
        return field

    @property
    def note(self) -> str:
        """What the person is told of the choice, or ""."""
        return str(self._note.value)

    def dispose(self) -> None:
        """Follow the checkpoints no longer. They stay as they are."""
        for source in self._sources:
            source.dispose()
        if self._own:
            self._store.dispose()
        self._hurry.set()
        self._looks.dispose()
        self._note.dispose()
        super().dispose()

    def _changed(self, change: Change) -> None:
        self._reader.tell(change)
        self._looks.set(None)

    def _runs_changed(self, ids: tuple[str, ...]) -> None:
        if self._reader.tell_runs(ids):
            self._looks.set(None)

    def _look(self) -> CheckpointOptions:
        # What comes in a burst is read together; what the person asks for is read at once.
        rest = self._looked + PAUSE - time.monotonic()
        if rest > 0:
            self._hurry.wait(rest)
        self._hurry.clear()
        self._looked = time.monotonic()
        wanted: tuple[str, ...] | None = self.runs.value
        count = None if wanted is None else len(wanted)
        before: CheckpointOptions = self.options.value
        try:
            records = self._reader.read(wanted)
        except Exception as error:
            if not isinstance(error, ImlkitError):
                log.exception("The checkpoints could not be read.")
            return CheckpointOptions(
                before.records, count, True, f"The checkpoints could not be read: {error}"
            )
        options = CheckpointOptions(records, count, True)
        return before if options == before else options

    def _found(self, options: CheckpointOptions) -> None:
        if options is not self.options.value:
            self.options.set(options)
        chosen: CheckpointRecord | None = self.value.value
        if chosen is None or options.problem:
            return
        now = options.by_id.get(chosen.id)
        if now is None:
            wanted = self.runs.value
            elsewhere = wanted is not None and chosen.run not in wanted
            why = "is of a run that is not chosen now" if elsewhere else "is no longer there"
            self._note.set(f"\u2068“{checkpoint_words(chosen)}”\u2069 {why}. Choose another one.")
        if now != chosen:
            self.value.set(now)


def _ids(runs: Any) -> tuple[str, ...] | None:
    return None if runs is None else checked_runs(runs)


def _checkpoint(value: Any) -> CheckpointRecord | None:
    if value is None or isinstance(value, CheckpointRecord):
        return value
    raise DataError(f"{value!r:.100} is no checkpoint: give a CheckpointRecord, or None for no choice.")
