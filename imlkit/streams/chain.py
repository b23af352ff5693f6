"""The fluent chain: reactivex's operators, with imlkit's own after any of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable

from .report import report

if TYPE_CHECKING:
    from .compute import Computed, Policy
    from .stream import Stream

__all__ = ["Chain"]

T = TypeVar("T")
R = TypeVar("R")

_NO_SEED: Any = object()


class Chain(Observable[T]):
    """An observable whose operators survive errors and may be followed by imlkit's own.

    ``map``, ``filter``, ``scan``, ``do_action``, ``compute`` and ``subscribe`` drop the event
    whose handling raised, report the error to the session's ``errors`` stream, and handle the
    next event: this is the one departure from Rx, where an error ends the sequence. Every other
    fluent method, and ``.pipe``, is reactivex's.
    """

    _origin: Stream[Any] | None = None

    def _attach(
        self, observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        """Connect an observer that never raises."""
        raise NotImplementedError

    def subscribe(
        self,
        on_next: abc.ObserverBase[T] | Callable[[T], Any] | None = None,
        on_error: abc.OnError | None = None,
        on_completed: abc.OnCompleted | None = None,
        *,
        scheduler: abc.SchedulerBase | None = None,
    ) -> abc.DisposableBase:
        """Call ``on_next`` (or an observer) at every event, from now until disposed.

        The subscription ends with the session in which it was made. An exception raised by
        ``on_next`` is reported; the next event is delivered all the same.
        """
        from ..session import Session

        if on_next is not None and hasattr(on_next, "on_next"):
            observer = cast("abc.ObserverBase[T]", on_next)
            subscriber = Subscriber(observer.on_next, observer.on_error, observer.on_completed, self._origin)
        else:
            subscriber = Subscriber(on_next, on_error, on_completed, self._origin)
        Session.current().track(subscriber)
        subscriber.upstream = self._attach(subscriber, scheduler)
        return subscriber

    def pipe(self, *operators: Callable[[Any], Any]) -> Any:
        """Compose reactivex operators; the result is again a chain."""
        result: Any = self
        for operator in operators:
            result = operator(result)
        if isinstance(result, Observable) and not isinstance(result, Chain):
            return Lifted(result, self._origin)
        return result

    def map(self, mapper: Callable[[T], R]) -> Chain[R]:
        """Emit what ``mapper`` makes of each event."""
        return Derived(self, lambda down: Mapping(down, mapper, self._origin))

    def filter(self, predicate: Callable[[T], Any]) -> Chain[T]:
        """Emit the events for which ``predicate`` is true."""
        return Derived(self, lambda down: Filtering(down, predicate, self._origin))

    def scan(self, accumulator: Callable[[Any, T], R], seed: Any = _NO_SEED) -> Chain[R]:
        """Emit ``accumulator(result so far, event)``; without a seed the first event is the first result."""
        return Derived(self, lambda down: Scanning(down, accumulator, seed, self._origin))

    def do_action(
        self,
        on_next: Callable[[T], Any] | None = None,
        on_error: abc.OnError | None = None,
        on_completed: abc.OnCompleted | None = None,
    ) -> Chain[T]:
        """Call ``on_next`` with each event and pass it on; an event whose action raised is dropped."""
        return Derived(self, lambda down: Acting(down, on_next, on_error, on_completed, self._origin))

    def snapshot(self, *others: Observable[Any]) -> Chain[Any]:
        """At each event, emit the latest value of ``others``: one value, or a tuple for several.

        Nothing is emitted while one of them has no value yet.
        """
        if not others:
            raise TypeError("snapshot() needs at least one stream whose latest value to take")
        from .snapshot import Snapshot

        return Snapshot(self, others)

    def compute(
        self,
        fn: Callable[[T], Any],
        policy: Policy = "queue",
        *,
        scheduler: abc.SchedulerBase | None = None,
    ) -> Computed[Any]:
        """Run ``fn`` on each event off the page's thread; results come in order, on the page.

        Args:
            fn: a function, or a coroutine function, of one event.
            policy: ``"queue"`` handles every event; ``"latest"`` keeps only the newest waiting
                event (each run that began is delivered); ``"drop"`` ignores events while busy.
            scheduler: where to run ``fn``; None runs it on a thread of its own. Tests give a
                virtual-time scheduler.

        Returns:
            A hot stream of the results, with ``busy``, a stream of its own. It begins at once,
            whether or not anyone subscribes.
        """
        from .compute import Computed

        return Computed(self, fn, policy, scheduler)

    if TYPE_CHECKING:  # reactivex types these as Observable; through `pipe` they are chains

        def merge(self, *sources: Observable[Any], max_concurrent: int | None = None) -> Chain[Any]: ...
        def with_latest_from(self, *sources: Observable[Any]) -> Chain[Any]: ...
        def combine_latest(self, *sources: Observable[Any]) -> Chain[Any]: ...
        def start_with(self, *values: Any) -> Chain[Any]: ...
        def pairwise(self) -> Chain[Any]: ...
        def take(self, count: int) -> Chain[T]: ...
        def skip(self, count: int) -> Chain[T]: ...


class Subscriber(abc.ObserverBase[Any], Disposable):
    """The end of a chain: calls the handlers, reports what they raise, and lives on."""

    def __init__(
        self,
        on_next: Callable[[Any], Any] | None,
        on_error: Callable[[Exception], Any] | None,
        on_completed: Callable[[], Any] | None,
        origin: Stream[Any] | None,
    ) -> None:
        self._on_next = on_next
        self._on_error = on_error
        self._on_completed = on_completed
        self._origin = origin
        self._live = True
        self._upstream: abc.DisposableBase | None = None

    @property
    def upstream(self) -> abc.DisposableBase | None:
        return self._upstream

    @upstream.setter
    def upstream(self, subscription: abc.DisposableBase) -> None:
        self._upstream = subscription
        if not self._live:
            self.dispose()

    def on_next(self, value: Any) -> None:
        if self._live and self._on_next is not None:
            try:
                self._on_next(value)
            except Exception as error:
                report(error, self._origin)

    def on_error(self, error: Exception) -> None:
        if self._live:
            handler = self._on_error
            self.dispose()
            try:
                if handler is None:
                    report(error, self._origin)
                else:
                    handler(error)
            except Exception as raised:
                report(raised, self._origin)

    def on_completed(self) -> None:
        if self._live:
            handler = self._on_completed
            self.dispose()
            try:
                if handler is not None:
                    handler()
            except Exception as error:
                report(error, self._origin)

    def dispose(self) -> None:
        self._live = False
        upstream, self._upstream = self._upstream, None
        self._on_next = self._on_error = self._on_completed = None
        if upstream is not None:
            upstream.dispose()


class Lifted(Chain[T]):
    """The result of reactivex's operators, as a chain."""

    def __init__(self, inner: Observable[T], origin: Stream[Any] | None) -> None:
        super().__init__()
        self._inner = inner
        self._origin = origin

    def _attach(
        self, observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        return self._inner.subscribe(observer, scheduler=scheduler)


class Derived(Chain[T]):
    """A chain that hands each event of its source to a stage."""

    def __init__(self, source: Chain[Any], stage: Callable[[abc.ObserverBase[Any]], Stage]) -> None:
        super().__init__()
        self._source = source
        self._stage = stage
        self._origin = source._origin

    def _attach(
        self, observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        return self._source._attach(self._stage(observer), scheduler)


class Stage(abc.ObserverBase[Any]):
    """One fluent operator between a source and what is downstream."""

    __slots__ = ("_down", "_fn", "_origin")

    def __init__(
        self, down: abc.ObserverBase[Any], fn: Callable[..., Any], origin: Stream[Any] | None
    ) -> None:
        self._down = down
        self._fn = fn
        self._origin = origin

    def on_next(self, value: Any) -> None:
        raise NotImplementedError

    def on_error(self, error: Exception) -> None:
        self._down.on_error(error)

    def on_completed(self) -> None:
        self._down.on_completed()


class Mapping(Stage):
    __slots__ = ()

    def on_next(self, value: Any) -> None:
        try:
            result = self._fn(value)
        except Exception as error:
            report(error, self._origin)
        else:
            self._down.on_next(result)


class Filtering(Stage):
    __slots__ = ()

    def on_next(self, value: Any) -> None:
        try:
            passes = self._fn(value)
        except Exception as error:
            report(error, self._origin)
        else:
            if passes:
                self._down.on_next(value)


class Scanning(Stage):
    __slots__ = ("_result",)

    def __init__(
        self, down: abc.ObserverBase[Any], fn: Callable[..., Any], seed: Any, origin: Stream[Any] | None
    ) -> None:
        super().__init__(down, fn, origin)
        self._result = seed

    def on_next(self, value: Any) -> None:
        try:
            result = value if self._result is _NO_SEED else self._fn(self._result, value)
        except Exception as error:
            report(error, self._origin)
        else:
            self._result = result
            self._down.on_next(result)


class Acting(Stage):
    __slots__ = ("_act_on_completed", "_act_on_error")

    def __init__(
        self,
        down: abc.ObserverBase[Any],
        on_next: Callable[[Any], Any] | None,
        on_error: Callable[[Exception], Any] | None,
        on_completed: Callable[[], Any] | None,
        origin: Stream[Any] | None,
    ) -> None:
        super().__init__(down, on_next or (lambda _: None), origin)
        self._act_on_error = on_error
        self._act_on_completed = on_completed

    def on_next(self, value: Any) -> None:
        try:
            self._fn(value)
        except Exception as error:
            report(error, self._origin)
        else:
            self._down.on_next(value)

    def on_error(self, error: Exception) -> None:
        try:
            if self._act_on_error is not None:
                self._act_on_error(error)
        except Exception as raised:
            report(raised, self._origin)
        self._down.on_error(error)

    def on_completed(self) -> None:
        try:
            if self._act_on_completed is not None:
                self._act_on_completed()
        except Exception as error:
            report(error, self._origin)
        self._down.on_completed()


def together(*subscriptions: abc.DisposableBase) -> abc.DisposableBase:
    """Return one subscription that disposes several."""
    return CompositeDisposable(*subscriptions)
