"""Requests to a store's server: pooled, with patience, tried again where that is safe."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter

from imlkit.errors import (
    DataError,
    ImlkitError,
    LocationError,
    LoginRequiredError,
    StoreError,
    StoreUnavailableError,
)
from imlkit.json_text import json_text
from imlkit.store_login import StoreLogin
from imlkit.told_errors import told_error

from .identity import Identity

__all__ = ["Connection", "address", "request_body"]

_CONNECTIONS: Final = 16
_CONNECTING: Final = 5.0
_ANSWERING: Final = 60.0
"""Seconds to wait for a connection, and then for an answer."""
_TRIES: Final = 6
_PAUSE: Final = 0.1
"""Seconds before the second try; before each further one twice as many."""
_BUSY: Final = (502, 503, 504)
_JSON: Final = {"Content-Type": "application/json"}


class Connection:
    """The way to one server.

    Args:
        url: the server's address.
        token: by which the server knows who asks, or the login of a page's person; None takes the login that
            is kept on this machine.
    """

    def __init__(self, url: str, token: str | StoreLogin | None = None) -> None:
        self.url = url
        self._identity = Identity(url, token)
        self.closed = False
        self.session = requests.Session()
        # A password that stands in a file .netrc for other programs is not sent along.
        self.session.auth = self._identity
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=_CONNECTIONS)
        self.session.mount("http://", adapter)
        self.session.mount("https://", adapter)

    @property
    def user(self) -> str | None:
        """Whose login requests carry, empty for nobody's; None where only the server can tell."""
        return self._identity.user

    def check_open(self) -> None:
        """Raise if the store is closed."""
        if self.closed:
            raise StoreUnavailableError(f"the store at {self.url} is closed: open it again with data_store()")

    def ask(self, operation: str, **parts: Any) -> Any:
        """Send a JSON object, and return the JSON that comes back.

        Every operation may be asked twice without harm: ids are made here.

        Raises:
            StoreUnavailableError: the server does not answer.
            ImlkitError: what the server says.
        """
        return self.say(operation, request_body(parts))

    def say(
        self, operation: str, body: bytes, *, own: bool = False, again: bool = False, tries: int = _TRIES
    ) -> Any:
        """Send JSON that is ready, and return the JSON that comes back.

        Args:
            operation: what to ask for.
            body: the JSON.
            own: whether nobody else can have made the ids in it.
            again: whether it may have been sent before.
            tries: how often to try.
        """
        path, given = f"/v1/{operation}", {"data": body, "headers": _JSON}
        retried = {**given, "params": {"again": "true"}} if own else given
        return self._read(self.send("POST", path, tries, retried, **(retried if again else given)))

    def get(self, path: str, tries: int = _TRIES) -> Any:
        """Return the JSON that is at a path."""
        return self._read(self.send("GET", path, tries))

    def _read(self, answer: requests.Response) -> Any:
        with self._errors():
            return answer.json()

    def send(
        self,
        method: str,
        path: str,
        tries: int = _TRIES,
        retried: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> requests.Response:
        """Send a request, again if need be, and return an answer that is no error.

        Args:
            method: of HTTP.
            path: of the operation.
            tries: how often to try.
            retried: what to give to requests after the first; None for the same.
            given: what to give to requests.
        """
        self.check_open()
        if self._identity.wants_renewal:
            self._renew()
        pause = _PAUSE
        for left in reversed(range(tries)):
            try:
                answer = self._once(method, path, given)
                if answer.status_code == 401 and self._identity.read_again(answer):
                    answer.close()
                    answer = self._once(method, path, given)
                if answer.status_code not in _BUSY or not left:
                    return self._checked(answer)
                answer.close()
            except StoreUnavailableError:
                if not left or self.closed:
                    raise
            time.sleep(pause * random.uniform(0.5, 1.5))
            pause *= 2
            given = given if retried is None else dict(retried)
        raise AssertionError("unreachable")

    def _once(self, method: str, path: str, given: Mapping[str, Any]) -> requests.Response:
        with self._errors():
            return self.session.request(method, self.url + path, timeout=(_CONNECTING, _ANSWERING), **given)

    def _renew(self) -> None:
        # Without another token, the one there is holds for a while yet.
        with contextlib.suppress(StoreError, ValueError, KeyError, TypeError):
            answer = self._once("POST", "/v1/renew", {})
            with answer:
                if answer.status_code < 400:
                    self._identity.renewed(answer.json())

    def _checked(self, answer: requests.Response) -> requests.Response:
        if answer.status_code < 400:
            return answer
        with answer:
            raise self._meant(answer)

    def _meant(self, answer: requests.Response) -> ImlkitError:
        try:
            told = told_error(answer.json())
        except ValueError:
            told = None
        # Who logs in is told what is wrong with that.
        login = str(answer.url).endswith("/v1/login")
        if isinstance(told, LoginRequiredError) and not login and self._identity.advice:
            return LoginRequiredError(self._identity.advice)
        if told is not None:
            return told
        if answer.status_code == 413:
            return DataError(
                f"what stands before {self.url} takes no request as large as this one: send less, or let "
                "it take more"
            )
        return StoreUnavailableError(
            f"{self.url} answered with status {answer.status_code} and not as a store's server does: "
            "check the address"
        )

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except requests.RequestException as error:
            self.check_open()
            reason = type(error).__name__
            raise StoreUnavailableError(
                f"the store at {self.url} does not answer ({reason}): check the address and that "
                "“imlkit store” is running there, and try again"
            ) from None

    def following(self, path: str, parameters: Mapping[str, Any], patience: float) -> requests.Response:
        """Return an answer that goes on for as long as the server has something to say."""
        self.check_open()
        with self._errors():
            answer = self.session.get(
                self.url + path, params=dict(parameters), stream=True, timeout=(_CONNECTING, patience)
            )
        if answer.status_code == 401:
            # The next try carries what there is by then.
            self._identity.read_again(answer)
        return self._checked(answer)

    def close(self) -> None:
        """Let go of all connections."""
        self.closed = True
        self.session.close()


def request_body(parts: Mapping[str, Any]) -> bytes:
    """Return what is sent as JSON."""
    return json_text(parts).encode("utf-8", "surrogatepass")


def address(location: str) -> str:
    """Return the one spelling of a server's address.

    Raises:
        LocationError: it is no address.
    """
    try:
        parts = urlsplit(location)
        port = parts.port
    except ValueError:
        parts, port = urlsplit("http://"), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise LocationError(f"{location!r} is no address of a store's server: write 'http://host:port'")
    if parts.username or parts.password:
        raise LocationError("a password does not belong into a store's address: log in instead")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    at = f"{host}:{port}" if port is not None else host
    return urlunsplit((parts.scheme, at, parts.path.rstrip("/"), "", ""))
