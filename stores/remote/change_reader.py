"""The changes of a store elsewhere, followed from the last one seen."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any, Final

import requests

from imlkit.errors import StoreError
from imlkit.store import Change

from ..news import News
from .connection import Connection

__all__ = ["ChangeReader"]

log = logging.getLogger("imlkit")

_SILENCE: Final = 40.0
"""Seconds without a word from the server after which a connection is taken for lost."""
_FIRST: Final = 10.0
"""Seconds to wait for the first word, while somebody subscribes."""
_PAUSE: Final = 0.2
_LONGEST: Final = 5.0
"""Seconds between two tries to connect again, at first and at most."""


class ChangeReader:
    """Follows a server's changes while somebody reads the news, through every lost connection.

    Args:
        connection: the way to the server.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.news = News(self._subscribed)
        self._starting = threading.Lock()
        self._stopped = threading.Event()
        self._here = threading.Event()
        self._thread: threading.Thread | None = None
        self._answer: requests.Response | None = None
        self._last: int | None = None

    def _subscribed(self) -> None:
        with self._starting:
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._follow, name="imlkit changes", daemon=True)
                self._thread.start()
        # Who subscribes and writes then is told of that write: the server has to know of it first.
        if threading.current_thread() is not self._thread:
            self._here.wait(_FIRST)

    def _follow(self) -> None:
        pause, failed = _PAUSE, False
        while not self._stopped.is_set():
            try:
                for event, number, said in self._events():
                    pause, failed = _PAUSE, False
                    self._take(event, number, said)
            except (StoreError, requests.RequestException, ValueError, OSError, AttributeError) as error:
                if self._stopped.is_set():
                    return
                # Once is enough: a server that is away would fill the log.
                log.log(logging.DEBUG if failed else logging.WARNING, "following changes: %s", error)
                failed = True
            self._here.set()
            self._stopped.wait(pause)
            pause = min(2 * pause, _LONGEST)

    def _events(self) -> Iterator[tuple[str, int, Any]]:
        after = {} if self._last is None else {"after": self._last}
        with self._connection.following("/v1/changes", after, _SILENCE) as answer:
            self._answer = answer
            event, number = "", 0
            for line in answer.iter_lines(chunk_size=1):
                name, _, value = line.decode("utf-8").partition(": ")
                if name == "id":
                    number = int(value)
                elif name == "event":
                    event = value
                elif name == "data":
                    yield event, number, json.loads(value)

    def _take(self, event: str, number: int, said: Any) -> None:
        self._last = number
        if event == "change":
            if said["kind"] == "reset" and not said["collection"]:
                for change in self.news.resets():
                    self.news.announce(change)
            else:
                self.news.announce(Change(said["kind"], said["collection"], tuple(said["ids"])))
            self.news.deliver()
        self._here.set()

    def close(self) -> None:
        """Let go of the readers and of the server."""
        self._stopped.set()
        self._here.set()
        answer = self._answer
        if answer is not None:
            _shut(answer)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5)
        self.news.close()


def _shut(answer: requests.Response) -> None:
    # Closing alone would wait for what the server says next.
    import contextlib
    import socket

    with contextlib.suppress(OSError, AttributeError):
        connection: Any = answer.raw._connection
        connection.sock.shutdown(socket.SHUT_RDWR)
