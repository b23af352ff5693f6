"""Each request gets an id, is counted, and is told of in the log."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable
from typing import Final

from .asgi import App, Message, Receive, Scope, Send
from .metrics import Metrics
from .request_log import log_request

__all__ = ["REQUEST_ID", "Watching"]

REQUEST_ID: Final = "X-Request-Id"
_NAME: Final = REQUEST_ID.lower().encode()
_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_UNKNOWN: Final = "(none)"
"""The route of a path that leads nowhere: what people try is not to fill the log of numbers."""
_GONE: Final = 499
"""The status of a request whose sender had gone before anything was answered."""
_STREAMS: Final = frozenset({"/v1/changes"})
_AT_THEIR_PACE: Final = frozenset({"/v1/changes", "/v1/assets/{id}", "/v1/uploads/{id}"})
"""What takes as long as the other end does."""


class Watching:
    """Looks at requests on their way, and changes nothing but a header.

    Args:
        app: what answers.
        metrics: where requests are counted.
    """

    def __init__(self, app: App, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        id = _given(scope["headers"]) or secrets.token_hex(8).encode("ascii")
        state = scope.setdefault("state", {})
        state["request_id"] = id.decode("ascii")
        status = _GONE

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (_NAME, id)]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception:
            if status == _GONE:
                status = 500
            raise
        finally:
            seconds = time.perf_counter() - start
            route = getattr(scope.get("route"), "path", _UNKNOWN)
            self._metrics.answered(scope["method"], route, status, None if route in _STREAMS else seconds)
            log_request(scope, route, status, seconds, route not in _AT_THEIR_PACE)


def _given(headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    # A proxy may have given the request an id already, under which its own log tells of it.
    return next((value for name, value in headers if name == _NAME and _ID.fullmatch(value)), None)
