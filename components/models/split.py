"""Setting instances aside to check a model with, before it is trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["stratified_split"]


def stratified_split(
    classes: Sequence[int] | NDArray[np.int64], fraction: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Divide instances into those to train on and those to validate with.

    Every class gives the same share, as nearly as whole instances allow (by largest remainder),
    and keeps at least one instance to train on.

    Args:
        classes: the class of each instance, as a number.
        fraction: the share to validate with, from 0 to below 1.
        seed: decides which instances they are.

    Returns:
        Two arrays of positions, each ascending; no position is in both, each is in one.
    """
    numbers = np.asarray(classes, np.int64)
    random = np.random.default_rng(seed)
    names, counts = np.unique(numbers, return_counts=True)
    shares = counts * fraction
    taken = np.floor(shares).astype(np.int64)
    remainders = np.where(counts - taken > 1, shares - taken, 0.0)
    missing = int(np.floor(counts[counts > 1].sum() * fraction + 0.5)) - int(taken.sum())
    # A random order first: classes with equal remainders take turns over the seeds.
    order = random.permutation(len(names))
    order = order[np.argsort(-remainders[order], kind="stable")]
    for position in order[: max(0, missing)]:
        if remainders[position] > 0:
            taken[position] += 1
    aside = np.zeros(len(numbers), bool)
    for name, count in zip(names, np.minimum(taken, counts - 1), strict=True):
        aside[random.permutation(np.flatnonzero(numbers == name))[:count]] = True
    return np.flatnonzero(~aside), np.flatnonzero(aside)
