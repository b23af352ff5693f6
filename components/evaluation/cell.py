"""One cell of a confusion matrix."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cell"]


@dataclass(frozen=True, slots=True)
class Cell:
    """The instances of one true class that one model takes for one class.

    Attributes:
        truth: the true class.
        predicted: the predicted one.
        matrix: the number of the matrix, from 0, where several stand side by side.
    """

    truth: str
    predicted: str
    matrix: int = 0
