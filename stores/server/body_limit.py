"""Bodies that are too large are refused before they are read."""

from __future__ import annotations

from .asgi import App, Message, Receive, Scope, Send
from .problems import problem

__all__ = ["BodyLimit"]


class BodyLimit:
    """Refuses bodies that are too large; uploads have a limit of their own.

    Args:
        app: what answers the others.
        most: bytes that a body has at most.
    """

    def __init__(self, app: App, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["path"].startswith("/v1/uploads/") and scope["method"] == "PUT"):
            await self._app(scope, receive, send)
            return
        length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        left = self._most
        answered = False

        async def refuse() -> None:
            nonlocal answered
            if not answered:
                answered = True
                words = (
                    f"the request has more than the {self._most:,} bytes that this server takes: send less"
                )
                await problem(413, "DataError", words, Connection="close")(scope, receive, send)

        if length.isdigit() and int(length[:20]) > self._most:
            await refuse()
            return

        async def limited() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                await refuse()
                return {"type": "http.disconnect"}
            return message

        async def sent(message: Message) -> None:
            if not answered:
                await send(message)

        await self._app(scope, limited, sent)
