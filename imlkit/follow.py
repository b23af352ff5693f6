"""Keeping a view in agreement with a stream, for as long as somebody holds the view."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

from .session import Session
from .streams import Chain

__all__ = ["follow"]

V = TypeVar("V")
T = TypeVar("T")


def follow(session: Session, stream: Chain[T], view: V, update: Callable[[V, T], Any]) -> None:
    """Call ``update(view, value)`` on the session's page, now and whenever the stream changes.

    While one update waits for the page, newer values replace it. It ends when nothing else holds
    the view, so ``update`` must not: it gets the view as its argument.
    """
    waiting: list[T] = []
    lock = threading.Lock()
    held = weakref.ref(view)

    def show() -> None:
        with lock:
            newest = waiting[-1:]
            waiting.clear()
        if newest and (alive := held()) is not None:
            update(alive, newest[0])

    def changed(value: T) -> None:
        with lock:
            is_first = not waiting
            waiting[:] = [value]
        if is_first or session.here:
            session.draw(show)

    subscription = stream.subscribe(changed)
    # Held weakly: what waits for a view's end must not keep its component until then.
    weakref.finalize(view, _dispose, weakref.ref(subscription))


def _dispose(subscription: weakref.ref[Any]) -> None:
    alive = subscription()
    if alive is not None:
        alive.dispose()
