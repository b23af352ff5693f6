"""Work that must not hold up the page: run elsewhere, delivered in order."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, TypeVar, get_args

from reactivex import abc
from reactivex.scheduler import EventLoopScheduler

from .chain import Chain
from .report import report
from .stream import Stream

__all__ = ["Computed", "Policy"]

T = TypeVar("T")

Policy = Literal["queue", "latest", "drop"]


class Computed(Stream[T]):
    """The results of a function run on each event of a source, off the page's thread.

    Made by :meth:`Chain.compute`. Runs never overlap; an event whose run raised is dropped and
    reported.

    Attributes:
        busy: whether a run is under way or waiting.
    """

    def __init__(
        self,
        source: Chain[Any],
        fn: Callable[[Any], Any],
        policy: Policy = "queue",
        scheduler: abc.SchedulerBase | None = None,
    ) -> None:
        if policy not in get_args(Policy):
            raise ValueError(f"policy {policy!r} is unknown: use 'queue', 'latest' or 'drop'")
        super().__init__(name=getattr(fn, "__name__", "compute"))
        self.busy: Stream[bool] = Stream(False, name="busy")
        # An error belongs to the stream whose event was being handled, not to its result.
        self._cause = source._origin
        self._fn = fn
        self._coroutine = inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(
            getattr(fn, "__call__", None)  # noqa: B004
        )
        self._policy = policy
        self._scheduler = scheduler if scheduler is not None else EventLoopScheduler(exit_if_empty=True)
        self._pending: deque[Any] = deque()
        self._running = False
        self._turn = threading.Lock()
        self._subscription = source.subscribe(self._accept)

    def dispose(self) -> None:
        """Take no more events, forget the waiting ones, and let go of every subscriber."""
        self._subscription.dispose()
        with self._turn:
            self._pending.clear()
        super().dispose()
        self.busy.dispose()

    def _accept(self, value: Any) -> None:
        with self._turn:
            if self._running and self._policy == "drop":
                return
            if self._policy == "latest":
                self._pending.clear()
            self._pending.append(value)
            if self._running:
                return
            self._running = True
        self.busy.set(True)
        self._scheduler.schedule(self._work)

    def _work(self, _scheduler: abc.SchedulerBase, _state: Any = None) -> None:
        with self.session.entered():
            while True:
                with self._turn:
                    if not self._pending:
                        self._running = False
                        break
                    value = self._pending.popleft()
                try:
                    result = asyncio.run(self._fn(value)) if self._coroutine else self._fn(value)
                except Exception as error:
                    self.session.on_page(partial(report, error, self._cause))
                else:
                    self.session.on_page(partial(self._deliver, result))
        self.session.on_page(lambda: self.busy.set(self._running))

    def _deliver(self, result: T) -> None:
        if not self._disposed:
            self.set(result)
