"""Logging in at a store's server."""

from __future__ import annotations

from .connection import Connection
from .identity import login_of
from .logins import Login

__all__ = ["log_in"]


def log_in(url: str, name: str, password: str) -> Login:
    """Return a login at a server.

    Args:
        url: the server's address.
        name: the user.
        password: theirs; it is sent as it is, so the address of a server elsewhere begins with ``https``.

    Raises:
        LoginRequiredError: the name or the password is wrong.
        TooManyTriesError: it failed too often.
        StoreUnavailableError: no store's server answers there.
    """
    connection = Connection(url, token="")
    try:
        said = connection.send("POST", "/v1/login", json={"name": name, "password": password}).json()
    finally:
        connection.close()
    return login_of(said)
