"""Asking a store's server who somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter

from ...errors import LoginRequiredError, StoreUnavailableError
from ...told_errors import told_error

__all__ = ["Account", "Accounts"]

_CONNECTING: Final = 3.0
_ANSWERING: Final = 20.0
"""Seconds to wait for a connection, and then for an answer."""
_CONNECTIONS: Final = 8


@dataclass(frozen=True, slots=True)
class Account:
    """What a server says of somebody.

    Attributes:
        name: the user.
        role: what they may do.
        token: by which the server knows them.
        until: when that ends, in seconds since 1970; None where it did not say.
    """

    name: str
    role: str
    token: str
    until: float | None


class Accounts:
    """The accounts of one server. Every question waits for its answer: ask on a thread.

    Args:
        address: the server's.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._session = requests.Session()
        # A password that stands in a file .netrc for other programs is not sent along.
        self._session.auth = lambda request: request
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=_CONNECTIONS)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def needed(self) -> bool:
        """Return whether the server wants to know who asks."""
        try:
            self._ask("GET", "/v1/self", None)
        except LoginRequiredError:
            return True
        return False

    def log_in(self, name: str, password: str, client: str) -> Account:
        """Return the account of whoever knows its password.

        Args:
            name: of the user.
            password: theirs.
            client: the address that it came from.

        Raises:
            LoginRequiredError: the name or the password is wrong.
            TooManyTriesError: it failed too often.
            StoreUnavailableError: the server does not answer.
        """
        asked = {"name": name, "password": password}
        # A server on this machine counts and logs tries by where they come from, not by this program.
        headers = {"X-Forwarded-For": client} if client else {}
        return _account(self._ask("POST", "/v1/login", None, json=asked, headers=headers))

    def renewed(self, token: str) -> Account:
        """Return an account with another token. Raises LoginRequiredError where there is none."""
        return _account(self._ask("POST", "/v1/renew", token))

    def known(self, token: str) -> Account:
        """Return the account of a token. Raises LoginRequiredError where it holds no more."""
        said = self._ask("GET", "/v1/self", token)
        return Account(str(said["name"]), str(said["role"]), token, None)

    def _ask(self, method: str, path: str, token: str | None, **given: Any) -> dict[str, Any]:
        headers = {**given.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        try:
            with self._session.request(
                method, self.address + path, headers=headers, timeout=(_CONNECTING, _ANSWERING), **given
            ) as answer:
                said: Any = answer.json()
                status = answer.status_code
        except ValueError as error:
            if isinstance(error, requests.JSONDecodeError):
                raise self._strange(answer.status_code) from error
            raise StoreUnavailableError(f"nothing can be asked of {self.address}: {error}") from error
        except requests.RequestException as error:
            raise StoreUnavailableError(
                f"the store at {self.address} does not answer ({type(error).__name__}): check the address, "
                "and that “imlkit store” is running there"
            ) from error
        if not isinstance(said, dict):
            raise self._strange(status)
        if status < 400:
            return said
        raise told_error(said) or self._strange(status)

    def _strange(self, status: int) -> StoreUnavailableError:
        return StoreUnavailableError(
            f"{self.address} answered with status {status} and not as a store's server does: "
            "check the address"
        )


def _account(said: dict[str, Any]) -> Account:
    return Account(
        str(said["name"]),
        str(said["role"]),
        str(said["token"]),
        datetime.fromisoformat(said["until"]).timestamp(),
    )
