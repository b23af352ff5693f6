"""What a view tells the person in its own place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Notice"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that stays until it is read, or another takes its place.

    Attributes:
        text: what to tell; empty for nothing.
        kind: whether something was done (``"info"``) or went wrong (``"error"``).
    """

    text: str = ""
    kind: Literal["info", "error"] = "info"
