"""Sampling other streams at the moment of an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable

from .chain import Chain
from .stream import UNSET, Stream

__all__ = ["Snapshot"]


class Snapshot(Chain[Any]):
    """At each event of a source, the latest of each of several others."""

    def __init__(self, source: Chain[Any], others: Sequence[Observable[Any]]) -> None:
        super().__init__()
        self._source = source
        self._others = others
        self._origin = source._origin

    def _attach(
        self, observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        subscriptions = CompositeDisposable()
        cells: list[Stream[Any]] = []
        for other in self._others:
            if isinstance(other, Stream):
                cells.append(other)
            else:
                cell: Stream[Any] = Stream()
                cells.append(cell)
                subscriptions.add(other.subscribe(cell))
        sampler = Sampling(observer, cells)
        subscriptions.add(self._source._attach(sampler, scheduler))
        return subscriptions


class Sampling(abc.ObserverBase[Any]):
    def __init__(self, down: abc.ObserverBase[Any], cells: list[Stream[Any]]) -> None:
        self._down = down
        self._cells = cells

    def on_next(self, value: Any) -> None:
        latest = tuple(cell.value for cell in self._cells)
        if all(value is not UNSET for value in latest):
            self._down.on_next(latest[0] if len(latest) == 1 else latest)

    def on_error(self, error: Exception) -> None:
        self._down.on_error(error)

    def on_completed(self) -> None:
        self._down.on_completed()
