"""Which unlabelled instances a model would learn most from.

The uncertainties are those of B. Settles, "Active Learning Literature Survey", University of
Wisconsin-Madison, Computer Sciences Technical Report 1648, 2009, section 3.1; the choice of
instances that differ is the greedy k-centre of O. Sener and S. Savarese, "Active Learning for
Convolutional Neural Networks: A Core-Set Approach", ICLR 2018, among the most uncertain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "MEASURES",
    "SHORTLIST",
    "STRATEGIES",
    "Strategy",
    "by_diversity",
    "by_entropy",
    "by_least_confident",
    "by_margin",
    "entropy",
    "farthest_first",
    "least_confident",
    "margin",
    "most",
]

Strategy = Literal["margin", "entropy", "least_confident", "diversity"]
Matrix = NDArray[np.floating[Any]]
Scores = NDArray[np.float64]
Rows = NDArray[np.intp]

SHORTLIST: Final = 10
"""From how many times as many uncertain instances ``"diversity"`` chooses those that differ."""


def margin(confidences: Matrix) -> Scores:
    """Return how near each instance's two likeliest classes are: 1 less their difference.

    Args:
        confidences: (n, classes), each row adding up to 1; of at least two classes.

    Returns:
        (n,), from 0 (sure) to 1 (two classes are equally likely).
    """
    best = np.partition(np.asarray(confidences, np.float64), -2, axis=1)[:, -2:]
    uncertainty: Scores = 1.0 - (best[:, 1] - best[:, 0])
    return uncertainty


def entropy(confidences: Matrix) -> Scores:
    """Return each instance's entropy, the sum of -p ln p: from 0 (sure) to ln(classes)."""
    p = np.asarray(confidences, np.float64)
    uncertainty: Scores = -(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=1)
    return uncertainty


def least_confident(confidences: Matrix) -> Scores:
    """Return 1 less the confidence in each instance's likeliest class: from 0 (sure)."""
    uncertainty: Scores = 1.0 - np.asarray(confidences, np.float64).max(axis=1)
    return uncertainty


def most(scores: Scores, count: int) -> Rows:
    """Return the rows of the ``count`` highest scores, the highest first; of equal ones the earlier."""
    return np.argsort(-scores, kind="stable")[: max(count, 0)]


def farthest_first(features: Matrix, count: int, centres: Matrix | None = None) -> Rows:
    """Return rows of which each is as far as can be from those before it (greedy k-centre).

    Args:
        features: (n, d); distances between them are Euclidean.
        count: how many rows; fewer where there are not as many.
        centres: (m, d), what is there already, to be far from. Left out, or none: the first
            row is the first of them.
    """
    x = np.asarray(features, np.float64)
    count = min(max(count, 0), len(x))
    nearest = np.full(len(x), np.inf)
    for centre in np.asarray(centres if centres is not None else (), np.float64):
        _come_nearer(nearest, x, centre)
    rows: list[int] = []
    for _ in range(count):
        row = int(nearest.argmax())
        rows.append(row)
        _come_nearer(nearest, x, x[row])
        # Of two instances that are alike, each is chosen once.
        nearest[rows] = -1.0
    return np.array(rows, np.intp)


def _come_nearer(nearest: Scores, x: Scores, centre: Scores) -> None:
    np.minimum(nearest, np.sqrt(((x - centre) ** 2).sum(axis=1)), out=nearest)


def by_margin(confidences: Matrix, features: Matrix, count: int) -> Rows:
    """Return the rows whose two likeliest classes are nearest to one another.

    Args:
        confidences: the model's, (n, classes).
        features: (n, d); not looked at.
        count: how many rows; fewer where there are not as many.
    """
    return most(margin(confidences), count)


def by_entropy(confidences: Matrix, features: Matrix, count: int) -> Rows:
    """Return the rows whose confidences are spread most evenly over all classes."""
    return most(entropy(confidences), count)


def by_least_confident(confidences: Matrix, features: Matrix, count: int) -> Rows:
    """Return the rows whose likeliest class is least likely."""
    return most(least_confident(confidences), count)


def by_diversity(confidences: Matrix, features: Matrix, count: int) -> Rows:
    """Return rows that differ from one another, from the ``SHORTLIST * count`` of smallest margin.

    The first is the most uncertain; each next is the farthest from those before.
    """
    shortlist = most(margin(confidences), SHORTLIST * count)
    return shortlist[farthest_first(np.asarray(features)[shortlist], count)]


MEASURES: Final[Mapping[Strategy, Callable[[Matrix], Scores]]] = {
    "margin": margin,
    "entropy": entropy,
    "least_confident": least_confident,
    "diversity": margin,
}
"""How uncertain each strategy takes an instance to be."""

STRATEGIES: Final[Mapping[Strategy, Callable[[Matrix, Matrix, int], Rows]]] = {
    "margin": by_margin,
    "entropy": by_entropy,
    "least_confident": by_least_confident,
    "diversity": by_diversity,
}
