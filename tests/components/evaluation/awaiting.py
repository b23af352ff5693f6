"""Waiting for what a stream says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from imlkit.streams import Stream


def awaited(stream: Stream[Any], holds: Callable[[Any], bool], seconds: float = 10.0) -> Any:
    """Return the first value, the latest included, for which something holds."""
    found: list[Any] = []
    there = threading.Event()

    def look(value: Any) -> None:
        if not found and holds(value):
            found.append(value)
            there.set()

    held = stream.subscribe(look)
    try:
        assert there.wait(seconds), f"it did not become so: {stream.value!r:.500}"
    finally:
        held.dispose()
    return found[0]
