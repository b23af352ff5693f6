"""What a training tells its callbacks of the instances it is at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["watching"]


def watching(tell: Callable[..., Any], ids: Sequence[str]) -> Callable[..., Any]:
    """Return what a training loop calls at each of its steps.

    Args:
        tell: called with the name of the step and what it tells; ``rows`` become ``instances``.
        ids: of the instances, by row.
    """

    def watch(step: str, **about: Any) -> None:
        if "rows" in about:
            about["instances"] = [ids[row] for row in about.pop("rows").tolist()]
        tell(step, **about)

    return watch
