"""What a classifier knows after a training."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from .model_card import ModelCard
from .model_file import Arrays

__all__ = ["Fitted"]


class Fitted(ABC):
    """The result of one training. What it learned never changes: any number of threads may predict with it.

    Attributes:
        card: what is known of it.
        version: its number where it is kept, once it is.
    """

    card: ModelCard
    version: int | None = None

    @abstractmethod
    def judge(self, x: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the class to name for each instance, and the confidence in every class.

        Args:
            x: features of shape (n, ``card.features``).

        Returns:
            Positions in ``card.labels``, of shape (n,), each of a class with the highest
            confidence; and confidences of shape (n, classes), each row adding up to 1.
        """

    @abstractmethod
    def arrays(self) -> Arrays:
        """Return all that was learned, to be kept in a file."""
