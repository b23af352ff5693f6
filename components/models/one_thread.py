"""Small work runs fastest on one thread. Loaded at first use: torch takes a second to import."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["LARGE_WORK", "threads_for"]

LARGE_WORK = 1 << 28
"""Multiplications in one step from which on several threads are worth their keep."""

_changing = threading.Lock()


@contextmanager
def threads_for(work: int) -> Iterator[None]:
    """Within this context PyTorch uses one thread for small work, and as many as ever for large.

    Other threads keep their number.

    Args:
        work: multiplications in one step.
    """
    own = torch.get_num_threads()
    if work >= LARGE_WORK or own == 1:
        yield
        return
    with _changing:
        torch.set_num_threads(1)
        # torch counts for each thread apart, but what one sets is also where threads yet to come
        # begin: a thread that ends at once sets that back.
        elsewhere = threading.Thread(target=torch.set_num_threads, args=(own,))
        elsewhere.start()
        elsewhere.join()
    try:
        yield
    finally:
        with _changing:
            torch.set_num_threads(own)
