"""A trained network of one's own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from imlkit.errors import ModelFileError

from .feature_rows import feature_rows
from .fitted import Fitted
from .model_card import ModelCard
from .model_file import Arrays

if TYPE_CHECKING:
    from .torch_network import Asked

__all__ = ["TorchFitted"]


class TorchFitted(Fitted):
    """A trained network and what is known of it.

    Args:
        card: what is known of it.
        asked: the network.

    Raises:
        ModelFileError: the card does not fit itself.
    """

    def __init__(self, card: ModelCard, asked: Asked) -> None:
        if card.shape and card.features != math.prod(card.shape):
            raise ModelFileError("The model file is damaged: its shape cannot be read. Train anew.")
        self.card = card
        self.asked = asked
        self.lists = len(card.shape) == 1

    def judge(self, x: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the likeliest classes, and the softmax of the network's outputs."""
        outputs = self.outputs(x)
        exponents = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        confidences = exponents / exponents.sum(axis=1, keepdims=True)
        return confidences.argmax(axis=1), confidences

    def outputs(self, xs: Any) -> NDArray[np.float64]:
        """Return what the network gives for each instance, of shape (n, outputs). Raises DataError."""
        if self.lists:
            xs = feature_rows(xs, self.card.features)
        return self.asked.outputs(xs)

    def arrays(self) -> Arrays:
        """Return the network's weights and buffers."""
        from .torch_network import state_arrays

        return state_arrays(self.asked.network)
