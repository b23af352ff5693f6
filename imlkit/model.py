"""What a model promises: train, predict, save, load; its training is a stream."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from .component import Component
from .store import Document, Query, Store
from .streams import Stream

__all__ = ["Instances", "Model", "Prediction", "TrainingStatus"]

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
    """

    state: State = "idle"
    epoch: int = 0
    epochs: int = 0
    metrics: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    message: str = ""

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
    """

    label: str
    confidences: Mapping[str, float]


class Instances(Protocol):
    """What a model needs of a dataset."""

    name: str

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
    def save(self, store: Store, name: str) -> None:
        """Keep the trained model in a store under a name, replacing what was there."""

    @abstractmethod
    def load(self, store: Store, name: str) -> None:
        """Take the model of that name from a store. Raises NotFoundError, ModelFileError."""

    @abstractmethod
    def sync(self, store: Store, name: str) -> Model:
        """Load the model of that name if there is one, and save after every training; return self."""
