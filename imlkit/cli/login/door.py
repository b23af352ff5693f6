"""Who may come in to the pages of a server, and to which of its processes they come again."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from http.cookies import CookieError
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from bokeh.server.auth_provider import AuthProvider
from bokeh.server.util import check_allowlist
from bokeh.util.token import get_session_id
from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler
from tornado.websocket import WebSocketHandler

from ...errors import StoreUnavailableError
from ...store_login import StoreLogin
from .logins import Logins
from .pages import LoginPage, LogoutPage, show_away
from .request_login import login_of, note_login

__all__ = ["LOGIN", "LOGOUT", "STICKY", "Door"]

LOGIN: Final = "/login"
LOGOUT: Final = "/logout"
STICKY: Final = "imlkit_process"
"""The cookie by which a proxy finds the process again that has a person's pages."""


class Door(AuthProvider):
    """Asks who comes, where pages want a login, and marks which process answers, where there are several.

    Args:
        logins: who has logged in; None lets everybody in.
        process: the number of this process; None where it is the only one.
    """

    def __init__(self, logins: Logins | None, process: int | None = None) -> None:
        self.logins = logins
        self._process = process
        if logins is not None:
            # Programs on one machine share their browsers' cookies: those for another store are kept apart.
            self.cookie = f"imlkit_login_{hashlib.sha256(logins.address.encode()).hexdigest()[:12]}"
        super().__init__()

    @property
    def get_user_async(self) -> Callable[[Any], Awaitable[Any]]:
        """What finds who asks."""
        return self._come_in

    @property
    def login_url(self) -> str:
        """The address of the login page."""
        return LOGIN

    @property
    def logout_url(self) -> str | None:
        """The address of the page where one logs out."""
        return LOGOUT if self.logins is not None else None

    @property
    def login_handler(self) -> type[RequestHandler] | None:
        """The login page."""
        return LoginPage if self.logins is not None else None

    @property
    def logout_handler(self) -> type[RequestHandler] | None:
        """The page where one logs out."""
        return LogoutPage if self.logins is not None else None

    def token(self, handler: RequestHandler) -> str:
        """Return the token that came with a request; empty without one."""
        try:
            return handler.get_cookie(self.cookie) or ""
        except (CookieError, ValueError):
            return ""

    def keep(self, handler: RequestHandler, login: StoreLogin) -> None:
        """Let a browser keep its login."""
        handler.set_cookie(self.cookie, login.token, **_attributes(handler))

    def forget(self, handler: RequestHandler) -> None:
        """Let a browser forget its login."""
        handler.clear_cookie(self.cookie, **_attributes(handler))

    async def _come_in(self, handler: Any) -> Any:
        if self._process is not None and handler.get_cookie(STICKY) != str(self._process):
            handler.set_cookie(STICKY, str(self._process), **_attributes(handler))
        if self.logins is None:
            return "everybody"
        connecting = isinstance(handler, WebSocketHandler)
        token = self.token(handler)
        try:
            login = await self.logins.of(token, sure=not connecting)
        except StoreUnavailableError as error:
            if not connecting:
                show_away(handler, error)
            return None
        if login is None or not _from_here(handler) or _wants_anothers(handler, login):
            if not connecting:
                self._send_away(handler, known=login is not None)
            return None
        if not connecting and token != login.token:
            self.keep(handler, login)
        note_login(handler.request, login)
        return login.name

    def _send_away(self, handler: RequestHandler, known: bool) -> None:
        path = handler.request.path
        if known or path.endswith(("/autoload.js", "/metadata")):
            handler.set_status(403 if known else 401)
            handler.finish()
        else:
            handler.redirect(f"{LOGIN}?{urlencode({'next': handler.request.uri or '/'})}")


def _from_here(handler: Any) -> bool:
    # Bokeh would let pages from elsewhere fetch with this browser's cookies.
    origin = handler.request.headers.get("Origin")
    return origin is None or check_allowlist(
        urlsplit(origin).netloc.lower(), handler.application.websocket_origins
    )


def _wants_anothers(handler: Any, login: StoreLogin) -> bool:
    """Return whether a request names a page that somebody else has opened."""
    context = getattr(handler, "application_context", None)
    if context is None:
        return False
    for name in _named(handler.request):
        session = context._sessions.get(name)
        if session is not None:
            owner = login_of(getattr(session.document.session_context, "request", None))
            if owner is None or owner.name != login.name:
                return True
    return False


def _named(request: HTTPServerRequest) -> list[str]:
    """Return the pages that a request names, which are known by secret numbers."""
    _, _, protocol = request.headers.get("Sec-WebSocket-Protocol", "").partition(",")
    given = [value.decode("utf-8", "replace") for value in request.arguments.get("bokeh-token", [])]
    names = [value.decode("utf-8", "replace") for value in request.arguments.get("bokeh-session-id", [])]
    names.append(request.headers.get("Bokeh-Session-Id", ""))
    for token in (protocol.strip(), *given):
        try:
            names.append(get_session_id(token))
        except Exception:
            # Whatever is no token names no page.
            continue
    return [name.strip() for name in names if name]


def _attributes(handler: RequestHandler) -> dict[str, Any]:
    forwarded = handler.request.headers.get("X-Forwarded-Proto", "")
    secure = handler.request.protocol == "https" or forwarded.split(",")[0].strip() == "https"
    return {"httponly": True, "samesite": "Lax", "secure": secure, "path": "/"}
