"""Naming an instance after those most like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imlkit.callback import Callback
from imlkit.errors import ModelFileError
from imlkit.trainings import Task

from .classifier import Classifier
from .examples import Examples
from .fitted import Fitted
from .model_card import ModelCard
from .model_file import Arrays, array_of
from .parameters import whole

__all__ = ["KNNClassifier"]

MOST_CHECKED = 1_000
"""Instances whose accuracy is measured by leaving each out: all of them would take too long."""

CANDIDATES = 16
"""Neighbours beyond ``k`` whose distance is computed exactly."""

QUERIES_AT_ONCE = 64

ROWS_AT_ONCE = 1024


class KNNClassifier(Classifier):
    """The ``k`` nearest neighbours vote, by Euclidean distance between features.

    The confidence in a class is the number of its instances among the ``k`` nearest, divided by
    ``k``; how far they are does not count. Among classes with equally many votes, the one with
    the nearest instance is named. With fewer than ``k`` instances, all vote.

    It learns by keeping all instances, so none is set aside. Metrics, after its one epoch:
    ``accuracy``, where each instance is judged by all others (of more than 1,000 instances, 1,000
    spread evenly are); and ``validation_accuracy`` where validation instances are given.

    Args:
        k: how many neighbours vote.
        title: what the person reads above the view.
        callbacks: followed at every step of a training.

    Raises:
        DataError: ``k`` is no whole number above 0.
    """

    def __init__(
        self, k: int = 3, title: str = "Nearest neighbours", callbacks: Sequence[Callback] = ()
    ) -> None:
        super().__init__(title, callbacks)
        self.k = k
        self.parameters()

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the next training. Raises DataError where one makes no sense."""
        return {"k": whole("k", self.k, 1)}

    def fit(
        self,
        examples: Examples,
        validation: Examples | None,
        parameters: Mapping[str, Any],
        run: Task,
    ) -> Fitted:
        """Keep the instances, and measure how well they tell each other's class."""
        labels = tuple(sorted(set(examples.labels)))
        classes = _numbered(examples.labels, labels)
        aside = [] if validation is None else validation.ids
        self.tell_callbacks("on_train_begin", instances=examples.ids, validation_instances=aside)
        self.tell_callbacks("on_epoch_begin", epoch=1)
        card = ModelCard(
            kind=type(self).__name__,
            labels=labels,
            features=examples.x.shape[1],
            instances=len(examples),
            validation_instances=len(aside),
            dataset=examples.name,
            parameters=parameters,
            epochs=1,
        )
        fitted = KNNFitted(card, {"x": examples.x, "y": classes})
        checked = np.linspace(0, len(classes) - 1, min(len(classes), MOST_CHECKED)).astype(np.intp)
        metrics = {"accuracy": (_accuracy(fitted, examples.x, classes, checked, run, left_out=True),)}
        if validation is not None:
            known = _numbered(validation.labels, labels)
            everything = np.arange(len(known))
            metrics["validation_accuracy"] = (_accuracy(fitted, validation.x, known, everything, run),)
        run.tell(replace(run.status, state="epoch", epoch=1, metrics=metrics, batch=0, message=""))
        last = {name: values[-1] for name, values in metrics.items()}
        self.tell_callbacks("on_epoch_end", epoch=1, metrics=last)
        self.tell_callbacks("on_train_end", metrics=metrics)
        return KNNFitted(replace(card, metrics=metrics), fitted.arrays())

    def restored(self, card: ModelCard, arrays: Arrays) -> Fitted:
        """Return the instances that a file holds. Raises ModelFileError where something does not fit."""
        return KNNFitted(card, arrays)


class KNNFitted(Fitted):
    """The instances that vote.

    Args:
        card: what is known of them; its parameters name ``k``.
        arrays: ``x``, their features, (n, features), and ``y``, the numbers of their classes, (n,).

    Raises:
        ModelFileError: the arrays do not fit the card.
    """

    def __init__(self, card: ModelCard, arrays: Arrays) -> None:
        k = card.parameters.get("k")
        if type(k) is not int or k < 1:
            raise ModelFileError("The model file is damaged: its k cannot be read. Train anew.")
        self.card = card
        self._x = array_of(arrays, "x", (None, card.features))
        self._y = array_of(arrays, "y", (len(self._x),), np.int64)
        if not len(self._y) or self._y.min() < 0 or self._y.max() >= len(card.labels):
            raise ModelFileError("The model file is damaged: it names classes it does not have. Train anew.")
        self._k = min(k, len(self._x))
        # Distances are taken from the middle: far from it, products of features drown what differs.
        self._middle = self._x.mean(axis=0, dtype=np.float64).astype(np.float32)
        self._squares = np.concatenate(
            [
                np.square(self._x[start : start + ROWS_AT_ONCE] - self._middle).sum(axis=1)
                for start in range(0, len(self._x), ROWS_AT_ONCE)
            ]
        )

    def judge(
        self, x: NDArray[np.float32], but: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the classes with most votes, and each class's share of the votes.

        Args:
            x: features of shape (n, features).
            but: for each row, the position of an instance that is not to count.
        """
        votes = np.concatenate(
            [
                self._votes(x[start : start + QUERIES_AT_ONCE], None if but is None else but[start:])
                for start in range(0, len(x), QUERIES_AT_ONCE)
            ]
        )
        counts = (votes[:, :, None] == np.arange(len(self.card.labels))).sum(axis=1)
        leads = np.take_along_axis(counts, votes, axis=1) == counts.max(axis=1, keepdims=True)
        # The nearest comes first: the first vote for a leading class is its nearest instance.
        named = np.take_along_axis(votes, leads.argmax(axis=1)[:, None], axis=1)[:, 0]
        return named, counts / votes.shape[1]

    def arrays(self) -> Arrays:
        """Return the instances."""
        return {"x": self._x, "y": self._y}

    def _votes(self, x: NDArray[np.float32], but: NDArray[np.intp] | None) -> NDArray[np.int64]:
        """Return the classes of each row's ``k`` nearest instances, the nearest first."""
        # One matrix product finds the candidates; its rounding must not decide among them.
        away = x - self._middle
        distances = self._squares - 2.0 * (away @ self._x.T - (away @ self._middle)[:, None])
        others = len(self._x)
        if but is not None:
            distances[np.arange(len(x)), but[: len(x)]] = np.inf
            others -= 1
        count = min(self._k + CANDIDATES, others)
        candidates = np.sort(np.argpartition(distances, count - 1, axis=1)[:, :count], axis=1)
        nearest = np.empty((len(x), min(self._k, others)), np.intp)
        for row, some in enumerate(candidates):
            exact = np.square(self._x[some].astype(np.float64) - x[row]).sum(axis=1)
            nearest[row] = some[np.argsort(exact, kind="stable")[: nearest.shape[1]]]
        votes: NDArray[np.int64] = self._y[nearest]
        return votes


def _numbered(names: Sequence[str], labels: Sequence[str]) -> NDArray[np.int64]:
    numbers = {label: position for position, label in enumerate(labels)}
    return np.array([numbers[name] for name in names], np.int64)


def _accuracy(
    fitted: KNNFitted,
    x: NDArray[np.float32],
    classes: NDArray[np.int64],
    rows: NDArray[np.intp],
    run: Task,
    left_out: bool = False,
) -> float:
    correct = 0
    batches = -(-len(rows) // QUERIES_AT_ONCE)
    for batch in range(batches):
        run.check()
        some = rows[batch * QUERIES_AT_ONCE : (batch + 1) * QUERIES_AT_ONCE]
        named, _ = fitted.judge(x[some], some if left_out else None)
        correct += int((named == classes[some]).sum())
        run.tell_batch(batch + 1, batches)
    return correct / len(rows)
