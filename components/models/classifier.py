"""What all classifiers share that learn from lists of numbers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imlkit.model import Instances, Prediction
from imlkit.trainings import Task

from .class_demands import demand_two
from .examples import Examples, fitting_validation, read_examples
from .feature_rows import feature_rows
from .fitted import Fitted
from .learner import Learner

__all__ = ["Classifier"]


class Classifier(Learner):
    """A model that names the class of an instance, from a list of numbers that describe it.

    A subclass says in :meth:`fit` how it learns and in :meth:`restored` how it is read back; see
    :class:`~imlkit.components.models.learner.Learner` for what it does besides.
    """

    @abstractmethod
    def fit(
        self,
        examples: Examples,
        validation: Examples | None,
        parameters: Mapping[str, Any],
        run: Task,
    ) -> Fitted:
        """Learn. Called on the training's thread; ``examples`` has at least two classes.

        The examples are the classifier's own from here on, and may be changed. It calls
        ``run.check()`` at least once a batch, and tells its progress with ``run.tell``.
        """

    def learn(
        self, dataset: Instances, validation: Instances | None, parameters: Mapping[str, Any], run: Task
    ) -> Fitted:
        """Read the features and labels, and :meth:`fit` to them."""

        told = self.reading(run)
        examples = read_examples(dataset, told)
        demand_two(examples.name, examples.labels)
        checks = None if validation is None else fitting_validation(read_examples(validation, told), examples)
        return self.fit(examples, checks, parameters, run)

    def predict(self, x: NDArray[np.float32] | Sequence[float]) -> Prediction:
        """Predict the class of one instance. May be called from any thread, also during a training.

        Args:
            x: its features, as many as in training.

        Raises:
            NotTrainedError: nothing was learned yet.
            DataError: not as many numbers as in training, or not finite.
        """
        found: Prediction = super().predict(x)
        return found

    def predict_batch(self, xs: NDArray[np.float32] | Sequence[Any]) -> list[Prediction]:
        """Predict many instances at once, in their order. Raises as :meth:`predict` does."""
        return super().predict_batch(xs)

    def answers(self, fitted: Fitted, xs: NDArray[np.float32] | Sequence[Any]) -> list[Prediction]:
        """Return the class of each instance, and the confidence in every class."""
        x = feature_rows(xs, fitted.card.features)
        named, confidences = fitted.judge(x)
        labels, version = fitted.card.labels, fitted.version
        return [
            Prediction(labels[position], dict(zip(labels, row, strict=True)), version)
            for position, row in zip(named.tolist(), confidences.tolist(), strict=True)
        ]
