"""``imlkit store user``: who may use a store."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from imlkit.errors import CommandError, DataError, DuplicateIdError, NotFoundError

if TYPE_CHECKING:
    from ..server.accounts.users import Users

__all__ = ["add_to", "typed_password"]

_DATABASES = ("postgresql", "postgresql+psycopg", "http", "https")
_ROLES = "reader, annotator, editor or admin"


def add_to(commands: Any) -> None:
    """Add the command to those of ``imlkit store``."""
    from .place import add_place

    user = commands.add_parser(
        "user",
        help="say who may use a store",
        description="Say who may use a store over HTTP. The server may be running: it knows at once.",
        allow_abbrev=False,
    )
    kinds = user.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, words: str, act: Any, *named: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = kinds.add_parser(
            name, help=words, description=f"{words.capitalize()}.", allow_abbrev=False
        )
        for each in named:
            parser.add_argument(each, metavar=each.upper())
        add_place(parser)
        parser.set_defaults(command=act, place=None)
        return parser

    add = command("add", "let somebody use a store", _add, "name")
    add.add_argument("--role", default="annotator", help=f"{_ROLES} (default: annotator)")
    password = command("password", "give somebody another password", _password, "name")
    for each in (add, password):
        each.add_argument("--random", action="store_true", help="make a password, and print it once")
    command("role", "give somebody another role", _role, "name").add_argument(
        "role", metavar="ROLE", help=_ROLES
    )
    command("remove", "let somebody use a store no more; what they made stays", _remove, "name")
    command("list", "name those who may use a store", _list)


def typed_password(twice: bool) -> str:
    """Return a password that a person types, unseen, or that stands on the standard input."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise CommandError("no password came: type one, or send one on the standard input")
        return password
    password = getpass.getpass("Password: ")
    if twice and getpass.getpass("The same again: ") != password:
        raise CommandError("the two passwords differ: nothing was changed, try again")
    return password


@contextmanager
def _users(asked: argparse.Namespace, new: bool = False) -> Iterator[Users]:
    """Give the users of the store that is meant, which may be made only where it is to be ``new``."""
    from imlkit.location import data_folder

    from .place import exists, hidden, make_private, opened, place_of

    place = place_of(asked)
    try:
        from ..server.accounts.users import Users
    except ImportError as error:
        raise CommandError(
            f"accounts need a package that is not installed ({error.name}): pip install 'imlkit[server]'"
        ) from error
    made = new and not exists(place)
    with opened(place, must_exist=not new) as store:
        if place.partition(":")[0] not in _DATABASES:
            make_private(data_folder(place))
        try:
            yield Users(store)
        except (DataError, DuplicateIdError, NotFoundError) as error:
            raise CommandError(str(error)) from error
    if made:
        print(f"The store {hidden(place)!r} was not there, and was made.")


def _chosen(asked: argparse.Namespace) -> str:
    if not asked.random:
        return typed_password(twice=True)
    password = secrets.token_urlsafe(12)
    print(f"Password of {asked.name}: {password}")
    return password


def _add(asked: argparse.Namespace) -> int:
    with _users(asked, new=True) as users:
        users.check(asked.name, asked.role)
        user = users.add(asked.name, asked.role, _chosen(asked))
    print(f"{user.name} may use the store, as {user.role}.")
    return 0


def _password(asked: argparse.Namespace) -> int:
    with _users(asked) as users:
        if asked.name not in {user.name for user in users.all()}:
            raise CommandError(f"there is no user {asked.name!r}: imlkit store user list names them")
        users.set_password(asked.name, _chosen(asked))
    print(f"{asked.name} has another password, and has to log in again.")
    return 0


def _role(asked: argparse.Namespace) -> int:
    with _users(asked) as users:
        users.set_role(asked.name, asked.role)
    print(f"{asked.name} is {asked.role} now.")
    return 0


def _remove(asked: argparse.Namespace) -> int:
    with _users(asked) as users:
        users.remove(asked.name)
    print(f"{asked.name} may use the store no more. What they made stays.")
    return 0


def _list(asked: argparse.Namespace) -> int:
    with _users(asked) as users:
        found = users.all()
    for user in found:
        print(f"{user.name}\t{user.role}")
    if not found:
        print("Nobody yet: imlkit store user add NAME --role admin", file=sys.stderr)
    return 0
