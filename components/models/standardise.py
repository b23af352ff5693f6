"""Bringing features to a common place and spread before they are learned from."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Scaling", "standardisation"]

Scaling = Literal["common", "each"]

ROWS_AT_ONCE = 1024


def standardisation(
    x: NDArray[np.float32], rows: NDArray[np.int64], scaling: Scaling
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what to subtract from features, and what to divide them by.

    Args:
        x: features of shape (n, features).
        rows: the instances to go by: those trained on, never those validated with.
        scaling: ``"each"`` divides each feature by its own standard deviation; ``"common"`` all
            by one, the root mean square of these, so that features which hardly ever vary are
            not blown up.

    Returns:
        Two arrays of as many numbers as there are features. What does not vary is divided by 1.
    """
    pieces = [rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE)]
    mean = sum(x[piece].sum(axis=0, dtype=np.float64) for piece in pieces) / len(rows)
    variance = sum(np.square(x[piece] - mean).sum(axis=0) for piece in pieces) / len(rows)
    if scaling == "common":
        variance = np.full_like(variance, variance.mean())
    scale = np.sqrt(variance)
    return mean.astype(np.float32), np.where(scale > 1e-12, scale, 1.0).astype(np.float32)
