"""Who may come in: tokens are looked at, and what comes of them is a store as its user may use it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Annotated, Final

from anyio.to_thread import run_sync
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from imlkit.errors import LoginRequiredError

from ...shared_log import SharedStore
from .audit import AuditLog
from .guarded_store import GuardedStore
from .rules import Rules
from .tokens import Tokens
from .users import User, Users
from .visitor import Visitor

__all__ = ["Access", "Accounts", "GivenToken", "Opened"]

_REMEMBERED: Final = 1.0
"""Seconds for which what is known of a user is not asked for again."""
_USERS: Final = 10_000

_bearer: Final = HTTPBearer(auto_error=False, description="What /v1/login gives.")


@dataclass(frozen=True)
class Accounts:
    """Who may use a server.

    Attributes:
        users: the users.
        tokens: by which they are known again.
        rules: what their roles may do.
    """

    users: Users
    tokens: Tokens
    rules: Rules = field(default_factory=Rules)


class Access:
    """Gives each request the store as its user may use it.

    Args:
        store: the store.
        accounts: who may use it; None where everybody may do everything.
        audit: the log of writes.
    """

    def __init__(self, store: SharedStore, accounts: Accounts | None, audit: AuditLog) -> None:
        self._store = store
        self.accounts = accounts
        self.audit = audit
        self._known: dict[str, tuple[float, User | None]] = {}
        self._open = Visitor(None, "admin", "", audit)

    async def store(self, address: str, given: str | None) -> GuardedStore:
        """Return the store for whoever asks.

        Args:
            address: from where.
            given: the token that came along.

        Raises:
            LoginRequiredError: nobody is known by the request's token.
        """
        if self.accounts is None:
            return GuardedStore(self._store, None, Visitor(None, "admin", address, self.audit))
        user = await self.user(given) if given is not None else None
        if user is None:
            raise LoginRequiredError(
                "this server wants to know who asks: log in, with “imlkit store login” and its address"
                if given is None
                else "the login holds no more: log in again, with “imlkit store login” and its address"
            )
        return GuardedStore(
            self._store, self.accounts.rules, Visitor(user.name, user.role, address, self.audit)
        )

    async def user(self, token: str) -> User | None:
        """Return the user of a token, if it holds."""
        assert self.accounts is not None
        holder = self.accounts.tokens.read(token)
        if holder is None:
            return None
        user = self._remembered(holder.name)
        if user is None:
            user = await run_sync(self.accounts.users.get, holder.name)
            self._remember(holder.name, user)
        return user if user is not None and user.generation == holder.generation else None

    def _remembered(self, name: str) -> User | None:
        at, user = self._known.get(name, (0.0, None))
        return user if time.monotonic() - at < _REMEMBERED else None

    def _remember(self, name: str, user: User | None) -> None:
        if len(self._known) >= _USERS:
            self._known.clear()
        self._known[name] = time.monotonic(), user


async def _opened(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None
) -> GuardedStore:
    access: Access = request.app.state.access
    address = request.client.host if request.client else ""
    opened = await access.store(address, given.credentials if given is not None else None)
    # For the log of requests.
    request.state.user = opened.visitor.name
    return opened


async def _given(
    given: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None,
) -> str:
    return given.credentials if given is not None else ""


Opened = Annotated[GuardedStore, Depends(_opened)]
"""The store as whoever sent a request may use it."""
GivenToken = Annotated[str, Depends(_given)]
"""The token that came with a request; empty where none did."""
