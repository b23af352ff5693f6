"""A model's predictions of many instances, kept in a store and renewed where they are out of date."""

from __future__ import annotations

import threading
import time
import weakref
from functools import partial
from typing import Any

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.model import Model
from imlkit.store import Change, Store
from imlkit.streams import ErrorReport, Stream

from .ledger import Ledger, WatchedInstances
from .model_version import ModelVersion
from .outcomes import Outcomes
from .prediction_run import PredictionRun
from .prediction_status import PredictionStatus, standing

__all__ = ["PREDICTIONS", "BatchPrediction"]

PREDICTIONS = "predictions/"
"""What the collections of predictions are called: this, then the batch prediction's name."""

PAUSE = 0.1
"""Seconds between two looks at what has changed, while it changes all the time."""

PAUSE_WHILE_PREDICTING = 1.0


class BatchPrediction(Component):
    """What a model says of the instances of a dataset, kept in a store.

    Every prediction is kept under its instance's id, with ``predicted``, ``confidence``,
    ``confidences``, the label of then (``truth``), and which ``model`` and ``features`` it was
    made with. So it is known which are out of date: those made before the model was last trained,
    those whose instance has other features now, is new or gone. :meth:`run` makes those anew and
    no others. A corrected label makes no prediction stale; it is compared with at once.

    Batch predictions of one name in one store are the same, whichever page or process opened them.

    Streams: ``status``, how far a run has come; ``outcomes``, the predictions beside the labels of
    now, and what is stale; ``standing``, the same in words; ``cancels``, at each press of Cancel
    (setting it presses).

    Args:
        name: any text; under it the predictions are kept.
        store: where to keep them (see :func:`imlkit.data_store`).
        model: a classifier.
        instances: a dataset, or a view of one.
        title: what the person reads above the view; the model's title if left out.

    Raises:
        DataError: the name is empty.
    """

    def __init__(
        self, name: str, store: Store, model: Model, instances: WatchedInstances, title: str = ""
    ) -> None:
        if not name.strip():
            raise DataError(f"A batch prediction cannot be called {name!r}: give it a name.")
        super().__init__(title or model.title or name)
        self.model = model
        self.instances = instances
        self.collection = store.collection(PREDICTIONS + name)
        self.status: Stream[PredictionStatus] = Stream(PredictionStatus())
        self.outcomes: Stream[Outcomes] = Stream()
        self.standing: Stream[str] = Stream(self._stands(None))
        self.cancels: Stream[Any] = Stream()
        self._version = ModelVersion(model)
        self._ledger = Ledger(instances, self.collection)
        self._views: weakref.WeakSet[Viewable] = weakref.WeakSet()
        self._run: PredictionRun | None = None
        self._starting = threading.Lock()
        self._showing = threading.RLock()
        self._ended = threading.Event()
        self._looked = 0.0
        self._looks: Stream[None] = Stream(None)
        self._following = (
            instances.changes.subscribe(self._instances_changed),
            self.collection.changes.subscribe(self._predictions_changed),
            model.training.subscribe(self._model_changed),
            self.cancels.subscribe(lambda _: self.cancel()),
        )
        self._looks.compute(lambda _: self._look(), policy="latest")

    @property
    def running(self) -> bool:
        """Whether instances are being predicted."""
        return self._run is not None and not self._run.over.is_set()

    def run(self) -> None:
        """Begin to predict what is out of date, and return at once; while a run goes on, do nothing.

        What cannot be predicted at all puts ``status`` into the state ``error`` with a message.
        """
        with self._starting:
            if self.running or self._ended.is_set():
                return
            self._run = PredictionRun(self._version, self.model, self.instances, self._ledger, self)
        self._run.start()

    def cancel(self) -> None:
        """Stop a run after the present batch. What it has predicted so far stays."""
        if self._run is not None:
            self._run.cancel()

    def wait(self, timeout: float | None = None) -> PredictionStatus:
        """Block until no run goes on, or for so many seconds; return the last status."""
        run = self._run
        if run is None:
            return PredictionStatus()
        run.ended.wait(timeout)
        return run.status

    def clear(self) -> list[str]:
        """Stop a run and remove every prediction; return the ids of their instances."""
        self.cancel()
        self.wait()
        return self.collection.remove({})

    def refresh(self) -> Outcomes:
        """Read what has changed now, without waiting for the page, and return the outcomes."""
        with self._showing:
            outcomes = self._ledger.refresh(self._version.current())
            # In the lock, so that an older look is never shown after a newer one.
            self.session.on_page(partial(self._show, outcomes))
        return outcomes

    def view(self) -> Viewable:
        """Return a new view: what is predicted, a bar while it goes on, and a button that stops it."""
        from .prediction_progress import PredictionProgress

        progress = PredictionProgress(self.title, self.cancels.set)
        self._views.add(progress)
        self.follow(self.standing, progress, PredictionProgress.say)
        self.follow(self.status, progress, PredictionProgress.present)
        return progress

    def explains(self, report: ErrorReport) -> bool:
        """Whether this is the error of a run and a view says it already."""
        return bool(self._views) and report.stream is self.status

    def dispose(self) -> None:
        """Cancel a run, stop following the model and the data. What is predicted stays in the store."""
        self._ended.set()
        self.cancel()
        for each in self._following:
            each.dispose()
        self._looks.dispose()
        super().dispose()

    def _instances_changed(self, change: Change) -> None:
        self._ledger.unread_instances.add(change)
        self._looks.set(None)

    def _predictions_changed(self, change: Change) -> None:
        self._ledger.unread_predictions.add(change)
        self._looks.set(None)

    def _model_changed(self, status: Any) -> None:
        if not status.running:
            self._version.forget()
            self._looks.set(None)
            if status.state == "success" and not self.running:
                # What was said of a run with the former model, or without any, is over.
                self.session.on_page(self._settle)

    def _settle(self) -> None:
        if not self.running and self.status.value.state != "idle":
            self.status.set(PredictionStatus())

    def _look(self) -> None:
        pause = PAUSE_WHILE_PREDICTING if self.running else PAUSE
        rest = self._looked + pause - time.monotonic()
        if rest > 0:
            self._ended.wait(rest)
        if not self._ended.is_set():
            self.refresh()
            self._looked = time.monotonic()

    def _show(self, outcomes: Outcomes) -> None:
        said = self._stands(outcomes)
        if said != self.standing.value:
            self.standing.set(said)
        if not self.outcomes.has_value or outcomes != self.outcomes.value:
            self.outcomes.set(outcomes)

    def _stands(self, outcomes: Outcomes | None) -> str:
        model = self.model.title or type(self.model).__name__
        return standing(outcomes, self.model.trained, model, str(self.instances.name or "The data"))
