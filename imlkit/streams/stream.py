"""A hot stream that holds its latest value."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Final, TypeVar

from reactivex import abc
from reactivex.disposable import Disposable

from .chain import Chain
from .report import report

if TYPE_CHECKING:
    from ..session import Session

__all__ = ["UNSET", "Stream", "Unset"]

T = TypeVar("T")


class Unset:
    """The value of a stream that has none yet. It is false."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


class Stream(Chain[T], abc.ObserverBase[T]):
    """A hot stream of values, and an observer of others.

    Ordered: sets from several threads, and sets made by subscribers, are delivered one after
    another, so that every subscriber sees the same values in the same order. A set made while
    another is being delivered returns at once and is delivered next, on the thread that is
    delivering. Isolated: see :class:`Chain`.

    Args:
        value: the first value; left out, the stream holds none.
        name: what to call it in error reports; a component names its own.
    """

    def __init__(self, value: T | Unset = UNSET, *, name: str = "") -> None:
        from ..session import Session

        super().__init__()
        self._value = value
        self._origin = self
        self._observers: tuple[abc.ObserverBase[Any], ...] = ()
        self._waiting: deque[Any] = deque()
        self._delivering = threading.Lock()
        self._disposed = False
        self.name = name
        self.owner: Any = None
        self.session: Session = Session.current()

    @property
    def value(self) -> Any:
        """The latest value, or ``UNSET``."""
        return self._value

    @property
    def has_value(self) -> bool:
        """Whether a value has been set."""
        return self._value is not UNSET

    @property
    def observed(self) -> bool:
        """Whether anyone has subscribed."""
        return bool(self._observers)

    def set(self, value: T) -> None:
        """Make this the latest value and deliver it to every subscriber, in order."""
        waiting = self._waiting
        waiting.append(value)
        delivering = self._delivering
        # Whoever holds the lock delivers for all. Looking again after the release catches
        # what was appended between the last look and the release.
        while waiting and delivering.acquire(False):
            try:
                while waiting:
                    event = waiting.popleft()
                    if event.__class__ is Joining:
                        event.join(self)
                    else:
                        self._value = event
                        for observer in self._observers:
                            observer.on_next(event)
            finally:
                delivering.release()

    on_next = set

    def on_error(self, error: Exception) -> None:
        """Report the error of an observed sequence; the stream lives on."""
        report(error, self)

    def on_completed(self) -> None:
        """Do nothing: a stream outlives the sequences it observes."""

    def dispose(self) -> None:
        """Let go of every subscriber. Later sets reach nobody; the latest value stays readable."""
        self._disposed = True
        self._observers = ()

    def _attach(
        self, observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        joining = Joining(observer)
        # Joining waits its turn like a value: the newcomer is given the latest value first
        # and every later one after it, whatever other threads set meanwhile.
        self.set(joining)  # type: ignore[arg-type]
        return Disposable(lambda: self._detach(joining))

    def _detach(self, joining: Joining) -> None:
        joining.left = True
        with _membership:
            self._observers = tuple(o for o in self._observers if o is not joining.observer)

    def __repr__(self) -> str:
        where = f"{type(self.owner).__name__}.{self.name}" if self.owner is not None else self.name
        return f"<{type(self).__name__} {where or hex(id(self))} value={self._value!r}>"


_membership = threading.Lock()


class Joining:
    """A subscriber waiting in a stream's queue for its turn to join."""

    __slots__ = ("left", "observer")

    def __init__(self, observer: abc.ObserverBase[Any]) -> None:
        self.observer = observer
        self.left = False

    def join(self, stream: Stream[Any]) -> None:
        with _membership:
            if self.left or stream._disposed:
                return
            stream._observers = (*stream._observers, self.observer)
        if stream._value is not UNSET:
            self.observer.on_next(stream._value)
