"""One server for the stores of many tests, each behind a path of its own as behind a proxy."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from imlkit.stores.server.app import store_app
from imlkit.stores.shared_log import SharedStore

__all__ = ["SharedServer", "shared_server"]


class SharedServer:
    """Serves stores that come and go, for less than it costs to start a server for each."""

    def __init__(self) -> None:
        self._apps: dict[str, FastAPI] = {}
        self._names = map(str, itertools.count())
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._answer, port=0, log_config=None, access_log=False, lifespan="off", interface="asgi3"
            )
        )
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        end = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self._url = f"http://127.0.0.1:{port}"

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A proxy takes away what is its own of a path.
        _, name, rest = scope["path"].split("/", 2)
        raw = scope["raw_path"][len(name) + 1 :]
        await self._apps[name]({**scope, "path": f"/{rest}", "raw_path": raw}, receive, send)

    @contextlib.contextmanager
    def serving(self, store: SharedStore, uploads: Path) -> Iterator[str]:
        """Serve a store; gives the address. The store is closed at the end."""
        app, name = store_app(store, uploads), next(self._names)
        loop = self._server.servers[0].get_loop()
        lifespan = app.router.lifespan_context(app)
        with contextlib.closing(store):
            asyncio.run_coroutine_threadsafe(lifespan.__aenter__(), loop).result(10)
            self._apps[name] = app
            try:
                yield f"{self._url}/{name}"
            finally:
                app.state.hub.close()
                asyncio.run_coroutine_threadsafe(lifespan.__aexit__(None, None, None), loop).result(10)
                del self._apps[name]

    def close(self) -> None:
        """Stop it."""
        self._server.should_exit = True
        self._thread.join()


@contextlib.contextmanager
def shared_server() -> Iterator[SharedServer]:
    """Start a server for many stores, and stop it at the end."""
    server = SharedServer()
    try:
        yield server
    finally:
        server.close()
