"""A store's server that runs until it is told to stop."""

from __future__ import annotations

import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

from imlkit.errors import CommandError

__all__ = ["StoreServer"]

_LETTING_GO = 10
"""Seconds that requests on their way have to end when the server stops."""
_WAITING = 2_048
"""Connections that may wait to be taken."""
_UNREAD = 120
"""Seconds after which a connection is ended whose other end takes nothing of what it is sent."""


class StoreServer(uvicorn.Server):
    """Serves an app of a store; when it is told to stop, it lets those go who follow changes.

    Args:
        app: from :func:`~imlkit.stores.server.app.store_app`.
        host: the address to listen at.
        port: its port; 0 for any that is free.
    """

    def __init__(self, app: FastAPI, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_LETTING_GO,
            )
        )
        self._app = app
        self.socket = _bound(host, port)

    @property
    def url(self) -> str:
        """Where the server is."""
        host, port = self.socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until :meth:`stop` is called or a signal comes."""
        super().run(sockets or [self.socket])

    def handle_exit(self, sig: int, frame: Any) -> None:
        self._app.state.hub.close()
        super().handle_exit(sig, frame)

    def stop(self) -> None:
        """Let everyone go, and end."""
        self._app.state.hub.close()
        self.should_exit = True


def _bound(host: str, port: int) -> socket.socket:
    family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    # Named as TCP, its connections send small answers at once: else each waits 40 ms for the next one.
    bound = socket.socket(family, kind, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD * 1_000)
    try:
        bound.bind(where)
        # Who is told the address may ask at once: requests wait until the app is ready.
        bound.listen(_WAITING)
    except OSError as error:
        bound.close()
        raise CommandError(
            f"port {port} of {host!r} cannot be had ({error.strerror}): give another"
        ) from error
    bound.set_inheritable(True)
    return bound
