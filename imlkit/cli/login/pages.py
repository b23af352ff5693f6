"""The pages where one logs in and out."""

from __future__ import annotations

import ipaddress
import secrets
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tornado.httputil import parse_body_arguments
from tornado.web import HTTPError, RequestHandler, stream_request_body

from ...errors import DataError, StoreError, StoreUnavailableError, TooManyTriesError

__all__ = ["LoginPage", "LogoutPage", "show_away", "where_to_go"]

_PAGE: Final = str(Path(__file__).with_name("page.html"))
_FORM_BYTES: Final = 32 * 1024
_LONGEST: Final = 4_000


@stream_request_body
class Form(RequestHandler):
    """A page with a form that only its own page can send, and that is small."""

    def prepare(self) -> None:
        """Take no more than a form may hold, and say who may use the page."""
        self._body = bytearray()
        self.request.connection.set_max_body_size(_FORM_BYTES)  # type: ignore[union-attr]

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of the form."""
        self._body += chunk

    def field(self, name: str) -> str:
        """Return what the form says; empty where it says nothing."""
        return self.get_body_argument(name, "", strip=False)

    def read(self) -> None:
        """Read the form. Raises HTTPError if another page sent it."""
        content_type = self.request.headers.get("Content-Type", "")
        if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
            raise HTTPError(415)
        found: dict[str, list[bytes]] = {}
        parse_body_arguments(content_type, bytes(self._body), found, {})
        self.request.body_arguments = found
        self.request.arguments = {**self.request.arguments, **found}
        self.check_xsrf_cookie()

    def show(self, kind: str, status: int = 200, **said: Any) -> None:
        """Answer with a page."""
        self.set_status(status)
        show(self, kind, form=self.xsrf_form_html(), **said)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say that a form could not be used."""
        show(self, "refused", status=status_code)

    @property
    def door(self) -> Any:
        """Who knows who may come in."""
        return self.application.auth_provider  # type: ignore[attr-defined]


@stream_request_body
class LoginPage(Form):
    """Asks for a name and a password."""

    def get(self) -> None:
        """Show the form."""
        held = self.door.logins.held(self.door.token(self))
        self._ask(name=held.name if held is not None else "")

    async def post(self) -> None:
        """Log in, and go where one wanted to go."""
        self.read()
        name, password = self.field("name").strip(), self.field("password")
        if not name or not password or max(len(name), len(password)) > _LONGEST:
            self._ask(name=name[:200], error="Give your name and your password.", status=400)
            return
        token = self.door.token(self)
        held = self.door.logins.held(token)
        try:
            login = await self.door.logins.log_in(name, password, client_address(self.request), token)
        except TooManyTriesError:
            self._ask(name, "Too many logins have failed. Wait a minute, and try again.", 429)
        except StoreUnavailableError:
            self._ask(name, "The store where the accounts are does not answer. Try again in a moment.", 503)
        except (StoreError, DataError):
            self._ask(name, "The name or the password is wrong.", 401)
        else:
            self.door.keep(self, login)
            if self.get_query_argument("again", "") and login is held:
                self.show("back", name=login.name)
            else:
                self.redirect(where_to_go(self.get_query_argument("next", "/")), status=303)

    def _ask(self, name: str, error: str = "", status: int = 200) -> None:
        self.show("login", status, name=name, error=error)


@stream_request_body
class LogoutPage(Form):
    """Logs out: at once where the app's own link leads here, after asking where another page does."""

    def get(self) -> None:
        """Log out, or ask whether to."""
        token = self.door.token(self)
        if not token or self.get_query_argument("left", ""):
            self.show("out")
        elif _is_own_link(self.request.headers, self.request.host):
            self._leave()
        else:
            held = self.door.logins.held(token)
            self.show("leave", name=held.name if held is not None else "")

    def post(self) -> None:
        """Log out."""
        self.read()
        self._leave()

    def _leave(self) -> None:
        self.door.logins.log_out(self.door.token(self))
        self.door.forget(self)
        self.show("out")


def where_to_go(asked: str) -> str:
    """Return an address on this server: the one asked for if it is, else the first page's."""
    try:
        parts = urlsplit(asked)
    except ValueError:
        return "/"
    plain = asked.isascii() and asked.isprintable() and "\\" not in asked and asked[:1] == "/" != asked[1:2]
    elsewhere = parts.scheme or parts.netloc or parts.path in ("/login", "/logout")
    return asked if plain and not elsewhere else "/"


def client_address(request: Any) -> str:
    """Return where a request comes from: what the proxy on this machine says, else the connection's end."""
    address = str(request.remote_ip)
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        if forwarded and ipaddress.ip_address(address).is_loopback:
            return str(ipaddress.ip_address(forwarded))
    except ValueError:
        pass
    return address


def show_away(handler: RequestHandler, error: Exception) -> None:
    """Answer that the store's server is away."""
    handler.set_header("Retry-After", "5")
    show(handler, "away", status=503, error=str(error))


def show(handler: RequestHandler, kind: str, status: int | None = None, **said: Any) -> None:
    """Answer with a page of this folder.

    Args:
        handler: what answers.
        kind: which page.
        status: of the answer; None leaves it.
        said: what stands on it.
    """
    if status is not None:
        handler.set_status(status)
    nonce = secrets.token_urlsafe(16)
    handler.set_header("Cache-Control", "no-store")
    handler.set_header("Referrer-Policy", "same-origin")
    handler.set_header("X-Content-Type-Options", "nosniff")
    handler.set_header("X-Frame-Options", "DENY")
    handler.set_header(
        "Content-Security-Policy",
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    page = {"name": "", "error": "", "form": b"", **said, "kind": kind, "nonce": nonce}
    handler.finish(handler.render_string(_PAGE, **page))


def _is_own_link(headers: Any, host: str) -> bool:
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return bool(site == "same-origin")
    # Over plain HTTP browsers tell the page that they come from alone.
    return bool(urlsplit(headers.get("Referer", "")).netloc == host)
