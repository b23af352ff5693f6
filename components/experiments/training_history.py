"""The runs of a store in a table: seen as they go on, chosen, steered, named and removed."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import panel as pn
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import ImlkitError, NotFoundError
from imlkit.store import Store
from imlkit.streams import ErrorReport, Stream
from imlkit.training import CheckpointRecord, RunRecord, Runs

from .checkpoint_download import CheckpointDownload
from .history_checkpoints import CheckpointList, HistoryCheckpoints
from .history_reader import HistoryReader
from .history_state import History
from .history_view import HistoryView

__all__ = ["TrainingHistory"]


class TrainingHistory(Component):
    """The runs of a store, one a line, live; those that are ticked are what other views compare.

    Args:
        runs: what tells of them, a store, or a store's location (see :func:`imlkit.data_store`). A store
            that cannot be opened is told of in the view, and tried again.
        title: what the person reads above them.

    Attributes:
        selected: the ids of the runs that the person has ticked, in the order of ticking.
        records: the runs, in the order in which they were begun.
        restored: the checkpoint that the person asked to go on with; the app decides what to do with it:
            ``history.restored.subscribe(lambda checkpoint: load_checkpoint(store, checkpoint.id, model))``.
        message: why the last thing that was asked for could not be done, or "".
    """

    def __init__(self, runs: Runs | Store | str | Path, title: str = "Runs") -> None:
        super().__init__(title)
        self.selected: Stream[tuple[str, ...]] = Stream(())
        self.records: Stream[list[RunRecord]] = Stream()
        self.restored: Stream[CheckpointRecord] = Stream()
        self.message: Stream[str] = Stream("")
        self._work: Stream[Callable[[], Any]] = Stream()
        self._history: Stream[History] = Stream(History())
        self._listed: Stream[CheckpointList] = Stream()
        self._said: Stream[tuple[str, bool]] = Stream()
        self._asked_for: Stream[str] = Stream()
        self._refusal = ""
        # What a script may write for it, unless that tells more than its pages should.
        self._place = runs if isinstance(runs, str) and not os.path.isabs(runs) and ":" not in runs else ""
        self._reader = HistoryReader(runs, self.session, self._found)
        self._checkpoints = HistoryCheckpoints(self._reader.runs, self._listed.set)
        self._work.compute(lambda work: work())
        self._asked_for.compute(self._checkpoint).filter(bool).subscribe(self._hand_over)
        self.session.errors.filter(self.explains).subscribe(self._explain)

    def rename(self, run: str, name: str) -> None:
        """Call a run something else; an empty name leaves it as it was.

        Raises:
            NotFoundError: it is gone.
        """
        if name.strip():
            self._reader.runs().rename(run, name)

    def tag(self, run: str, tags: Sequence[str]) -> None:
        """Give a run these words to find it by, instead of those it had.

        Raises:
            NotFoundError: it is gone.
        """
        self._reader.runs().tag(run, tags)

    def ask(self, run: str, kind: str, value: float | None = None) -> None:
        """Ask a run that goes on to ``"pause"``, ``"resume"``, ``"stop"``, or take a learning ``"rate"``."""
        self._reader.runs().ask(run, kind, value)

    def remove(self, runs: Sequence[str]) -> None:
        """Remove runs with all that they logged and saved."""
        self._reader.runs().remove(runs)

    def restore(self, checkpoint: str) -> None:
        """Hand a checkpoint over, by its id: it comes to the stream ``restored``, soon.

        Where it is gone, the view says so.
        """
        self._asked_for.set(checkpoint)

    def remove_checkpoint(self, checkpoint: str) -> None:
        """Remove a checkpoint, by its id, and its weights."""
        self._reader.runs().remove_checkpoint(checkpoint)

    def look(self) -> None:
        """Read all runs again, soon."""
        self._reader.look()

    def view(self) -> Viewable:
        """Return a table of the runs."""
        view = HistoryView(self.title, self._place, self._asked)
        self.follow(self._history, view, HistoryView.show_history)
        self.follow(self.selected, view, HistoryView.tick)
        self.follow(self.message, view, HistoryView.tell)
        self.follow(self._listed, view, HistoryView.show_checkpoints)
        self.follow(self._said, view, HistoryView.say)
        here = weakref.ref(view)
        download = CheckpointDownload(
            self._reader.runs,
            self.session,
            lambda id, words: _on(here, lambda view: view.label(id, words)),
            lambda words: _on(here, lambda view: view.say((words, True))),
        )
        view.download = download.press
        return pn.Column(view, download.saver, sizing_mode="stretch_width", margin=0)

    def explains(self, report: ErrorReport) -> bool:
        """Whether this is an error of what was asked for here, which the view tells."""
        refused = report.stream is self.restored
        return report.component is self and (refused or isinstance(report.error, ImlkitError))

    def dispose(self) -> None:
        """Read no more, and let go of every subscriber. The runs stay."""
        self._checkpoints.dispose()
        self._reader.dispose()
        for stream in (self._work, self._history, self._listed, self._said, self._asked_for):
            stream.dispose()
        super().dispose()

    def _found(self, history: History) -> None:
        before = self._history.value.records
        self._history.set(history)
        if history.known:
            self.records.set(list(history.records.values()))
        selected = self.selected.value
        here = tuple(id for id in selected if id in history.records or id not in before)
        if here != selected:
            self.selected.set(here)

    def _asked(self, message: Mapping[str, Any]) -> None:
        match message:
            case {"type": "select", "ids": list(ids)}:
                self.selected.set(tuple(id for id in ids if isinstance(id, str)))
            case {"type": "look"}:
                self.look()
            case {"type": "rename", "run": str(run), "name": str(name)}:
                self._do(lambda: self.rename(run, name))
            case {"type": "tag", "run": str(run), "tags": list(tags)}:
                self._do(lambda: self.tag(run, [tag for tag in tags if isinstance(tag, str)]))
            case {"type": "remove", "runs": list(runs)}:
                self._do(lambda: self.remove([run for run in runs if isinstance(run, str)]))
            case {"type": "checkpoints", "run": str(run), "most": int(most)}:
                self._checkpoints.open(run, most)
            case {"type": "checkpoints closed"}:
                self._checkpoints.close()
            case {"type": "restore", "id": str(id)}:
                self.restore(id)
            case {"type": "remove checkpoint", "id": str(id)}:
                self._do(lambda: self._remove_checkpoint(id))
            case {"type": "ask", "run": str(run), "kind": "pause" | "resume" | "stop" as kind}:
                self._do(lambda: self.ask(run, kind))
            case {"type": "ask", "run": str(run), "kind": "rate", "value": float() | int() as rate}:
                self._do(lambda: self.ask(run, "rate", float(rate)))

    def _checkpoint(self, id: str) -> CheckpointRecord | None:
        try:
            return self._reader.runs().checkpoint(id)
        except NotFoundError:
            self._said.set(("The checkpoint is gone: somebody has removed it. Take another one.", True))
        except ImlkitError as error:
            self._said.set((f"The checkpoint could not be read: {error}", True))
        return None

    def _hand_over(self, checkpoint: CheckpointRecord) -> None:
        if not self.restored.observed:
            self._said.set(("Nothing here takes checkpoints: the app subscribes to no “restored”.", True))
            return
        self._refusal = ""
        self.restored.set(checkpoint)
        name = f"\u2068“{checkpoint.name}”\u2069"
        if self._refusal:
            self._said.set((f"Checkpoint {name} was handed over, but not taken: {self._refusal}", True))
        else:
            self._said.set((f"Checkpoint {name} handed over.", False))

    def _explain(self, report: ErrorReport) -> None:
        if report.stream is self.restored:
            # It happens while the checkpoint is handed over.
            self._refusal = report.message
        else:
            self.message.set(_words(report))

    def _remove_checkpoint(self, id: str) -> None:
        try:
            self.remove_checkpoint(id)
        except ImlkitError as error:
            self._said.set((f"The checkpoint could not be removed: {error}", True))

    def _do(self, work: Callable[[], Any]) -> None:
        self.message.set("")
        self._work.set(work)


def _on(view: weakref.ref[HistoryView], act: Callable[[HistoryView], Any]) -> None:
    if (alive := view()) is not None:
        act(alive)


def _words(report: ErrorReport) -> str:
    if isinstance(report.error, NotFoundError):
        return "That was not done: the run is gone, somebody has removed it."
    return report.message
