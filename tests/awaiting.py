"""Waiting for what a stream says."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

from imlkit.streams import Stream

__all__ = ["awaited"]


def awaited(stream: Stream[Any], holds: Callable[[Any], Any], seconds: float = 20.0) -> Any:
    """Return the first value, the latest included, for which something holds."""
    seen: queue.Queue[Any] = queue.Queue()
    subscription = stream.subscribe(seen.put)
    try:
        while not holds(value := seen.get(timeout=seconds)):
            pass
    except queue.Empty:
        raise AssertionError(f"it did not become so: {stream}") from None
    finally:
        subscription.dispose()
    return value
