"""What all classifiers share: training on a thread, predicting, being kept and taken along."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from panel.viewable import Viewable

from imlkit.callback import Callback
from imlkit.errors import ModelFileError, NotFoundError, NotTrainedError, TrainingDataError
from imlkit.model import Instances, Model, Prediction, TrainingStatus
from imlkit.store import Store
from imlkit.streams import Computed, Stream
from imlkit.streams.report import report
from imlkit.training import Run, Telling, Trainings

from .examples import Examples, fitting_validation, read_examples
from .feature_rows import feature_rows
from .fitted import Fitted
from .model_card import ModelCard
from .model_file import Arrays, read_model_file, replace_file, write_model_file
from .stored_model import StoredModel

__all__ = ["Classifier"]

ROWS_AT_ONCE = 1024

CUT_SHORT = (
    "The last training was cut short: the program that ran it ended. Nothing else is lost; train again."
)


class Classifier(Model):
    """A model that names the class of an instance, from a list of numbers that describe it.

    A subclass says in :meth:`fit` how it learns and in :meth:`restored` how it is read back.
    A training replaces what the classifier knows only when it has succeeded; until then, and
    after a cancelled or failed training, it predicts as before.

    Streams: ``training``, how the training stands; ``card``, what is known of the trained model,
    None before the first training.

    Args:
        title: what the person reads above the view.
        callbacks: followed at every step of a training (see :class:`imlkit.callback.Callback`).
    """

    def __init__(self, title: str, callbacks: Sequence[Callback] = ()) -> None:
        super().__init__(title)
        self.callbacks = tuple(callbacks)
        self.training: Stream[TrainingStatus] = Stream(TrainingStatus())
        self.card: Stream[ModelCard | None] = Stream(None)
        self._telling = Telling(self.training, self._follow_other_page)
        self._trainings = Trainings(title or type(self).__name__)
        self._trainings.join(self._telling)
        self._fitted: Fitted | None = None
        self._place: StoredModel | None = None
        self._kept: str | None = None
        self._followed: Computed[None] | None = None
        self._taking = threading.RLock()

    @abstractmethod
    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the next training, as JSON can hold them.

        Raises DataError where one of them makes no sense.
        """

    @abstractmethod
    def fit(
        self, examples: Examples, validation: Examples | None, parameters: Mapping[str, Any], run: Run
    ) -> Fitted:
        """Learn. Called on the training's thread; ``examples`` has at least two classes.

        The examples are the classifier's own from here on, and may be changed. It calls
        ``run.check()`` at least once a batch, and tells its progress with ``run.tell``.
        """

    @abstractmethod
    def restored(self, card: ModelCard, arrays: Arrays) -> Fitted:
        """Return what a file holds. Raises ModelFileError where something does not fit."""

    @property
    def trained(self) -> bool:
        """Whether the classifier can predict."""
        return self._fitted is not None

    def train(self, dataset: Instances, validation: Instances | None = None) -> None:
        """Begin to train on a dataset, and return at once.

        Args:
            dataset: features ``x`` and labels ``y``; read on the training's thread.
            validation: instances to check with; left out, the classifier sets some of the
                dataset's aside if its parameters say so.

        Raises:
            DataError: a parameter makes no sense.
            TrainingBusyError: a training runs, and there is no page to ask on.
        """
        parameters = self.parameters()
        place = self._place
        self._trainings.begin(
            lambda run: self._learn(run, dataset, validation, parameters, place),
            parameters.get("epochs", 1),
            self._telling,
        )

    def cancel(self) -> None:
        """Stop a running training within one batch; the classifier predicts as before it."""
        self._trainings.cancel()

    def wait(self, timeout: float | None = None) -> TrainingStatus:
        """Block until no training runs, or for so many seconds; return the last status."""
        self._trainings.wait(timeout)
        return self._telling.status

    def predict(self, x: NDArray[np.float32] | Sequence[float]) -> Prediction:
        """Predict the class of one instance. May be called from any thread, also during a training.

        Args:
            x: its features, as many as in training.

        Raises:
            NotTrainedError: nothing was learned yet.
            DataError: not as many numbers as in training, or not finite.
        """
        return self._predict(self._known(), [x])[0]

    def predict_batch(self, xs: NDArray[np.float32] | Sequence[Any]) -> list[Prediction]:
        """Predict many instances at once, in their order. Raises as :meth:`predict` does."""
        fitted = self._known()
        return [
            prediction
            for start in range(0, len(xs), ROWS_AT_ONCE)
            for prediction in self._predict(fitted, xs[start : start + ROWS_AT_ONCE])
        ]

    def download(self, path: str | PathLike[str] | None = None) -> bytes:
        """Return the trained model as the content of one ``.safetensors`` file.

        Args:
            path: where to write it too. A file that is there is replaced, whole or not at all.

        Raises:
            NotTrainedError: nothing was learned yet.
        """
        fitted = self._known()
        content = write_model_file(fitted.card, fitted.arrays())
        if path is not None:
            replace_file(Path(path), content)
        return content

    def upload(self, source: bytes | str | PathLike[str]) -> None:
        """Take the model from a downloaded file: its path or its content.

        Raises:
            ModelFileError: it is damaged, of another kind, or of a newer imlkit. The classifier
                predicts as before.
        """
        content = bytes(source) if isinstance(source, bytes | bytearray) else Path(source).read_bytes()
        fitted = self._read(content)
        with self._taking:
            self._take(fitted)
            self._keep(self._place)
        self._tell_taken(fitted, "Uploaded")

    def save(self, store: Store, name: str) -> None:
        """Keep the trained model in a store under a name, replacing what was there.

        Raises:
            NotTrainedError: nothing was learned yet.
            ModelFileError: another kind of model has that name, or one of a newer imlkit.
        """
        content = self.download()
        StoredModel(store, name).write(content, self._known().card)

    def load(self, store: Store, name: str) -> None:
        """Take the model of that name from a store.

        Raises:
            NotFoundError: there is none of that name.
            ModelFileError: it is damaged, of another kind, or of a newer imlkit. The classifier
                predicts as before.
        """
        fitted = self._read(StoredModel(store, name).read()[1])
        with self._taking:
            self._take(fitted)
            self._keep(self._place)
        self._tell_taken(fitted, "Loaded")

    def sync(self, store: Store, name: str) -> Self:
        """Be the model of that name in a store: load it, save every training, follow other pages.

        All pages of a process that sync to a name are one model: each is told of a training that
        any of them began, and it goes on when that page is closed. One that was cut short, because
        the program ended, is told of until the next.

        A model that cannot be read is reported, and left until the next training replaces it.
        """
        self._unsync()
        self._place = StoredModel(store, name)
        self._trainings = self._place.trainings(self._trainings)
        self._trainings.join(self._telling)
        # Listening comes first: what is saved while the model is read is then not missed.
        self._followed = self._place.changes.compute(self._follow_change, policy="latest")
        try:
            self._follow_store()
        except ModelFileError as error:
            report(error, self.training)
        if self._place.mark.cut_short and not self._trainings.running:
            self._telling.tell(TrainingStatus("cancelled", message=CUT_SHORT))
        return self

    def clear(self) -> None:
        """Stop a training, forget what was learned, and remove the model that ``sync`` keeps."""
        self.cancel()
        with self._taking:
            if self._place is not None:
                self._place.remove()
                self._place.mark.remove()
            self._forget()

    def view(self) -> Viewable:
        """Return a card that says what the classifier knows."""
        from .model_card_view import model_card_view

        return model_card_view(self)

    def dispose(self) -> None:
        """Let go of every subscriber, and cancel a training that ``sync`` does not keep for others."""
        if self._place is None:
            self.cancel()
        self._unsync()
        self._trainings.leave(self._telling)
        super().dispose()

    def tell_callbacks(self, step: str, **about: Any) -> None:
        """Call a step of every callback."""
        for callback in self.callbacks:
            getattr(callback, step)(self, **about)

    def _learn(
        self,
        run: Run,
        dataset: Instances,
        validation: Instances | None,
        parameters: Mapping[str, Any],
        place: StoredModel | None,
    ) -> TrainingStatus:
        if place is None:
            return self._learned(run, dataset, validation, parameters, None)
        place.mark.put()
        try:
            return self._learned(run, dataset, validation, parameters, place)
        finally:
            place.mark.remove()

    def _learned(
        self,
        run: Run,
        dataset: Instances,
        validation: Instances | None,
        parameters: Mapping[str, Any],
        place: StoredModel | None,
    ) -> TrainingStatus:
        def told(done: int, total: int) -> None:
            run.check()
            run.tell_batch(0, 0, f"Reading the instances: {done:,} of {total:,}")

        examples = read_examples(dataset, told)
        labels = sorted(set(examples.labels))
        if len(labels) < 2:
            raise TrainingDataError(
                f"All instances of “{examples.name}” ({len(examples):,}) are labelled “{labels[0]:.60}”: "
                "capture instances of at least one other class, then train again."
            )
        checks = None if validation is None else fitting_validation(read_examples(validation, told), examples)
        fitted = self.fit(examples, checks, parameters, run)
        with self._taking:
            run.check()
            self._take(fitted)
            # The page may have been closed meanwhile, or its model be kept elsewhere now.
            self._keep(place)
        return TrainingStatus(
            "success", run.status.epochs, run.status.epochs, fitted.card.metrics, _summary("Trained", fitted)
        )

    def _known(self) -> Fitted:
        fitted = self._fitted
        if fitted is None:
            raise NotTrainedError(
                f"“{self.title or type(self).__name__}” has not been trained yet. "
                "Capture instances of at least two classes, then train it."
            )
        return fitted

    def _predict(self, fitted: Fitted, xs: NDArray[np.float32] | Sequence[Any]) -> list[Prediction]:
        x = feature_rows(xs, fitted.card.features)
        named, confidences = fitted.judge(x)
        labels = fitted.card.labels
        return [
            Prediction(labels[position], dict(zip(labels, row, strict=True)))
            for position, row in zip(named.tolist(), confidences.tolist(), strict=True)
        ]

    def _read(self, content: bytes) -> Fitted:
        card, arrays = read_model_file(content)
        if card.kind != type(self).__name__:
            raise ModelFileError(
                f"The file holds a {card.kind:.60}, not a {type(self).__name__}: choose another file."
            )
        return self.restored(card, arrays)

    def _take(self, fitted: Fitted) -> None:
        self._fitted = fitted
        self.session.on_page(lambda: self.card.set(fitted.card))

    def _forget(self) -> None:
        self._fitted = self._kept = None
        self.session.on_page(lambda: self.card.set(None))
        if not self._trainings.running:
            self._telling.tell(TrainingStatus())

    def _keep(self, place: StoredModel | None) -> None:
        """Save to the place that ``sync`` named. What fails is said, and the model works on."""
        if place is None or self._fitted is None:
            return
        try:
            self._kept = place.write(self.download(), self._fitted.card)
        except Exception as error:
            said = ModelFileError(
                f"The trained model could not be kept: {error} It works on this page until it is closed; "
                "download it from the settings to keep it."
            )
            said.__cause__ = error
            self.session.on_page(lambda: report(said, self.training))

    def _follow_change(self, _change: Any) -> None:
        # The store's stream belongs to whoever opened the store: the error belongs to this page.
        try:
            self._follow_store()
        except Exception as error:
            self.session.on_page(partial(report, error, self.training))

    def _follow_other_page(self) -> None:
        # Before its success is told: who hears of it may ask the model at once.
        if self._place is not None:
            self._follow_change(None)

    def _follow_store(self) -> None:
        place = self._place
        if place is None:
            return
        with self._taking:
            asset = place.asset
            if asset == self._kept:
                return
            if asset is None:
                self._forget()
                return
            try:
                asset, content = place.read()
            except NotFoundError:
                self._forget()
                return
            # Told of once: a file that cannot be read now cannot be read at the next change either.
            self._kept = asset
            fitted = self._read(content)
            self._take(fitted)
        self._tell_taken(fitted, "Loaded")

    def _tell_taken(self, fitted: Fitted, how: str) -> None:
        if not self._trainings.running:
            card = fitted.card
            self._telling.tell(
                TrainingStatus("success", card.epochs, card.epochs, card.metrics, _summary(how, fitted))
            )

    def _unsync(self) -> None:
        if self._followed is not None:
            self._followed.dispose()
        if self._place is not None:
            self._trainings.leave(self._telling)
            self._trainings = Trainings(self.title or type(self).__name__)
            self._trainings.join(self._telling)
        self._followed = self._place = self._kept = None


def _summary(how: str, fitted: Fitted) -> str:
    card = fitted.card
    count = f"{card.instances:,} instance{'' if card.instances == 1 else 's'}"
    classes = f"{len(card.labels):,} classes"
    checked = f", checked with {card.validation_instances:,} others" if card.validation_instances else ""
    if how == "Trained":
        return f"Trained on {count} of {classes}{checked}."
    when = card.trained[:16].replace("T", " ")
    return f"{how} a model trained on {count} of {classes}{checked}, {when} UTC."
