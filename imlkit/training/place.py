"""How far a training has come."""

from __future__ import annotations

import math
import time
from typing import Any

__all__ = ["Place"]


class Place:
    """Where a run is. One thread moves it, any may look.

    Attributes:
        began: when it began, by ``time.monotonic``.
        step: the last step that was logged.
        epoch: the last epoch that was logged; not-a-number before the first.
    """

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.step = 0
        self.epoch = math.nan

    @property
    def seconds(self) -> float:
        """The seconds since it began."""
        return time.monotonic() - self.began

    def parts(self) -> dict[str, Any]:
        """Return step and epoch as documents have them."""
        return {"step": self.step, "epoch": None if math.isnan(self.epoch) else self.epoch}

    def words(self) -> str:
        """Return how people call it."""
        return f"step {self.step}" if math.isnan(self.epoch) else f"epoch {self.epoch:g}"
