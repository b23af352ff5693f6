"""Changes for everyone who follows a server: one reader of the log, any number of listeners."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from imlkit.errors import StoreError, StoreUnavailableError
from imlkit.store import Change

from ..shared_log import SharedLog

__all__ = ["ChangeHub", "Event", "event_text"]

log = logging.getLogger("imlkit")

_HELD: Final = 10_000
_HELD_BYTES: Final = 16 << 20
"""Changes that are held for listeners who are behind, and their size; the log has those before."""
_AT_ONCE: Final = 1_000
_IN_ONE_PIECE: Final = 100
"""Changes that a listener is given at once: who does not take them keeps no more than these in memory."""
_RESTING: Final = 15.0
"""Seconds after which a listener is told that there is nothing new."""
_AGAIN: Final = 0.5
"""Seconds after which a log that could not be read is read again."""


@dataclass(frozen=True, slots=True)
class Event:
    """A change on its way to the listeners.

    Attributes:
        number: the change's, in the log.
        change: what happened.
        text: the same as it is sent, written once for all.
    """

    number: int
    change: Change
    text: bytes


def event_text(number: int, change: Change | None) -> bytes:
    """Return a server-sent event: a change, or that nothing is new.

    Args:
        number: of the last change.
        change: None where nothing is new.
    """
    said: dict[str, Any] = {}
    if change is not None:
        said = {"kind": change.kind, "collection": change.collection, "ids": change.ids}
    kind = "here" if change is None else "change"
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(said)}\n\n".encode("ascii")


class ChangeHub:
    """Hands changes on to listeners, each at its own pace: a slow one holds up nobody.

    Args:
        log: the store's log.
        most: how many may listen at once.

    Attributes:
        listeners: how many listen.
    """

    def __init__(self, log: SharedLog, most: int = 500) -> None:
        self._log = log
        self._most = most
        self._held: deque[Event] = deque()
        self._held_bytes = 0
        self.last = log.last()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._closed = False
        self._told = threading.Event()
        self.listeners = 0

    def start(self) -> None:
        """Begin to read the log. Called on the loop of the server."""
        self._loop = asyncio.get_running_loop()
        self._leave = self._log.listen(self._told.set)
        self._told.set()
        self._thread = threading.Thread(target=self._read, name="imlkit hub", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let every listener go."""
        self._closed = True
        self._told.set()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    def stop(self) -> None:
        """Stop reading the log."""
        self.close()
        self._leave()
        self._thread.join(5)

    def _read(self) -> None:
        failed = False
        while not self._closed:
            self._told.wait()
            self._told.clear()
            try:
                while not self._closed and (changes := self._log.since(self.last, _AT_ONCE)) != []:
                    self._hand_on(changes)
                failed = False
            except StoreError as error:
                # Once is enough: a database that is away would fill the log.
                log.log(logging.DEBUG if failed else logging.ERROR, "reading the log of changes: %s", error)
                failed = True
                # Nobody tells a second time of what could not be read.
                self._told.wait(_AGAIN)
                self._told.set()

    def _hand_on(self, changes: list[tuple[int, Change]] | None) -> None:
        loop = self._loop
        assert loop is not None
        # The hub's own place is moved on this thread, before the listeners hear of it on theirs.
        self.last = self._log.last() if changes is None else changes[-1][0]
        events = None if changes is None else _events(changes)
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._take, events)

    def _take(self, events: list[Event] | None) -> None:
        if events is None:
            self._held.clear()
            self._held_bytes = 0
        else:
            self._held.extend(events)
            self._held_bytes += sum(len(event.text) for event in events)
            while len(self._held) > _HELD or self._held_bytes > _HELD_BYTES:
                self._held_bytes -= len(self._held.popleft().text)
        news, self._news = self._news, asyncio.Event()
        news.set()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Count one more who listens, for as long as the block lasts.

        Raises:
            StoreUnavailableError: as many as there may be listen already.
        """
        if self.listeners >= self._most:
            raise StoreUnavailableError(
                f"{self.listeners:,} follow the changes of this server already, which is all it takes: "
                "try again later, or let who runs the server allow more"
            )
        self.listeners += 1
        try:
            yield
        finally:
            self.listeners -= 1

    async def place(self) -> int:
        """Return the number of the last change."""
        # The log's own: this hub may be a moment behind what its reader has already written.
        return await asyncio.to_thread(self._log.last)

    async def events(self, at: int) -> AsyncIterator[tuple[int, Sequence[Event]]]:
        """Give the changes after a number as they come, each time with the number of the last one.

        No changes with the same number as before say that there is nothing new; one of kind "reset"
        in no collection, that changes are lost and everything is to be looked at again.
        """
        yield at, ()
        while not self._closed:
            news = self._news
            found = await self._since(at)
            if found is None:
                at = self.last
                yield at, _events([(at, Change("reset", ""))])
            elif found:
                at = found[-1].number
                yield at, found
            else:
                try:
                    async with asyncio.timeout(_RESTING):
                        await news.wait()
                except TimeoutError:
                    yield at, ()

    async def _since(self, at: int) -> list[Event] | None:
        held = self._held
        # Numbers follow one another without a gap; one that lies ahead, the log knows, or it is of another.
        if held and held[0].number <= at + 1 <= held[-1].number + 1:
            behind = held[-1].number - at
            if behind <= _IN_ONE_PIECE:
                return list(islice(reversed(held), behind))[::-1]
            start = at + 1 - held[0].number
            return list(islice(held, start, start + _IN_ONE_PIECE))
        found = await asyncio.to_thread(self._log.since, at, _IN_ONE_PIECE)
        return None if found is None else _events(found)


def _events(changes: Sequence[tuple[int, Change]]) -> list[Event]:
    return [Event(number, change, event_text(number, change)) for number, change in changes]
