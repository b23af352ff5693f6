"""News of changes: one stream a collection, fed in the order in which the changes were committed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from reactivex import abc
from reactivex.disposable import CompositeDisposable, Disposable

from imlkit.session import Session
from imlkit.store import Change
from imlkit.streams import UNSET, Stream, Unset

__all__ = ["ChangeStream", "News"]


class ChangeStream(Stream[Change]):
    """The changes of one collection.

    A change is an event, not a state: who subscribes later reads the documents, and is not told
    of the last change again.

    Attributes:
        readers: how many have subscribed.
    """

    def __init__(self, subscribed: Callable[[], object]) -> None:
        self.readers = 0
        self._counting = threading.Lock()
        self._subscribed = subscribed
        super().__init__(name="changes")

    @property
    def _value(self) -> Change | Unset:
        return UNSET

    @_value.setter
    def _value(self, value: Change | Unset) -> None:
        pass

    def _attach(
        self, observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        with self._counting:
            self.readers += 1
        attached = super()._attach(observer, scheduler)
        self._subscribed()
        return CompositeDisposable(attached, Disposable(self._leave))

    def _leave(self) -> None:
        with self._counting:
            self.readers -= 1


class News:
    """Tells the readers of a store's collections what changed.

    A writer announces its change before it lets the next one write, and delivers afterwards, when
    it holds no lock: readers may then write in turn, and still all see one order.

    Args:
        subscribed: called whenever a reader has subscribed.
    """

    def __init__(self, subscribed: Callable[[], object] = lambda: None) -> None:
        # Pages come and go, a store stays: its streams belong to no page's session.
        self._session = Session()
        self._subscribed = subscribed
        self._streams: dict[str, ChangeStream] = {}
        self._waiting: deque[Change] = deque()
        self._listening: list[Callable[[], object]] = []
        self._making = threading.Lock()
        self._delivering = threading.Lock()

    def stream(self, collection: str) -> ChangeStream:
        """Return the stream of a collection; the same every time."""
        with self._making:
            if collection not in self._streams:
                with self._session.entered():
                    self._streams[collection] = ChangeStream(self._subscribed)
            return self._streams[collection]

    @property
    def read(self) -> bool:
        """Whether anyone has subscribed to any collection."""
        return bool(self._listening) or any(stream.readers for stream in list(self._streams.values()))

    def listen(self, act: Callable[[], object]) -> Callable[[], None]:
        """Call a function after every delivery, on any thread; return what ends that."""
        with self._making:
            self._listening.append(act)
        self._subscribed()

        def leave() -> None:
            with self._making:
                if act in self._listening:
                    self._listening.remove(act)

        return leave

    def announce(self, change: Change) -> None:
        """Put a change into the queue. Called in the order of the commits."""
        self._waiting.append(change)

    def resets(self) -> list[Change]:
        """Return what tells the readers of every collection to look again at everything."""
        return [Change("reset", name) for name in list(self._streams)]

    def deliver(self) -> None:
        """Hand the queue to the readers, unless another thread is doing so already."""
        waiting = self._waiting
        if waiting:
            for act in list(self._listening):
                act()
        while waiting and self._delivering.acquire(False):
            try:
                while waiting:
                    change = waiting.popleft()
                    stream = self._streams.get(change.collection)
                    if stream is not None:
                        stream.set(change)
            finally:
                self._delivering.release()

    def close(self) -> None:
        """Let go of every reader."""
        for stream in list(self._streams.values()):
            stream.dispose()
        self._session.dispose()
