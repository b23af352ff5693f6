"""Who has logged in to the pages of this process."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from ...errors import ImlkitError, LoginRequiredError
from ...store_login import StoreLogin
from .accounts import Account, Accounts

__all__ = ["Logins"]

log = logging.getLogger("imlkit")

T = TypeVar("T")

_LOOK: Final = 1.0
"""Seconds between two looks for tokens that want to be renewed."""
_SHARE: Final = 0.5
"""Share of a token's time after which another one is asked for."""
_UNUSED: Final = 60.0
"""Seconds for which a login that no page uses is remembered: its token brings it back."""
_PAUSE: Final = 20.0
"""Seconds until a renewal that failed is tried again."""
_LONGEST: Final = 2_000

_asking: Final = ThreadPoolExecutor(8, thread_name_prefix="imlkit login")
_logging_in: Final = ThreadPoolExecutor(4, thread_name_prefix="imlkit password")
"""Threads of their own: however many passwords are tried, those who are known need not wait for that."""


class Logins:
    """Keeps a login for every browser that has one, and its token fresh while any page is open.

    Args:
        accounts: the store's server.
        again: the address of the page where one logs in.
        out: the address of the page where one logs out.
    """

    def __init__(self, accounts: Accounts, again: str, out: str) -> None:
        self._accounts = accounts
        self._again = again
        self._out = out
        self._by_token: dict[str, StoreLogin] = {}
        self._used: dict[StoreLogin, float] = {}
        self._renew_at: dict[StoreLogin, float] = {}
        self._adopting: dict[str, asyncio.Task[StoreLogin | None]] = {}

    @property
    def address(self) -> str:
        """The address of the store's server."""
        return self._accounts.address

    def held(self, token: str) -> StoreLogin | None:
        """Return the login to which a token belongs or did belong, as far as it is remembered here."""
        return self._by_token.get(_key(token))

    async def of(self, token: str, sure: bool) -> StoreLogin | None:
        """Return the login of a token that a browser sent; None where it holds no more.

        Args:
            token: the token.
            sure: whether to ask the server even about one that is remembered.

        Raises:
            StoreUnavailableError: the server does not answer.
        """
        if not token or len(token) > _LONGEST or not token.isascii() or not token.isprintable():
            return None
        login = self.held(token)
        if login is None:
            # Several requests of one page come at once: one of them asks.
            task = self._adopting.get(token)
            if task is None:
                task = self._adopting[token] = asyncio.create_task(self._adopted(token))
                task.add_done_callback(lambda _: self._adopting.pop(token, None))
            return await asyncio.shield(task)
        self._used[login] = time.monotonic()
        if sure and login.state == "open":
            now = login.token
            try:
                await _aside(lambda: self._accounts.known(now))
            except LoginRequiredError:
                login.refused(now)
        return login if login.state == "open" else None

    async def _adopted(self, token: str) -> StoreLogin | None:
        try:
            account = await _aside(lambda: self._either(token))
        except LoginRequiredError:
            return None
        return self._held_by(account, token)

    def _either(self, token: str) -> Account:
        try:
            return self._accounts.renewed(token)
        except LoginRequiredError:
            # Some hold for a while yet, and cannot be renewed any more.
            return self._accounts.known(token)

    async def log_in(self, name: str, password: str, client: str, before: str) -> StoreLogin:
        """Log somebody in.

        Args:
            name: of the user.
            password: theirs.
            client: the address that it came from.
            before: the token that the browser had, whose pages go on if they are the same user's.

        Raises:
            LoginRequiredError: the name or the password is wrong.
            TooManyTriesError: it failed too often.
            StoreUnavailableError: the server does not answer.
        """
        account = await _aside(lambda: self._accounts.log_in(name, password, client), _logging_in)
        held = self.held(before)
        if held is not None and held.state != "left":
            if held.name == account.name:
                held.take(account.token, account.until)
                self._remember(held, account.token)
                return held
            held.leave()
        return self._held_by(account, account.token)

    def log_out(self, token: str) -> None:
        """Forget a login, and close what its pages have open."""
        login = self.held(token)
        if login is not None:
            login.leave()

    def _held_by(self, account: Account, token: str) -> StoreLogin:
        login = StoreLogin(
            self.address, account.name, account.role, account.token, account.until, self._again, self._out
        )
        self._by_token[_key(token)] = login
        self._remember(login, account.token)
        return login

    def _remember(self, login: StoreLogin, token: str) -> None:
        self._by_token[_key(token)] = login
        self._used[login] = time.monotonic()
        left = login.until - time.time() if login.until is not None else None
        self._renew_at[login] = time.monotonic() + _SHARE * left if left is not None else float("inf")

    async def keep(self) -> None:
        """Renew tokens and forget logins nobody uses, until it is cancelled."""
        while True:
            await asyncio.sleep(_LOOK)
            try:
                for login in list(self._used):
                    await self._look_after(login)
                self._forget()
            except Exception:
                log.exception("while looking after logins")

    async def _look_after(self, login: StoreLogin) -> None:
        if login.state != "open" or not login.in_use:
            return
        token = login.token
        if login.until is not None and time.time() >= login.until:
            login.refused(token)
        elif time.monotonic() >= self._renew_at[login]:
            self._renew_at[login] = time.monotonic() + _PAUSE
            try:
                account = await _aside(lambda: self._accounts.renewed(token))
            except LoginRequiredError:
                try:
                    await _aside(lambda: self._accounts.known(token))
                except LoginRequiredError:
                    login.refused(token)
                except ImlkitError:
                    return
            except ImlkitError as error:
                log.debug("a login could not be renewed: %s", error)
            else:
                if login.token == token:
                    login.take(account.token, account.until)
                    self._remember(login, account.token)

    def _forget(self) -> None:
        now = time.monotonic()
        gone = {login for login, used in self._used.items() if not login.in_use and now - used > _UNUSED}
        if gone:
            self._by_token = {key: login for key, login in self._by_token.items() if login not in gone}
            for login in gone:
                del self._used[login]
                self._renew_at.pop(login, None)


def _key(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def _aside(ask: Callable[[], T], threads: ThreadPoolExecutor = _asking) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, ask)
