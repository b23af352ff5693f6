"""What all models that learn share: training on a thread, and being one model with others in a store."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any, Self

from panel.viewable import Viewable

from imlkit.callback import Callback
from imlkit.errors import ModelFileError, NotFoundError
from imlkit.model import Instances, TrainingStatus
from imlkit.store import Store
from imlkit.streams import Computed, Stream
from imlkit.streams.report import report
from imlkit.trainings import Task, Telling, Trainings

from .fitted import Fitted
from .model_card import ModelCard
from .predictor import Predictor
from .stored_model import Kept, StoredModel

__all__ = ["Learner"]

CUT_SHORT = (
    "The last training was cut short: the program that ran it ended. Nothing else is lost; train again."
)


class Learner(Predictor):
    """A model that learns from a dataset.

    A subclass says in :meth:`learn` how it learns and in :meth:`restored` how it is read back.
    A training replaces what the model knows only when it has succeeded; until then, and
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
        self._place: StoredModel | None = None
        self._kept: Kept | None = None
        self._followed: Computed[None] | None = None
        self._taking = threading.RLock()

    @abstractmethod
    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the next training, as JSON can hold them.

        Raises DataError where one of them makes no sense.
        """

    @abstractmethod
    def learn(
        self, dataset: Instances, validation: Instances | None, parameters: Mapping[str, Any], run: Task
    ) -> Fitted:
        """Learn from a dataset. Called on the training's thread.

        It calls ``run.check()`` at least once a batch, and tells its progress with ``run.tell``.

        Raises:
            TrainingDataError: the data cannot train the model.
        """

    def train(self, dataset: Instances, validation: Instances | None = None) -> None:
        """Begin to train on a dataset, and return at once.

        Args:
            dataset: what describes each instance, ``x``, and what is to be said of it, ``y``; read on
                the training's thread.
            validation: instances to check with; left out, the model sets some of the
                dataset's aside if its parameters say so.

        Raises:
            DataError: a parameter makes no sense.
            TrainingBusyError: a training runs, and there is no page to ask on.
        """
        parameters = self.parameters()
        place = self._place

        def learn(run: Task) -> TrainingStatus:
            with nullcontext() if place is None else place.mark.standing():
                return self._learn(run, dataset, validation, parameters, place)

        self._trainings.begin(
            learn,
            parameters.get("epochs", 1),
            self._telling,
        )

    def cancel(self) -> None:
        """Stop a running training within one batch; the model predicts as before it."""
        self._trainings.cancel()

    def wait(self, timeout: float | None = None) -> TrainingStatus:
        """Block until no training runs, or for so many seconds; return the last status."""
        self._trainings.wait(timeout)
        return self._telling.status

    @property
    def shared(self) -> bool:
        """Whether ``sync`` keeps it in agreement with others."""
        return self._place is not None

    def sync(self, store: Store, name: str) -> Self:
        """Be the model of that name in a store: load it, save every training, follow others.

        Every training is the model's newest version, which all that follow the name have at once, on
        other pages, in other programs and on other machines; a version that somebody publishes there
        or goes back to (see ``ModelVersions``) is followed likewise.

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
        """Stop a training, forget what was learned, and remove the model that ``sync`` keeps.

        Its versions with a note stay in the store, to go back to.
        """
        self.cancel()
        with self._taking:
            if self._place is not None:
                self._place.remove()
                self._place.mark.remove()
            self._forget()

    def view(self) -> Viewable:
        """Return a card that says what the model knows."""
        from .model_card_view import model_card_view

        return model_card_view(self)

    def dispose(self) -> None:
        """Let go of every subscriber, and cancel a training that ``sync`` does not keep for others."""
        if self._place is None:
            self.cancel()
        self._unsync()
        self._trainings.leave(self._telling)
        super().dispose()

    def reading(self, run: Task) -> Callable[[int, int], None]:
        """Return what tells a training how many instances were read of how many, and may cancel it."""

        def told(done: int, total: int) -> None:
            run.check()
            run.tell_batch(0, 0, f"Reading the instances: {done:,} of {total:,}")

        return told

    def tell_callbacks(self, step: str, **about: Any) -> None:
        """Call a step of every callback."""
        for callback in self.callbacks:
            getattr(callback, step)(self, **about)

    def _learn(
        self,
        run: Task,
        dataset: Instances,
        validation: Instances | None,
        parameters: Mapping[str, Any],
        place: StoredModel | None,
    ) -> TrainingStatus:
        fitted = self.learn(dataset, validation, parameters, run)
        with self._taking:
            run.check()
            self._take(fitted)
            # The page may have been closed meanwhile, or its model be kept elsewhere now.
            self._keep(place)
        return TrainingStatus(
            "success", run.status.epoch, run.status.epoch, fitted.card.metrics, summary("Trained", fitted)
        )

    def _adopt(self, fitted: Fitted, how: str) -> None:
        with self._taking:
            self._take(fitted)
            self._keep(self._place)
        self._tell_taken(fitted, how)

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
        fitted = self._fitted
        try:
            self._kept = place.write(self.download(), fitted.card)
            fitted.version = self._kept.version
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
            kept = place.kept
            if kept == self._kept:
                return
            if kept is None:
                self._forget()
                return
            try:
                kept, content = place.read()
            except NotFoundError:
                self._forget()
                return
            # Told of once: a file that cannot be read now cannot be read at the next change either.
            self._kept = kept
            fitted = self._read(content)
            fitted.version = kept.version
            self._take(fitted)
        self._tell_taken(fitted, "Loaded")

    def _tell_taken(self, fitted: Fitted, how: str) -> None:
        if not self._trainings.running:
            card = fitted.card
            self._telling.tell(
                TrainingStatus("success", card.epochs, card.epochs, card.metrics, summary(how, fitted))
            )

    def _unsync(self) -> None:
        if self._followed is not None:
            self._followed.dispose()
        if self._place is not None:
            self._trainings.leave(self._telling)
            self._trainings = Trainings(self.title or type(self).__name__)
            self._trainings.join(self._telling)
        self._followed = self._place = self._kept = None


def summary(how: str, fitted: Fitted) -> str:
    """Return a sentence on what a model was trained with, and on how it came."""
    card, origin = fitted.card, fitted.card.origin
    version = "" if fitted.version is None else f" (version {fitted.version})"
    if "checkpoint" in origin:
        of = f" of the run “{origin.get('run_name')}”" if origin.get("run_name") else ""
        return f"{how} the checkpoint “{origin.get('name')}”{of}{version}."
    count = f"{card.instances:,} instance{'' if card.instances == 1 else 's'}"
    classes = f" of {len(card.labels):,} classes" if card.labels else ""
    checked = f", checked with {card.validation_instances:,} others" if card.validation_instances else ""
    if how == "Trained":
        return f"Trained on {count}{classes}{checked}."
    when = card.trained[:16].replace("T", " ")
    return f"{how} a model trained on {count}{classes}{checked}, {when} UTC{version}."
