"""How far a training is, and a button that stops it."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from typing import Any, Protocol

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.model import TrainingStatus
from imlkit.progress_bar import ProgressBar
from imlkit.streams import ErrorReport, Stream

from .training_plot import said_by
from .training_words import progress_words

__all__ = ["Cancellable", "TrainingProgress"]


class Cancellable(Protocol):
    """Anything whose training can be watched and stopped."""

    training: Stream[TrainingStatus]

    def cancel(self) -> None: ...


class TrainingProgress(Component):
    """A bar of the epochs done, the time so far, the state in words, and a Cancel button.

    Streams: ``status`` (the latest of the training), ``seconds`` (how long it has taken so far),
    ``cancels`` (at each press of Cancel; setting it presses).

    Args:
        model: a model, or anything with a ``training`` stream and ``cancel()``.
        title: what the person reads above the bar.
        clock: returns seconds; for tests.
    """

    def __init__(
        self,
        model: Cancellable,
        title: str = "Training progress",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(title)
        self.model = model
        self.seconds: Stream[float] = Stream(0.0)
        self.status: Stream[TrainingStatus] = Stream(TrainingStatus())
        self.cancels: Stream[Any] = Stream()
        self._clock = clock
        self._began: float | None = None
        self._views: weakref.WeakSet[Progress] = weakref.WeakSet()
        self._sources = (model.training.subscribe(self._changed), self.cancels.subscribe(self._cancel))

    def _changed(self, status: TrainingStatus) -> None:
        now = self._clock()
        if status.state == "start" or (status.running and self._began is None):
            self._began = now
        if self._began is not None:
            self.seconds.set(now - self._began)
        if not status.running:
            self._began = None
        self.status.set(status)

    def _cancel(self, _press: Any) -> None:
        if self.status.value.running:
            self.model.cancel()

    def view(self) -> Viewable:
        """Return a new bar with its button."""
        progress = Progress(self.title or "Training progress", self.cancels.set)
        self._views.add(progress)
        self.follow(self.seconds, progress, Progress.count)
        self.follow(self.status, progress, Progress.present)
        return progress

    def explains(self, report: ErrorReport) -> bool:
        """Whether this is the model's own error and a view says it already."""
        return bool(self._views) and report.component is self.model and said_by(self.status.value, report)

    def dispose(self) -> None:
        """Let go of the model and of every subscriber."""
        for source in self._sources:
            source.dispose()
        super().dispose()


class Progress(pn.Column):
    """The bar and the button on the page."""

    def __init__(self, title: str, cancel: Callable[[Any], None]) -> None:
        self.seconds = 0.0
        self.bar = ProgressBar(title)
        self.button = pmui.Button(label="Cancel", variant="outlined", disabled=True)
        self.button.on_click(cancel)
        super().__init__(self.bar, self.button, sizing_mode="stretch_width")

    def count(self, seconds: float) -> None:
        self.seconds = seconds

    def present(self, status: TrainingStatus) -> None:
        done = status.epochs if status.state == "success" else status.epoch
        words = progress_words(status)
        if self.seconds:
            words = f"{words.removesuffix('.')} · {duration(self.seconds)}"
        self.bar.present(words, done / status.epochs if status.epochs else 0.0)
        self.button.disabled = not status.running


def duration(seconds: float) -> str:
    """Return a time in words, such as ``"1 min 5 s"``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
