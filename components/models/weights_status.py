"""Where the weights of a pretrained network stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FOR_SCRIPTS = '; or pass weights="path/to/file.pth"; or use HogFeatures instead, which needs no weights.'
"""What else can be done where one writes the script."""

__all__ = ["FOR_SCRIPTS", "WeightsStatus"]


@dataclass(frozen=True, slots=True)
class WeightsStatus:
    """Where the weights of a pretrained network stand.

    Attributes:
        state: ``idle`` (nobody has needed them), ``absent`` (not on this machine yet),
            ``downloading``, ``loading``, ``ready``, ``cancelled`` or ``error``.
        done: bytes downloaded so far.
        total: bytes in all; 0 while unknown.
        message: what to tell the person; empty for nothing.
    """

    state: Literal["idle", "absent", "downloading", "loading", "ready", "cancelled", "error"] = "idle"
    done: int = 0
    total: int = 0
    message: str = ""

    @property
    def share(self) -> float:
        """How much is downloaded, from 0 to 1; 0 while unknown."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def running(self) -> bool:
        """Whether something is being downloaded or loaded."""
        return self.state in ("downloading", "loading")
