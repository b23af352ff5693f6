"""What an event costs in a stream, against a reactivex Subject."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from reactivex.subject import Subject

from imlkit.streams import Stream

EVENTS = 50_000
RUNS = 7


def rows() -> list[tuple[str, str, float, bool]]:
    """Return (what, bar, measured, met)."""
    ratios = []
    for _ in range(RUNS):
        stream: Stream[int] = Stream()
        subject: Subject[int] = Subject()
        ours = _seconds(stream, stream.set)
        theirs = _seconds(subject, subject.on_next)
        ratios.append(ours / theirs)
    ratio = statistics.median(ratios)
    return [("Stream map, filter, map, subscribe / reactivex Subject", "at most 1.2", ratio, ratio <= 1.2)]


def _seconds(source: Any, push: Callable[[int], None]) -> float:
    seen: list[int] = []
    source.map(lambda n: n + 1).filter(lambda n: n % 2).map(lambda n: n * 2).subscribe(seen.append)
    start = time.perf_counter()
    for n in range(EVENTS):
        push(n)
    elapsed = time.perf_counter() - start
    assert len(seen) == EVENTS // 2
    return elapsed
