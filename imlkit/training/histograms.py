"""How weights and gradients are distributed, as documents keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from .words import name_words

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["histograms", "weights_and_gradients"]

BINS: Final = 64


def weights_and_gradients(model: nn.Module) -> dict[str, tuple[torch.Tensor, torch.Tensor | None]]:
    """Return copies of each weight and its gradient, which later training does not change.

    Layers that take their size from what comes first have no weights before that, and are left out.
    """
    from torch.nn.parameter import is_lazy

    return {
        name: (
            weight.detach().cpu().clone(),
            None if weight.grad is None else weight.grad.detach().cpu().clone(),
        )
        for name, weight in model.named_parameters()
        if not is_lazy(weight)
    }


def histograms(
    weights: Mapping[str, tuple[torch.Tensor, torch.Tensor | None]],
) -> dict[str, dict[str, Any]]:
    """Return how weights and their gradients are distributed.

    Two arrays hold all parameters of a model: what is kept beside a document costs a while each.

    Returns:
        ``weights`` and, where there are any, ``gradients``. Each has the ``names`` of its parameters;
        ``counts``, int64 of shape (parameters, bins + 1), whose last column tells how many values are no
        finite number; and ``ranges``, float64 of shape (parameters, 2): where the first bin begins and where
        the last one ends. All bins of a parameter are of one width.
    """
    gradients = {name: gradient for name, (_, gradient) in weights.items() if gradient is not None}
    found = {"weights": _counted({name: weight for name, (weight, _) in weights.items()})}
    return {**found, "gradients": _counted(gradients)} if gradients else found


def _counted(tensors: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    counts = np.zeros((len(tensors), BINS + 1), np.int64)
    ranges = np.zeros((len(tensors), 2))
    for row, tensor in enumerate(tensors.values()):
        values = tensor.to_dense().float().numpy().ravel()
        counts[row], ranges[row] = _histogram(values)
    return {"names": [name_words(name) for name in tensors], "counts": counts, "ranges": ranges}


def _histogram(values: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int64], tuple[float, float]]:
    finite = values[np.isfinite(values)]
    # Between numbers of 32 bits that are neighbours, or far apart, only 64 bits have room for the bins.
    low, high = map(np.float64, (finite.min(), finite.max()) if len(finite) else (0.0, 0.0))
    counts, edges = np.histogram(finite, BINS, (low, high))
    return np.append(counts, len(values) - len(finite)), (float(edges[0]), float(edges[-1]))
