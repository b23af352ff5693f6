"""One of the matrices that stand side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .metrics import Confusion

__all__ = ["Matrix", "Shares"]

Shares = Literal["counts", "by true class", "by predicted class"]
"""What the numbers say."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """What is shown of one batch prediction.

    Attributes:
        title: the batch prediction's.
        confusion: the counts.
        note: what to know of them; empty for nothing.
    """

    title: str
    confusion: Confusion
    note: str = ""
