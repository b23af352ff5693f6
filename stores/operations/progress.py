"""How far work on a store has come."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Report", "silent"]

Report = Callable[[str, int, int], object]
"""Called with what is being done, such as ``"assets: copying bytes"``, how much is done, and of how much."""


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""
