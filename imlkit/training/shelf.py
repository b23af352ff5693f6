"""Which checkpoints of a run are kept, and which make room."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .checkpoint import Checkpoint

__all__ = ["Shelf"]


class Shelf:
    """The checkpoints of one run that are kept.

    Attributes:
        count: how many there are.
    """

    def __init__(self) -> None:
        self._ranked: list[tuple[float, Checkpoint]] = []
        self.count = 0

    def put(self, checkpoint: Checkpoint, keep: int | None, by: str | None, most: bool) -> list[Checkpoint]:
        """Add a checkpoint; return those that make room, which it may itself be among.

        Args:
            checkpoint: the new one.
            keep: how many there may be, at least one; None for any number.
            by: the metric by which the best stay; None for the latest.
            most: whether a larger value is better. What is no number is worse than any.
        """
        self.count += 1
        if keep is None:
            return []
        if by is None:
            score = math.inf
        else:
            value = checkpoint.metrics[by]
            score = -math.inf if math.isnan(value) else value if most else -value
        # Of equals the later one is better.
        self._ranked.append((score, checkpoint))
        self._ranked.sort(key=lambda ranked: ranked[0])
        kept = max(1, keep)
        gone = [one for _, one in self._ranked[:-kept]]
        self._ranked = self._ranked[-kept:]
        self.count -= len(gone)
        return gone
