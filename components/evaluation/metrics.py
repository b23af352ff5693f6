"""What predictions and true labels amount to: counts, accuracy, precision, recall."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from imlkit.errors import DataError

__all__ = ["Accuracy", "ClassScore", "Confusion", "accuracy", "class_scores", "confusion", "wilson_interval"]


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each class was predicted as each.

    Attributes:
        labels: the classes, those that are only true or only predicted too.
        counts: ``int64`` of shape (classes, classes): a row for each true class, a column for
            each predicted one.
    """

    labels: tuple[str, ...]
    counts: NDArray[np.int64]

    @property
    def total(self) -> int:
        """How many instances were counted."""
        return int(self.counts.sum())

    @property
    def by_true(self) -> NDArray[np.float64]:
        """Each count's share of its row; NaN where no instance is truly of the class."""
        return _shares(self.counts, self.counts.sum(1, keepdims=True))

    @property
    def by_predicted(self) -> NDArray[np.float64]:
        """Each count's share of its column; NaN where the class was never predicted."""
        return _shares(self.counts, self.counts.sum(0, keepdims=True))


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The share of predictions that are right, with its 95 % interval.

    Attributes:
        right: how many are right.
        total: of how many.
        share: their quotient, from 0 to 1.
        low: the interval's lower end.
        high: its upper end.
    """

    right: int
    total: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How well one class is told from the others. What is not defined is None.

    Attributes:
        label: the class.
        precision: of the instances predicted as it, the share that truly are.
        recall: of the instances that truly are of it, the share predicted as it.
        f1: the harmonic mean of the two, as 2 TP / (2 TP + FP + FN).
        support: how many instances are truly of it.
        predicted: how many were predicted as it.
    """

    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    predicted: int


def confusion(truths: Sequence[str], predicted: Sequence[str], labels: Iterable[str] = ()) -> Confusion:
    """Count every pair of a true and a predicted class.

    Args:
        truths: the true class of each instance.
        predicted: the predicted one, in the same order.
        labels: classes to list although they may occur in neither.

    Returns:
        The counts over the union of all classes, numbers in their order before other texts.

    Raises:
        DataError: there are not as many of the one as of the other.
    """
    if len(truths) != len(predicted):
        raise DataError(
            f"{len(truths):,} true labels and {len(predicted):,} predictions do not belong together: "
            "give one of each for every instance."
        )
    classes = tuple(sorted({*labels, *truths, *predicted}, key=_order))
    position = {label: number for number, label in enumerate(classes)}
    counts = np.zeros((len(classes), len(classes)), np.int64)
    rows = np.fromiter((position[label] for label in truths), np.intp, len(truths))
    columns = np.fromiter((position[label] for label in predicted), np.intp, len(predicted))
    np.add.at(counts, (rows, columns), 1)
    return Confusion(classes, counts)


def accuracy(counted: Confusion) -> Accuracy | None:
    """Return the share of right predictions with its 95 % interval; None of no instances."""
    total = counted.total
    if not total:
        return None
    right = int(np.trace(counted.counts))
    return Accuracy(right, total, right / total, *wilson_interval(right, total))


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a share: it stays within 0 and 1 and holds for small samples.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209–212; recommended for small
    samples by L. D. Brown, T. T. Cai and A. DasGupta, Statistical Science 16 (2001), 101–133.

    Args:
        successes: how often it was so.
        trials: of how many independent trials.
        confidence: how often intervals made so hold the true share, above 0 and below 1.

    Raises:
        DataError: no trial, or more successes than trials.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise DataError(
            f"{successes:,} of {trials:,} is no share: give at least one trial, and no more successes."
        )
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    whole = 1 + z * z / trials
    # Rounding must not move the ends that are exact.
    low = 0.0 if successes == 0 else (centre - spread) / whole
    high = 1.0 if successes == trials else (centre + spread) / whole
    return low, high


def class_scores(counted: Confusion) -> tuple[ClassScore, ...]:
    """Return every class's precision, recall and F1, in the order of the classes.

    Source: C. J. van Rijsbergen, Information Retrieval, 2nd edition (1979), chapter 7.
    """
    right = np.diag(counted.counts).tolist()
    support = counted.counts.sum(1).tolist()
    predicted = counted.counts.sum(0).tolist()
    return tuple(
        ClassScore(
            label,
            hits / named if named else None,
            hits / there if there else None,
            2 * hits / (named + there) if named + there else None,
            there,
            named,
        )
        for label, hits, there, named in zip(counted.labels, right, support, predicted, strict=True)
    )


def _shares(counts: NDArray[np.int64], sums: NDArray[np.int64]) -> NDArray[np.float64]:
    shares = np.full(counts.shape, np.nan)
    np.divide(counts, sums, out=shares, where=sums > 0)
    return shares


def _order(label: str) -> tuple[int, float, str, str]:
    try:
        number = float(label)
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return (0, number, "", label)
    return (1, 0.0, label.casefold(), label)
