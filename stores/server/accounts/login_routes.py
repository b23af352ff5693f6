"""Logging in, and what one may do oneself about one's account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from imlkit.errors import LoginRequiredError, NotFoundError

from ..problems import PROBLEMS
from .access import Access, GivenToken, Opened
from .tries import Tries
from .users import User

__all__ = ["login_routes"]


class Login(BaseModel):
    """Who one is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(max_length=400)]
    password: Annotated[str, Field(max_length=4_000)]


class NewPassword(BaseModel):
    """Another password."""

    model_config = ConfigDict(extra="forbid", strict=True)

    password: Annotated[str, Field(max_length=4_000, description="The one that holds now.")]
    new: Annotated[str, Field(max_length=4_000)]


class LoggedIn(BaseModel):
    """A token to send with every request, as ``Authorization: Bearer …``."""

    token: str
    name: str
    role: str
    until: Annotated[str, Field(description="When it ends, such as 2030-01-01T00:00:00+00:00.")]


class Self(BaseModel):
    """Who one is."""

    name: str | None
    role: str


def _logged_in(user: User, token: str, until: float) -> LoggedIn:
    ends = datetime.fromtimestamp(until, UTC).isoformat(timespec="seconds")
    return LoggedIn(token=token, name=user.name, role=user.role, until=ends)


def login_routes(access: Access) -> APIRouter:
    """Return the operations of logging in."""
    routes = APIRouter(prefix="/v1", tags=["accounts"], responses=PROBLEMS)
    tries = Tries()

    @routes.post("/login", summary="Log in")
    async def login(asked: Login, request: Request) -> LoggedIn:
        accounts = access.accounts
        address = request.client.host if request.client else ""
        if accounts is None:
            raise NotFoundError("this server has no accounts: nobody needs to log in")
        tries.check(asked.name, address)
        user = await run_sync(accounts.users.verified, asked.name, asked.password)
        if user is None:
            tries.failed(asked.name, address)
            await run_sync(lambda: access.audit.add(asked.name, address, "login refused"))
            raise LoginRequiredError(
                "the name or the password is wrong: try again, or ask who runs the server"
            )
        await run_sync(lambda: access.audit.add(user.name, address, "login"))
        return _logged_in(user, *accounts.tokens.issue(user))

    @routes.post("/renew", summary="Take another token for one that still holds")
    async def renew(store: Opened, token: GivenToken) -> LoggedIn:
        accounts = access.accounts
        if accounts is None:
            raise NotFoundError("this server has no accounts: nobody needs to log in")
        holder, user = accounts.tokens.read(token), await access.user(token)
        if holder is None or user is None or not accounts.tokens.renewable(holder):
            raise LoginRequiredError("the login is too long ago: log in again")
        return _logged_in(user, *accounts.tokens.issue(user, holder.since))

    @routes.get("/self", summary="Tell who one is")
    async def known(store: Opened) -> Self:
        return Self(name=store.visitor.name, role=store.visitor.role)

    @routes.post("/password", summary="Take another password", status_code=204)
    async def password(asked: NewPassword, store: Opened) -> None:
        accounts, visitor = access.accounts, store.visitor
        if accounts is None or visitor.name is None:
            raise NotFoundError("this server has no accounts: nobody needs a password")
        tries.check(visitor.name, visitor.address)
        name = visitor.name
        if await run_sync(accounts.users.verified, name, asked.password) is None:
            tries.failed(name, visitor.address)
            raise LoginRequiredError("the password that holds now is another: try again")
        await run_sync(accounts.users.set_password, name, asked.new)
        await run_sync(lambda: access.audit.add(name, visitor.address, "password"))

    return routes
