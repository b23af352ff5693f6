"""Letting go of pages that people have closed."""

from __future__ import annotations

from weakref import WeakSet

from panel.io.server import Server
from tornado.ioloop import PeriodicCallback

from .memory import MemoryReturn

__all__ = ["CHECK_MS", "CLOSED_MS", "NEVER_CONNECTED_MS", "ClosedPages"]

CHECK_MS = 250
"""How often pages are looked at."""
CLOSED_MS = 5_000
"""How long a page whose connection ended is kept: longer than a network's hiccup or a proxy's restart."""
NEVER_CONNECTED_MS = 60_000
"""How long a page that has not connected yet is kept: on a slow network it is still loading its parts."""


class ClosedPages:
    """Marks pages that were connected and are no more, so that the server's next round discards them.

    The server itself knows one lifetime only, for pages still loading and for pages closed alike.

    Args:
        server: whose pages.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connected: WeakSet[object] = WeakSet()
        self._memory = MemoryReturn()
        self._open = 0
        self._rounds = PeriodicCallback(self.look, CHECK_MS)

    def start(self) -> None:
        """Look at the pages from now on."""
        self._rounds.start()

    def look(self) -> None:
        """Look at every page once."""
        sessions = self._server.get_sessions()
        if len(sessions) < self._open:
            self._memory.want()
        self._open = len(sessions)
        self._memory.look()
        for session in sessions:
            if session.connection_count > 0:
                self._connected.add(session)
            elif session in self._connected and session.milliseconds_since_last_unsubscribe > CLOSED_MS:
                session.request_expiration()
