"""The features of instances to predict, as one matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imlkit.errors import DataError

__all__ = ["feature_rows"]


def feature_rows(xs: Any, expected: int) -> NDArray[np.float32]:
    """Return features as ``float32`` of shape (n, expected).

    Raises:
        DataError: an instance has not as many numbers, or one that is not finite.
    """
    try:
        x = np.ascontiguousarray(xs, np.float32)
    except (TypeError, ValueError):
        lengths: Mapping[int, None] = dict.fromkeys(np.size(row) for row in xs)
        raise DataError(
            f"Features must be {expected:,} numbers for each instance, not {xs[0]!r:.60} "
            f"(lengths {', '.join(map(str, lengths))}): use the same features as in training."
        ) from None
    if x.ndim != 2 or x.shape[1] != expected:
        got = f"{x.shape[1]:,} numbers" if x.ndim == 2 else f"an array of shape {x.shape[1:]}"
        raise DataError(
            f"This model was trained on features of {expected:,} numbers, and was given {got}: "
            "use the same features as in training."
        )
    if not np.isfinite(x).all():
        raise DataError("Features hold values that are not finite numbers (NaN or infinity).")
    return x
