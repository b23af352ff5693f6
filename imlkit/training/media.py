"""Images, confusion matrices and histograms, as documents keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from ..errors import DataError
from .words import name_words

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["confusion_parts", "histograms", "image_parts", "weights_and_gradients"]

BINS: Final = 64
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


def weights_and_gradients(model: nn.Module) -> dict[str, tuple[torch.Tensor, torch.Tensor | None]]:
    """Return copies of each weight and its gradient, which later training does not change."""
    return {
        name: (
            weight.detach().cpu().clone(),
            None if weight.grad is None else weight.grad.detach().cpu().clone(),
        )
        for name, weight in model.named_parameters()
    }


def histograms(
    weights: Mapping[str, tuple[torch.Tensor, torch.Tensor | None]],
) -> list[dict[str, Any]]:
    """Return how each weight and its gradient are distributed.

    Returns:
        For each weight its ``name``, and under ``weight`` and (where there is one) ``gradient``: ``counts``,
        int64 of shape (bins,), ``low`` and ``high``, the ends of the bins, and ``others``, how many are no
        finite number.
    """
    return [
        {
            "name": name,
            "weight": _histogram(weight),
            **({} if gradient is None else {"gradient": _histogram(gradient)}),
        }
        for name, (weight, gradient) in weights.items()
    ]


def _histogram(tensor: torch.Tensor) -> dict[str, Any]:
    values = tensor.float().numpy().ravel()
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    counts, edges = np.histogram(finite, BINS, (low, high))
    return {
        "counts": counts.astype(np.int64),
        "low": float(edges[0]),
        "high": float(edges[-1]),
        "others": len(values) - len(finite),
    }
