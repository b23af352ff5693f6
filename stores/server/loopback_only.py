"""Only this machine's own names lead to a server that asks nobody who they are."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from .asgi import App, Receive, Scope, Send
from .problems import problem

__all__ = ["LoopbackOnly", "is_loopback"]

_MISDIRECTED: Final = 421


class LoopbackOnly:
    """Refuses requests that were sent to another name than the loopback's.

    A page from elsewhere can have its own name lead to 127.0.0.1, and would then pass, in a browser of this
    machine, for the server itself. The name that it asked for tells.

    Args:
        app: what answers the others.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            hosts = [value for name, value in scope["headers"] if name == b"host"]
            if len(hosts) != 1 or not _leads_here(_name(hosts[0])):
                words = (
                    "this server asks nobody who they are, and answers to 127.0.0.1 and localhost alone: "
                    "ask it under one of these, or start it with --accounts"
                )
                await problem(_MISDIRECTED, "StoreError", words)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def is_loopback(name: str) -> bool:
    """Return whether an address is this machine's own, which no other one reaches."""
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _leads_here(name: str) -> bool:
    name = name.lower().removesuffix(".")
    # Browsers never ask anybody where these names lead.
    return is_loopback(name) or name.endswith(".localhost")


def _name(host: bytes) -> str:
    try:
        return urlsplit(f"//{host.decode('ascii')}").hostname or ""
    except ValueError:
        return ""
