"""Images and confusion matrices, as documents keep them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..errors import DataError
from .words import name_words

__all__ = ["confusion_parts", "image_parts"]

WIDEST: Final = 8_192
"""The most pixels of an image's side."""


def image_parts(image: Any) -> npt.NDArray[np.uint8]:
    """Return an image as ``uint8`` of shape (H, W, 3), RGB.

    Raises:
        DataError: it is no image.
    """
    array = np.asarray(image.detach().cpu() if hasattr(image, "detach") else image)
    if array.ndim == 3 and array.shape[0] in (1, 3) and array.shape[2] not in (1, 3):
        array = np.moveaxis(array, 0, 2)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim == 2:
        array = np.repeat(array[:, :, None], 3, axis=2)
    if array.ndim != 3 or array.shape[2] not in (3, 4) or 0 in array.shape or max(array.shape) > WIDEST:
        raise DataError(
            f"An array of shape {array.shape} is no image: give (H, W), (H, W, 3) or (3, H, W), "
            f"with at most {WIDEST:,} pixels a side."
        )
    array = array[:, :, :3]
    if array.dtype == bool:
        array = array.astype(np.uint8) * 255
    elif np.issubdtype(array.dtype, np.floating):
        # What is no number is black.
        array = np.nan_to_num(array.astype(np.float64), nan=0.0, posinf=1.0, neginf=0.0).clip(0, 1) * 255
    elif not np.issubdtype(array.dtype, np.integer):
        raise DataError(f"An array of {array.dtype} is no image: give numbers.")
    return np.ascontiguousarray(np.rint(np.clip(array, 0, 255)), np.uint8)


def confusion_parts(counts: Any, labels: Sequence[Any]) -> dict[str, Any]:
    """Return a confusion matrix's ``counts``, int64 of shape (labels, labels), and its ``labels``.

    Raises:
        DataError: the counts do not fit the labels.
    """
    array = np.asarray(counts.detach().cpu() if hasattr(counts, "detach") else counts)
    side = len(labels)
    if (
        array.shape != (side, side)
        or not np.issubdtype(array.dtype, np.number)
        or not np.isfinite(array).all()
    ):
        raise DataError(
            f"Counts of shape {array.shape} do not fit {side} labels: give {side} × {side} numbers."
        )
    return {"counts": array.astype(np.int64), "labels": [name_words(label) for label in labels]}
