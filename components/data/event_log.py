"""What happened, with times, kept in a store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from panel.viewable import Viewable
from reactivex import Observable
from reactivex.disposable import SerialDisposable
from reactivex.scheduler import EventLoopScheduler

from imlkit.component import Component
from imlkit.errors import DataError, DuplicateIdError
from imlkit.plain_text import PlainText
from imlkit.store import Document, Query, Store
from imlkit.streams import Stream
from imlkit.streams.report import report

__all__ = ["EVENTS", "EventLog"]

EVENTS = "events/"
"""What the collections of event logs are called: this, then the log's name."""

_OWN = ("id", "time", "kind")


class EventLog(Component):
    """Events in the order in which they happened, each a document ``{id, time, kind, …}``.

    Recording holds up nobody: a thread of the log's own writes to the store. Logs of one name in
    one store are the same log, whichever page or process writes to it.

    Streams: ``recorded`` (each event as it was recorded here).

    Args:
        name: any text.
        store: where to keep the events.
        about: fields that every event gets, such as whose it is.
        title: what the person reads above the view; the name if left out.
        clock: tells the time in UTC; for tests.

    Raises:
        DataError: the name is empty, or ``about`` has a field that events have already.

    Example:
        >>> from imlkit import data_store
        >>> log = EventLog("study", data_store("memory:"), about={"participant": "K7"})
        >>> log.record("capture", label="cat")
        >>> [(event["participant"], event["kind"], event["label"]) for event in log.find()]
        [('K7', 'capture', 'cat')]
    """

    def __init__(
        self,
        name: str,
        store: Store,
        about: Mapping[str, Any] | None = None,
        title: str = "",
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not name.strip():
            raise DataError(f"An event log cannot be called {name!r}: give it a name.")
        super().__init__(title or name)
        self.store = store
        self.recorded: Stream[Document] = Stream()
        self._about = _own_fields(about or {})
        self._clock = clock
        self._collection = store.collection(EVENTS + name)
        self._writing = EventLoopScheduler(exit_if_empty=True)
        self._ended = False

    def record(self, kind: str, *, once: str | None = None, **details: Any) -> None:
        """Keep an event; return at once.

        Args:
            kind: what happened, such as ``"capture"``.
            once: an id; of several events of one id only the first is kept.
            details: further fields of the event.

        Raises:
            DataError: a detail has the name of a field that events have already.
        """
        if self._ended:
            return
        event = {"time": self._clock(), "kind": kind, **self._about, **_own_fields(details)}
        if once is not None:
            event["id"] = once
        self._writing.schedule(lambda *_: self._keep(event))
        self.recorded.set(event)

    def observe(
        self,
        kind: str,
        stream: Observable[Any],
        details: Callable[[Any], Mapping[str, Any]] = lambda value: {},
    ) -> SerialDisposable:
        """Keep an event whenever a stream tells something; return what ends that.

        Args:
            kind: what happens then.
            stream: any stream of an app.
            details: returns further fields of the event for what the stream told.
        """
        ending = SerialDisposable()
        ending.disposable = stream.subscribe(lambda value: self.record(kind, **details(value)))
        return ending

    def find(self, query: Query | None = None) -> list[Document]:
        """Return the events that match, in order; those recorded here before are among them."""
        self.flush()
        return self._collection.find(query)

    def flush(self, seconds: float = 10.0) -> bool:
        """Wait until what was recorded is kept; return whether it was within so many seconds."""
        done = threading.Event()
        self._writing.schedule(lambda *_: done.set())
        return done.wait(seconds)

    def view(self) -> Viewable:
        """Return a line that says what was recorded last."""
        text: Viewable = PlainText("Nothing has been recorded here yet.", margin=0)
        self.follow(self.recorded, text, _say)
        return text

    def dispose(self) -> None:
        """Take no more events, and let go of every subscriber; what was recorded is kept."""
        self._ended = True
        super().dispose()

    def _keep(self, event: Document) -> None:
        with self.session.entered():
            try:
                self._collection.create(event)
            except DuplicateIdError:
                return
            except Exception as error:
                self.session.on_page(partial(report, error, self.recorded))


def _own_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    for name in _OWN:
        if name in fields:
            raise DataError(f"an event's detail is called {name!r}, which every event has: name it otherwise")
    return dict(fields)


def _say(text: Any, event: Document) -> None:
    text.object = f"Recorded last: {event['kind']}, at {event['time']:%H:%M:%S} UTC"
