"""What a model promises: train, predict, save, load; its training is a stream."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from .component import Component
from .store import Document, Query, Store
from .streams import Stream

__all__ = ["Estimate", "Instances", "Model", "Prediction", "TrainingStatus"]

State = Literal["idle", "start", "batch", "epoch", "success", "cancelled", "error"]


@dataclass(frozen=True, slots=True)
class TrainingStatus:
    """Where a training stands.

    Attributes:
        state: ``idle`` (never trained), ``start``, ``batch``, ``epoch`` (one has just ended),
            ``success``, ``cancelled`` or ``error``.
        epoch: epochs completed.
        epochs: epochs asked for.
        metrics: each metric's value after every completed epoch, such as
            ``{"loss": (0.9, 0.4), "validation_loss": (1.0, 0.6)}``.
        message: what to tell the person; empty for nothing.
        batch: batches of the present epoch done; 0 when an epoch has just ended.
        batches: batches in an epoch; 0 while unknown.
    """

    state: State = "idle"
    epoch: int = 0
    epochs: int = 0
    metrics: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    message: str = ""
    batch: int = 0
    batches: int = 0

    @property
    def progress(self) -> float:
        """How much of the training is done, from 0 to 1."""
        within = self.batch / self.batches if self.batches else 0.0
        return min(1.0, (self.epoch + within) / self.epochs) if self.epochs else 0.0

    @property
    def running(self) -> bool:
        """Whether the training is under way."""
        return self.state in ("start", "batch", "epoch")


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a classifier says of one instance.

    Attributes:
        label: the class with the highest confidence.
        confidences: every class's confidence, from 0 to 1, adding up to 1.
        version: which version of the model said so, where it is kept in a store; two predictions that
            say the same are equal, whichever version made them.
    """

    label: str
    confidences: Mapping[str, float]
    version: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The numbers that a regression gives for one instance.

    Attributes:
        values: one number for each target.
        version: which version of the model said so, where it is kept in a store.
    """

    values: tuple[float, ...]
    version: int | None = field(default=None, compare=False)

    @property
    def value(self) -> float:
        """The number for the first target, which is often the only one."""
        return self.values[0]


class Instances(Protocol):
    """What a model needs of a dataset."""

    @property
    def name(self) -> str | None:
        """What the person calls it."""

    def count(self, query: Query | None = None) -> int: ...

    def iterate(
        self, query: Query | None = None, select: Sequence[str] | None = None, batch: int = 100
    ) -> Iterator[Document]: ...


class Model(Component):
    """A component that learns from a dataset and predicts.

    Constructor arguments are its parameters. Training runs on a thread of its own; its progress
    is ``training``, and it can be cancelled within one batch.
    """

    training: Stream[TrainingStatus]

    @property
    @abstractmethod
    def trained(self) -> bool:
        """Whether the model can predict."""

    @property
    def shared(self) -> bool:
        """Whether others follow it, and it follows them (see :meth:`sync`)."""
        return False

    def warm_up(self) -> None:
        """Load what training and predicting need, ahead of the first use, on a background thread."""

    @abstractmethod
    def train(self, dataset: Instances, validation: Instances | None = None) -> None:
        """Begin to train on a dataset, and return at once.

        While a training runs, the person is asked whether to stop it and begin anew; without a
        page to ask on, TrainingBusyError is raised. Data that cannot train the model puts the
        training into the state ``error`` with a message and reports a TrainingDataError.
        """

    @abstractmethod
    def cancel(self) -> None:
        """Stop a running training within one batch; the model predicts as before it."""

    @abstractmethod
    def wait(self, timeout: float | None = None) -> TrainingStatus:
        """Block until no training runs, for scripts and tests; return the last status."""

    @abstractmethod
    def predict(self, x: Any) -> Any:
        """Predict one instance's features. Raises NotTrainedError."""

    @abstractmethod
    def predict_batch(self, xs: NDArray[np.float32] | Sequence[Any]) -> list[Any]:
        """Predict many at once, in their order. Raises NotTrainedError."""

    @abstractmethod
    def save(self, store: Store, name: str, note: str = "") -> int:
        """Keep the trained model in a store under a name, as its newest version; return its number.

        Every page and program that follows the name (see :meth:`sync`) has it at once. Former versions
        are kept (see ``ModelVersions``).

        Args:
            store: where to.
            name: the model's.
            note: what is to be said of this version; one with a note is kept for good.
        """

    @abstractmethod
    def load(self, store: Store, name: str, version: int | None = None) -> None:
        """Take the model of that name from a store. Raises NotFoundError, ModelFileError.

        Args:
            store: where it is kept.
            name: the model's.
            version: which one; left out, the one in use.
        """

    @abstractmethod
    def sync(self, store: Store, name: str) -> Model:
        """Load the model of that name if there is one, and save after every training; return self."""

    @abstractmethod
    def download(self, path: str | PathLike[str] | None = None) -> bytes:
        """Return the trained model as the content of one file, and write it to a path if given.

        Raises NotTrainedError.
        """

    @abstractmethod
    def upload(self, source: bytes | str | PathLike[str]) -> None:
        """Take the model from a downloaded file, or its content.

        Raises ModelFileError, and leaves the present model as it was.
        """

    @abstractmethod
    def clear(self) -> None:
        """Forget what was learned, here and where the model is kept in agreement by ``sync``.

        Versions with a note stay in the store, to go back to.
        """
