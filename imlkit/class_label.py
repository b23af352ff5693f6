"""The name of a class, as text."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from imlkit.errors import TrainingDataError

__all__ = ["class_label"]


def class_label(y: Any) -> str | None:
    """Return a label as the text that a person reads; None where there is no label.

    Text stays as it is. A number is written out, a whole one without decimals, so that ``1``,
    ``1.0`` and ``"1"`` name one class. None, blank text and NaN are no label.

    Raises:
        TrainingDataError: what is neither text nor a number.
    """
    if isinstance(y, np.generic):
        y = y.item()
    if y is None:
        return None
    if isinstance(y, str):
        return y if y.strip() else None
    if isinstance(y, bool | int):
        return str(y)
    if isinstance(y, float):
        if math.isnan(y):
            return None
        return str(int(y)) if y.is_integer() else str(y)
    raise TrainingDataError(
        f"A label is a {type(y).__name__}, {y!r:.60}, but a classifier needs text or a number: "
        "relabel those instances, then train again."
    )
