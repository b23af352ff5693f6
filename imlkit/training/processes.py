"""Processes that train one model together, as torchrun starts them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch.optim import Optimizer

__all__ = ["agreed", "is_first", "place_among_processes", "processes_together", "rate_of", "set_rate"]


def is_first() -> bool:
    """Whether this process is the one that logs."""
    if processes_together():
        from torch import distributed

        return int(distributed.get_rank()) == 0
    return os.environ.get("RANK", "0") == "0"


def place_among_processes() -> tuple[int, int]:
    """Return which of the processes that train together this is, from 0 on, and how many there are."""
    if not processes_together():
        return 0, 1
    from torch import distributed

    return int(distributed.get_rank()), int(distributed.get_world_size())


def processes_together() -> bool:
    """Whether several processes train together, and have found one another."""
    # Whoever trains has loaded PyTorch; this alone need not load it.
    distributed: Any = sys.modules.get("torch.distributed")
    if distributed is None or not distributed.is_available() or not distributed.is_initialized():
        return False
    return int(distributed.get_world_size()) > 1


def agreed(values: Sequence[float]) -> list[float]:
    """Return the numbers that the first process gives; every process has to call this."""
    import torch
    from torch import distributed

    # NCCL only knows numbers that lie on the graphics card.
    device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
    tensor = torch.tensor(values, dtype=torch.float64, device=device)
    distributed.broadcast(tensor, src=0)
    return [float(value) for value in tensor.tolist()]


def rate_of(optimizer: Optimizer) -> float:
    """Return the learning rate that an optimizer goes on with."""
    return float(optimizer.param_groups[0]["lr"])


def set_rate(optimizer: Optimizer, rate: float) -> None:
    """Let an optimizer go on with a learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate
