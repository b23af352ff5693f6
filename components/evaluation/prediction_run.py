"""One run over the instances whose predictions are out of date, on a thread of its own."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from imlkit.errors import DataError, DuplicateIdError, ImlkitError
from imlkit.model import Model, Prediction
from imlkit.store import Collection, Document
from imlkit.streams.report import report

from .fingerprint import fingerprint
from .ledger import Instance, Ledger, WatchedInstances, truth_of
from .model_version import ModelVersion
from .prediction_status import PredictionStatus, counted

if TYPE_CHECKING:
    from .batch_prediction import BatchPrediction

__all__ = ["BATCH", "PredictionRun", "put"]

FIELDS = ("x", "y")

BATCH = 256
"""Instances predicted and written at a time."""

TOLD_EVERY = 0.1
"""Seconds between two tellings of the progress."""

TRIES = 5
"""Another page may write the same predictions at the same moment."""

PATIENCE_AT_EXIT = 2.0


class PredictionRun:
    """Predicts batch after batch and writes each before the next begins.

    A cancelled run, or one that a crash ends, has lost nothing: what was written is up to date,
    and the next run does the rest.

    Args:
        version: which training of the model is the present one.
        model: what predicts.
        instances: what is predicted.
        ledger: knows what is out of date.
        of: the batch prediction that tells of the run.

    Attributes:
        status: what was told last.
        over: set once another run may begin.
        ended: set once the end was told.
    """

    def __init__(
        self,
        version: ModelVersion,
        model: Model,
        instances: WatchedInstances,
        ledger: Ledger,
        of: BatchPrediction,
    ) -> None:
        self._version = version
        self._model = model
        self._instances = instances
        self._ledger = ledger
        self._of = of
        self._stop = threading.Event()
        self._told = 0.0
        self._left_out: list[str] = []
        self.status = PredictionStatus("running")
        self.over = threading.Event()
        self.ended = threading.Event()

    def start(self) -> None:
        """Begin, and return at once."""
        self._tell(self.status)
        threading.Thread(target=self._work, name="imlkit-prediction", daemon=True).start()

    def cancel(self) -> None:
        """Stop after the present batch."""
        self._stop.set()

    def _work(self) -> None:
        atexit.register(self._stop_and_wait)
        error: Exception | None = None
        with self._of.session.entered():
            try:
                last = self._predict_all()
                self._ledger.unread_predictions.expect_nothing()
                self._of.refresh()
            except Exception as raised:
                error = raised
                last = PredictionStatus("error", self.status.done, self.status.total, _words(raised))
            # Over before it is told: who hears of the end may run again.
            self.status = last
            self.over.set()
            self._tell(last)
            if error is not None:
                self._of.session.on_page(partial(report, error, self._of.status))
        self.ended.set()
        atexit.unregister(self._stop_and_wait)

    def _predict_all(self) -> PredictionStatus:
        # The model may have been trained on another page a moment ago.
        self._version.forget()
        version = self._version.demanded()
        self._ledger.refresh(version)
        self._tidy()
        waiting = self._ledger.waiting(version)
        before = self._ledger.known(waiting)
        seen = done = 0
        for instances in self._batches(waiting):
            if self._stop.is_set():
                message = f"Cancelled: {done:,} of {len(waiting):,} were predicted and are kept."
                return PredictionStatus("cancelled", done, len(waiting), message)
            # Asked again for each batch, and before predicting: should the model be trained
            # meanwhile, a prediction may be taken for an older one, but never for a newer.
            version = self._version.demanded()
            done += self._predict(instances, version, before)
            seen += len(instances)
            self._tell_progress(seen, len(waiting))
        return self._summed_up(done, len(waiting))

    def _batches(self, waiting: Sequence[str]) -> Iterator[list[Document]]:
        if 2 * len(waiting) < self._ledger.instances:
            for start in range(0, len(waiting), BATCH):
                ids = list(waiting[start : start + BATCH])
                # One more than there can be: the store need not look for a next batch.
                yield list(self._instances.iterate({"id": {"$in": ids}}, FIELDS, len(ids) + 1))
            return
        wanted = set(waiting)
        batch = []
        for instance in self._instances.iterate(None, FIELDS, BATCH):
            if instance["id"] in wanted:
                batch.append(instance)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _tidy(self) -> None:
        collection = self._of.collection
        if gone := self._ledger.gone():
            collection.remove(gone)
        for truth, ids in self._ledger.relabelled().items():
            collection.patch_many(ids, {"truth": truth})

    def _predict(self, found: Sequence[Document], version: str, before: Mapping[str, Instance]) -> int:
        predicted, refused = self._predictions([each for each in found if each.get("x") is not None])
        refused |= {each["id"]: "has no features x" for each in found if each.get("x") is None}
        documents = [
            {
                "id": instance["id"],
                "predicted": prediction.label,
                "confidence": prediction.confidences[prediction.label],
                "confidences": dict(prediction.confidences),
                "truth": truth_of(instance),
                "model": version,
                "features": fingerprint(instance["x"]),
            }
            for instance, prediction in predicted
        ]
        self._ledger.unread_predictions.expect([document["id"] for document in documents])
        put(self._of.collection, documents, [each["id"] for each in found if self._ledger.holds(each["id"])])
        self._ledger.enter(documents, before)
        self._ledger.refuse(refused, version)
        self._left_out += refused.values()
        return len(documents)

    def _predictions(
        self, instances: list[Document]
    ) -> tuple[list[tuple[Document, Prediction]], dict[str, str]]:
        """Return what the model says, and why not of those it cannot predict."""
        if not instances:
            return [], {}
        try:
            said = self._model.predict_batch([instance["x"] for instance in instances])
        except DataError as error:
            if len(instances) == 1:
                return [], {instances[0]["id"]: str(error)}
            # One instance with other features must not keep the rest from being predicted.
            middle = len(instances) // 2
            first, first_refused = self._predictions(instances[:middle])
            second, second_refused = self._predictions(instances[middle:])
            return first + second, first_refused | second_refused
        if not all(isinstance(each, Prediction) for each in said):
            raise DataError(
                f"“{self._model.title or type(self._model).__name__}” predicts a {type(said[0]).__name__}, "
                "but a batch prediction keeps a label with confidences: use it with a classifier."
            )
        return list(zip(instances, said, strict=True)), {}

    def _summed_up(self, done: int, total: int) -> PredictionStatus:
        message = (
            f"Predicted {counted(done, 'instance', 'instances')}." if total else "Nothing was out of date."
        )
        if not self._left_out:
            return PredictionStatus("success", total, total, message)
        left_out = counted(len(self._left_out), "instance was", "instances were")
        message += f" {left_out} left out; the first because: {self._left_out[0]}"
        return PredictionStatus("success" if done else "error", total, total, message)

    def _tell_progress(self, done: int, total: int) -> None:
        now = time.monotonic()
        self.status = PredictionStatus("running", done, total)
        if now - self._told >= TOLD_EVERY:
            self._told = now
            self._tell(self.status)

    def _tell(self, status: PredictionStatus) -> None:
        self._of.session.on_page(partial(self._of.status.set, status))

    def _stop_and_wait(self) -> None:
        # A thread must not be inside torch when Python exits.
        self.cancel()
        self.ended.wait(PATIENCE_AT_EXIT)


def put(collection: Collection, documents: Sequence[dict[str, Any]], replaced: Sequence[str] = ()) -> None:
    """Write documents, in the place of those that have their ids.

    Args:
        collection: where to.
        documents: what to write, with ids.
        replaced: the ids that are known to be taken.
    """
    if replaced:
        collection.remove(replaced)
    for _ in range(TRIES):
        try:
            collection.create(documents)
            return
        except DuplicateIdError:
            collection.remove([document["id"] for document in documents])
    collection.create(documents)


def _words(error: Exception) -> str:
    if isinstance(error, ImlkitError):
        return str(error)
    return f"The prediction failed ({str(error) or type(error).__name__}). What was predicted so far is kept."
