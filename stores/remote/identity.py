"""Who a client of a server is: a token, had anew before it ends."""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime
from typing import Any, Final

import requests
from requests.auth import AuthBase

from imlkit.store_login import StoreLogin

from .logins import Login, Logins

__all__ = ["Identity", "login_of"]

TOKEN_VARIABLE: Final = "IMLKIT_STORE_TOKEN"
_EARLY: Final = 0.5
"""Share of a token's time after which another one is asked for."""


class Identity(AuthBase):
    """The token that requests to a server carry.

    Args:
        url: the server's address.
        token: a token or the login of a page's person, which somebody else looks after; None takes the
            token of the environment variable ``IMLKIT_STORE_TOKEN``, if it is not empty, else the login that
            is kept on this machine.
    """

    def __init__(self, url: str, token: str | StoreLogin | None = None) -> None:
        self._url = url
        self._given = token if token is not None else os.environ.get(TOKEN_VARIABLE) or None
        self._logins = Logins()
        self._login = None if self._given is not None else self._logins.get(url)
        self._renew_at = _middle(self._login)
        self._renewing = threading.Lock()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Let a request carry the token."""
        given = self._given.token if isinstance(self._given, StoreLogin) else self._given
        token = given if given is not None else self._login and self._login.token
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        return request

    @property
    def advice(self) -> str:
        """What to do where the server refuses whom this says: empty where the server's own words serve."""
        if isinstance(self._given, str) and self._given == os.environ.get(TOKEN_VARIABLE):
            return (
                f"the server refuses the token in the environment variable {TOKEN_VARIABLE}: put another one "
                f"there, or remove the variable and log in with “imlkit store login {self._url}”"
            )
        if isinstance(self._given, StoreLogin):
            return ""
        return (
            f"the server at {self._url} wants to know who asks: log in with “imlkit store login {self._url}”"
        )

    @property
    def user(self) -> str | None:
        """The name of the login, empty without one; None for a token, which only the server can read."""
        if isinstance(self._given, StoreLogin):
            return self._given.name
        if self._given:
            return None
        return self._login.name if self._login is not None else ""

    @property
    def wants_renewal(self) -> bool:
        """Whether it is time for another token; true for one who asks, and then no more for a while."""
        if self._login is None or time.time() < self._renew_at:
            return False
        with self._renewing:
            if time.time() < self._renew_at:
                return False
            self._renew_at = time.time() + 60
            return True

    def renewed(self, said: Any) -> None:
        """Take what the server gave."""
        self._login = login_of(said)
        self._renew_at = _middle(self._login)
        self._logins.keep(self._url, self._login)

    def read_again(self, answer: requests.Response) -> bool:
        """Look whether there is another login than the one refused by now; return whether there is."""
        if isinstance(self._given, StoreLogin):
            sent = str(answer.request.headers.get("Authorization", ""))
            return self._given.refused(sent.removeprefix("Bearer "))
        if self._given is not None:
            return False
        before, found = self._login, self._logins.get(self._url)
        if before is not None and found is not None and found.name != before.name:
            # What this program has open, and what waits to be sent, is another person's.
            return False
        self._login = found
        self._renew_at = _middle(found)
        return found is not None and found != before


def login_of(said: Any) -> Login:
    """Return the login that a server gave."""
    return Login(said["name"], said["token"], datetime.fromisoformat(said["until"]).timestamp())


def _middle(login: Login | None) -> float:
    return time.time() + _EARLY * max(0.0, login.until - time.time()) if login is not None else 0.0
