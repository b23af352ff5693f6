"""The curves of runs, side by side and live."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import ImlkitError
from imlkit.location import data_store
from imlkit.store import Change, Store
from imlkit.streams import Stream
from imlkit.streams.checked_stream import CheckedStream
from imlkit.training import Runs
from imlkit.training.run_record import POINTS

from .plot_reader import CurveReader
from .plot_slots import Slots
from .plot_state import MOST_RUNS, Axis, Drawn, ShownRun, checked_axis, checked_runs, checked_smoothing
from .plot_view import RunCharts

__all__ = ["RunPlot"]

PAUSE: Final = 0.2
"""Seconds between two looks at what is new."""


class RunPlot(Component):
    """A chart for each metric with a line for each run, which grows while the run logs.

    A metric and its validation (``loss`` and ``validation_loss`` or ``val_loss``) share a chart, the
    validation dashed. A run has the same colour in all charts. Of a long line, at most 2,000 points are
    drawn, so chosen that no peak is lost.

    Args:
        runs: the runs, the store that they are in, or its location.
        shown: which of them to show: an id, several, or a stream of either, such as the selection of
            another component. At most 24 are drawn.
        metrics: the metrics to show; if left out the first 12, of the model rather than of the machine. The
            person can choose others.
        title: what the person reads above the charts.

    Attributes:
        shown: the ids of the runs that are shown. Set it to show others.
        metrics: the metrics whose charts are shown; None are the first 12.
        axis: by what the lines are drawn: ``"step"``, ``"epoch"`` or ``"time"``.
        logarithmic: whether the vertical axes are logarithmic.
        smoothing: the weight of an exponential moving average, from 0 to 0.99.
        drawn: what is shown.

    Raises:
        DataError: ``shown`` is neither text, several texts, nor a stream.
        ImlkitError: the store cannot be opened.
    """

    def __init__(
        self,
        runs: Runs | Store | str | Path,
        shown: str | Iterable[str] | Stream[Any],
        metrics: Sequence[str] | None = None,
        title: str = "Curves",
    ) -> None:
        super().__init__(title)
        self._own = not isinstance(runs, Runs)
        if not isinstance(runs, Runs):
            runs = Runs(runs if isinstance(runs, Store) else data_store(runs))
        self.runs = runs
        given = shown
        first: Any = () if isinstance(given, Stream) else given
        self.shown: Stream[Any] = CheckedStream(first, checked_runs)
        self.metrics: Stream[Any] = CheckedStream(metrics, _names)
        self.axis: Stream[Axis] = CheckedStream("step", checked_axis)
        self.logarithmic: Stream[bool] = CheckedStream(False, bool)
        self.smoothing: Stream[float] = CheckedStream(0.0, checked_smoothing)
        self.drawn: Stream[Drawn] = Stream(Drawn())
        self._looks: Stream[None] = Stream()
        self._looked = -PAUSE
        self._hurry = threading.Event()
        self._slots = Slots()
        self._reader = CurveReader(runs)
        sources = [
            runs.store.collection(POINTS).changes.subscribe(self._points_changed),
            runs.changed.subscribe(self._runs_changed),
        ]
        if isinstance(given, Stream):
            sources.append(given.subscribe(self.shown.set))
        self._sources = tuple(sources)
        self._looks.compute(lambda _: self._look(), policy="latest").subscribe(self.drawn.set)
        self.shown.subscribe(lambda _: self.look())
        self.smoothing.subscribe(lambda _: self.look())

    def look(self) -> None:
        """Read again what is there, as soon as that is possible."""
        self._hurry.set()
        self._looks.set(None)

    def view(self) -> Viewable:
        """Return new charts."""
        charts = RunCharts(self)
        streams: tuple[Stream[Any], ...] = (self.metrics, self.axis, self.logarithmic, self.drawn)
        for stream in streams:
            self.follow(stream, charts, RunCharts.refresh)
        return charts

    def dispose(self) -> None:
        """Follow the runs no longer. They stay as they are."""
        for source in self._sources:
            source.dispose()
        if self._own:
            self.runs.dispose()
        self._hurry.set()
        super().dispose()

    def _points_changed(self, change: Change) -> None:
        if self._reader.tell(change):
            self._looks.set(None)

    def _runs_changed(self, ids: tuple[str, ...]) -> None:
        if not ids or not set(ids).isdisjoint(self.shown.value):
            self._looks.set(None)

    def _look(self) -> Drawn:
        # What comes in a burst is read together; what the person asks for is read at once.
        rest = self._looked + PAUSE - time.monotonic()
        if rest > 0:
            self._hurry.wait(rest)
        self._hurry.clear()
        self._looked = time.monotonic()
        chosen: tuple[str, ...] = self.shown.value
        wanted = chosen[:MOST_RUNS]
        try:
            records = {record.id: record for record in self.runs.read(wanted)} if wanted else {}
            there = [run for run in wanted if run in records]
            lines = self._reader.read(there, self.smoothing.value)
        except ImlkitError as error:
            before: Drawn = self.drawn.value
            return Drawn(True, len(chosen), before.runs, before.lines, str(error))
        looks = self._slots.of(there)
        runs = tuple(ShownRun(run, records[run].name, looks[run]) for run in there)
        return Drawn(True, len(chosen), runs, lines)


def _names(metrics: Any) -> tuple[str, ...] | None:
    """Return which metrics to show."""
    if metrics is None:
        return None
    if isinstance(metrics, str):
        return (metrics,)
    return tuple(dict.fromkeys(str(metric) for metric in metrics))
