"""Small work runs fastest on one thread."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

__all__ = ["LARGE_WORK", "threads_for"]

LARGE_WORK = 1 << 25
"""Multiplications in one step from which on several threads are worth their keep."""


def threads_for(work: int) -> AbstractContextManager[Any]:
    """Return a context in which PyTorch uses one thread for small work, and all for large.

    OpenMP counts its threads for each calling thread apart, so this changes nothing for others;
    ``torch.set_num_threads`` would, as it is also the default of threads that are yet to come.

    Args:
        work: multiplications in one step.
    """
    if work >= LARGE_WORK:
        return nullcontext()
    limits: AbstractContextManager[Any] = _openmp().limit(limits=1)
    return limits


@cache
def _openmp() -> Any:
    import torch
    from threadpoolctl import ThreadpoolController

    # The first question settles torch's own count for this process, before a limit is set.
    torch.get_num_threads()
    return ThreadpoolController().select(user_api="openmp")
