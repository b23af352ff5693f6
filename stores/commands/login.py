"""``imlkit store login`` and ``logout``: who one is at a server."""

from __future__ import annotations

import argparse
import getpass
from datetime import datetime
from typing import Any

from imlkit.errors import CommandError, StoreError

__all__ = ["add_to"]


def add_to(commands: Any) -> None:
    """Add the commands to those of ``imlkit store``."""
    login = commands.add_parser(
        "login",
        help="log in at a server, for all programs of this user of this machine",
        description="Log in at a server, for all programs of this user of this machine.",
        allow_abbrev=False,
    )
    login.add_argument("url", metavar="URL", help="the server's address")
    login.add_argument("--user", metavar="NAME", help="the name (default: it is asked for)")
    login.set_defaults(command=_login)
    logout = commands.add_parser(
        "logout",
        help="forget a login",
        description="Forget a login that is kept on this machine.",
        allow_abbrev=False,
    )
    logout.add_argument("url", metavar="URL", help="the server's address")
    logout.set_defaults(command=_logout)


def _login(asked: argparse.Namespace) -> int:
    from ..remote.connection import address
    from ..remote.log_in import log_in
    from ..remote.logins import Logins
    from .user import typed_password

    url = address(asked.url)
    name = asked.user if asked.user is not None else _typed_name()
    try:
        login = log_in(url, name, typed_password(twice=False))
    except StoreError as error:
        raise CommandError(str(error)) from error
    Logins().keep(url, login)
    until = datetime.fromtimestamp(login.until).astimezone().strftime("%Y-%m-%d %H:%M")
    print(f"Logged in at {url} as {login.name}, until {until}; programs that go on stay logged in.")
    return 0


def _typed_name() -> str:
    name = input(f"Name [{getpass.getuser()}]: ").strip()
    return name or getpass.getuser()


def _logout(asked: argparse.Namespace) -> int:
    from ..remote.connection import address
    from ..remote.logins import Logins

    url = address(asked.url)
    print(f"Logged out of {url}." if Logins().forget(url) else f"Nobody was logged in at {url}.")
    return 0
