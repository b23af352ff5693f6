"""The writes of a store elsewhere: done at once, or kept on disk until the server is back."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

from imlkit.errors import (
    ImlkitError,
    LoginRequiredError,
    StoreError,
    StoreFullError,
    StoreUnavailableError,
    TooManyTriesError,
)
from imlkit.session import Session
from imlkit.streams import Stream

from .connection import Connection, request_body
from .queue_file import QueueFile, Waiting
from .refused_write import RefusedWrite, refused_write

__all__ = ["WriteQueue"]

log = logging.getLogger("imlkit")

_TRIES: Final = 4
"""How often a write is tried before it is queued: within a second, where nobody listens."""
_PAUSE: Final = 0.2
_LONGEST: Final = 5.0
"""Seconds between two tries to send what waits, at first and at most."""
_SETTLING: Final = 10.0
"""Seconds that a reader waits at most for what was written before to be sent."""
_AT_ONCE: Final = 100
_NOTED: Final = 0.25
"""How many writes are sent, and for how many seconds, before it is noted on disk that they are."""
_HOLDING: Final = 1.0
"""Seconds that a writer waits at most for what is being sent before."""
_PATIENCE: Final = 1.7
"""Seconds between two tries, each twice the one before, after which a reader gives up."""
_CLOSING: Final = 2.0
"""Seconds that closing waits for what can be sent at once."""
_LOOK: Final = 0.02
_STAYS: Final = (StoreUnavailableError, StoreFullError, LoginRequiredError, TooManyTriesError)
"""What the server answers to a write that it may well take later."""


class WriteQueue:
    """Does writes in their order: none is lost, and none done twice.

    Args:
        connection: the way to the server.
        file: where writes wait.

    Attributes:
        pending: how many wait.
    """

    def __init__(self, connection: Connection, file: QueueFile) -> None:
        self._connection = connection
        self._file = file
        # Pages come and go, a store stays: its streams belong to no page's session.
        self._session = Session()
        self._told = file.count()
        with self._session.entered():
            self.pending: Stream[int] = Stream(self._told, name="pending")
        self._stale = False
        self._telling = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._rounds = threading.Condition()
        self._begun = self._ended = 0
        self._problem: Exception | None = None
        self._thread: threading.Thread | None = None
        # What another process left is this one's to send, and comes before all it writes.
        self._last = self._file.last()
        if self._last:
            self._start()

    def write(self, operation: str, parts: dict[str, Any], ids: Sequence[str], own: bool = False) -> Any:
        """Do a write, or keep it until it can be done.

        Args:
            operation: what to ask the server for.
            parts: what to send.
            ids: of the documents that are written.
            own: whether nobody else can have made the ids.

        Returns:
            The server's answer; None if the write waits.

        Raises:
            ImlkitError: what the server says.
            StoreFullError: the write has to wait, and there is no space for that.
        """
        self._connection.check_open()
        body = request_body(parts)
        write = Waiting(0, operation, parts["collection"], tuple(ids), own, body, time.time())
        # What is written later comes later; who writes faster than is sent waits a little.
        if self._behind and not (self._problem is None and self._caught_up(time.monotonic() + _HOLDING)):
            self._add(write)
            return None
        try:
            return self._connection.say(operation, body, own=own, tries=_TRIES)
        except StoreUnavailableError as error:
            self._connection.check_open()
            self._add(write)
            self._note(error)
            return None

    @property
    def _behind(self) -> bool:
        """Whether anything waits of what this store wrote, or found waiting."""
        return bool(self._last) and self._file.waits(self._last)

    def _add(self, write: Waiting) -> None:
        self._last = max(self._last, self._file.add(write))
        if not self._told:
            self._wake.set()
        self._tell()
        self._start()

    def _start(self) -> None:
        with self._rounds:
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._send, name="imlkit writes", daemon=True)
                self._thread.start()

    def settle(self) -> bool:
        """Wait until what was written before is sent; return whether it is.

        Raises:
            StoreUnavailableError: the server does not answer, however patiently it is asked.
        """
        end = time.monotonic() + _SETTLING
        pause = _PAUSE / 2
        while not self._caught_up(end):
            problem = self._problem
            if not isinstance(problem, StoreUnavailableError):
                return False
            if pause > _PATIENCE:
                raise StoreUnavailableError(str(problem))
            if self._stopped.wait(pause):
                return False
            pause *= 2
        return True

    def _caught_up(self, end: float) -> bool:
        """Wait until what this store wrote is sent, for as long as the sending goes well."""
        while self._behind:
            # Who is told of the sending itself cannot wait for it.
            if threading.current_thread() is self._thread or not self._passed(end):
                return False
            if self._problem is not None:
                return not self._behind
            # Another process may be sending: its rounds are not known here.
            self._stopped.wait(_LOOK)
        return True

    def _passed(self, end: float) -> bool:
        """Wait for a round of sending that begins from now on; return whether there was one."""
        with self._rounds:
            wanted = self._begun + 1
            self._wake.set()
            self._rounds.wait_for(
                lambda: self._ended >= wanted or self._stopped.is_set(), max(0.0, end - time.monotonic())
            )
            return self._ended >= wanted

    def _send(self) -> None:
        pause = _PAUSE
        self._tell()
        while not self._stopped.is_set():
            # What others leave is looked for too, as a process may be killed with its writes waiting.
            self._wake.wait(pause if self._told else _LONGEST)
            self._wake.clear()
            with self._rounds:
                self._begun += 1
            sent = self._round()
            pause = _PAUSE if sent or self._problem is None else min(2 * pause, _LONGEST)
            self._tell()
            with self._rounds:
                self._ended = self._begun
                self._rounds.notify_all()

    def _round(self) -> bool:
        """Send what waits; return whether any of it was sent."""
        sent = 0
        try:
            with self._file.sending() as ours:
                while ours and not self._stopped.is_set() and (some := self._send_some(not sent)):
                    sent += some
                    self._problem = None
                    self._tell()
            if sent:
                self._file.tidy()
                log.info("%d writes that waited for %s were sent", sent, self._connection.url)
            self._problem = None
        except Exception as error:
            self._note(error)
        return sent > 0

    def _send_some(self, again: bool) -> int:
        """Send the next writes; return how many there were.

        Args:
            again: whether the server may have them: who sent before may have died before it noted that.
        """
        end = time.monotonic() + _NOTED
        last = sent = 0
        try:
            while sent < _AT_ONCE and time.monotonic() < end and not self._stopped.is_set():
                write = self._file.next(last)
                if write is None:
                    break
                self._send_one(write, again)
                last = write.number
                sent += 1
        finally:
            if last:
                self._file.done(last)
        return sent

    def _send_one(self, write: Waiting, again: bool) -> None:
        try:
            self._connection.say(write.operation, write.body, own=write.own, again=again, tries=1)
        except _STAYS:
            raise
        except ImlkitError as error:
            kind = type(error).__name__
            self._file.refuse(write.number, kind, str(error))
            log.warning(
                "%s refused to %s %r of %r, which had waited for it (%s: %s): it is kept, see the store's "
                "refused",
                self._connection.url,
                write.operation,
                write.ids[0] if len(write.ids) == 1 else f"{len(write.ids)} documents",
                write.collection,
                kind,
                error,
            )

    def _note(self, error: Exception) -> None:
        # Once is enough: a server that is away would fill the log.
        told = type(self._problem) is type(error)
        self._problem = error
        if self._stopped.is_set():
            return
        level = logging.DEBUG if told else logging.WARNING
        if isinstance(error, LoginRequiredError):
            log.log(
                level,
                "writes wait until somebody logs in again, with “imlkit store login %s” (%s)",
                self._connection.url,
                error,
            )
        else:
            unexpected = None if isinstance(error, StoreError) else error
            log.log(level, "writes wait in %s: %s", self._file.path, error, exc_info=unexpected)

    def _tell(self) -> None:
        # As in the news of changes: one thread tells for all, and looks again before it stops.
        self._stale = True
        while self._stale and self._telling.acquire(False):
            try:
                while self._stale:
                    self._stale = False
                    count = self._count()
                    if count != self._told:
                        self._told = count
                        self.pending.set(count)
            finally:
                self._telling.release()

    def _count(self) -> int:
        try:
            return self._file.count()
        except StoreError as error:
            self._note(error)
            return self._told

    def refused(self) -> list[RefusedWrite]:
        """Return the writes that the server refused, the oldest first."""
        return [refused_write(*each) for each in self._file.refused()]

    def forget_refused(self, writes: Sequence[RefusedWrite]) -> None:
        """Forget writes that the server refused."""
        self._file.forget_refused([write.number for write in writes])

    def close(self) -> None:
        """Send what can be sent at once; the rest stays on disk."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._passed(time.monotonic() + _CLOSING)
        self._stopped.set()
        self._wake.set()
        with self._rounds:
            self._rounds.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_LONGEST)
        left = self._count()
        if left:
            log.warning(
                "%d writes for %s wait in %s: they are sent when its store is opened again",
                left,
                self._connection.url,
                self._file.path,
            )
        self._file.close()
        self.pending.dispose()
        self._session.dispose()
