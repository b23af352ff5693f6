"""People and programs that may use a store, kept in the store itself."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from imlkit.errors import DataError, DuplicateIdError, NotFoundError
from imlkit.store import Collection, Store

from ...shared_log import SharedStore

__all__ = ["RESERVED", "ROLES", "Role", "User", "Users"]

RESERVED: Final = "imlkit:"
"""Collections whose names begin so are the server's own."""

Role = Literal["reader", "annotator", "editor", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

_COLLECTION: Final = f"{RESERVED}users"
_LONGEST: Final = 100
_PASSWORD: Final = (8, 1024)
"""Characters that a password has at least and at most."""
_AT_ONCE: Final = 2
"""Passwords that are checked at the same time: each takes 64 MiB and a core."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may use a store.

    Attributes:
        name: under which they log in.
        role: what they may do (see :mod:`~imlkit.stores.server.accounts.rules`).
        generation: changes with the password; tokens of an older one hold no more.
    """

    name: str
    role: Role
    generation: str


class Users:
    """The users of a store.

    Args:
        store: where they are kept.
    """

    def __init__(self, store: Store | SharedStore) -> None:
        self._documents: Collection = store.collection(_COLLECTION)
        self._hasher = PasswordHasher()
        self._checking = threading.BoundedSemaphore(_AT_ONCE)
        # Somebody who is not known takes as long to refuse as somebody who is.
        self._nobody = self._hasher.hash(secrets.token_hex())

    def add(self, name: str, role: str, password: str) -> User:
        """Add a user.

        Raises:
            DuplicateIdError: there is one of that name.
            DataError: the name, role or password is none.
        """
        name, known = _name(name), _role(role)
        kept = {"role": known, **self._secrets(password)}
        try:
            self._documents.create({"id": name, **kept})
        except DuplicateIdError:
            raise _taken(name) from None
        return User(name, known, kept["generation"])

    def check(self, name: str, role: str) -> None:
        """Raise DataError if a name or role is none, and DuplicateIdError if there is a user of that name."""
        name = _name(name)
        _role(role)
        if self.get(name) is not None:
            raise _taken(name)

    def set_password(self, name: str, password: str) -> None:
        """Give a user another password; who is logged in has to log in again. Raises NotFoundError."""
        self._changed(name, self._secrets(password))

    def set_role(self, name: str, role: str) -> None:
        """Give a user another role. Raises NotFoundError."""
        self._changed(name, {"role": _role(role)})

    def remove(self, name: str) -> None:
        """Remove a user; what they made stays. Raises NotFoundError."""
        try:
            self._documents.remove(name)
        except NotFoundError:
            raise _missing(name) from None

    def all(self) -> list[User]:
        """Return the users by name."""
        return [_user(each) for each in self._documents.find(sort={"id": 1})]

    def get(self, name: str) -> User | None:
        """Return the user of a name, if there is one."""
        found = self._documents.find({"id": name}, limit=1)
        return _user(found[0]) if found else None

    def verified(self, name: str, password: str) -> User | None:
        """Return the user of a name if that is their password."""
        found = self._documents.find({"id": unicodedata.normalize("NFC", name)}, limit=1)
        kept = str(found[0]["password"]) if found else self._nobody
        with self._checking:
            try:
                # What is longer than any password need not be looked at.
                self._hasher.verify(kept, password[: _PASSWORD[1] + 1])
            except (VerificationError, InvalidHashError):
                return None
        if not found:
            return None
        if self._hasher.check_needs_rehash(kept):
            self._documents.patch(found[0]["id"], {"password": self._hasher.hash(password)})
        return _user(found[0])

    def _changed(self, name: str, fields: dict[str, Any]) -> None:
        try:
            self._documents.patch(name, fields)
        except NotFoundError:
            raise _missing(name) from None

    def _secrets(self, password: str) -> dict[str, Any]:
        least, most = _PASSWORD
        if not least <= len(password) <= most:
            raise DataError(f"a password has {least} to {most:,} characters: choose another")
        return {"password": self._hasher.hash(password), "generation": secrets.token_hex(8)}


def _user(document: dict[str, Any]) -> User:
    return User(document["id"], document["role"], document["generation"])


def _missing(name: str) -> NotFoundError:
    return NotFoundError(f"there is no user {name!r:.100}: “imlkit store user list” names them")


def _taken(name: str) -> DuplicateIdError:
    return DuplicateIdError(
        f"there is a user {name!r} already: take another name, or change that user's password or role"
    )


def _name(name: str) -> str:
    name = unicodedata.normalize("NFC", name)
    if not name or len(name) > _LONGEST or name != name.strip() or not name.isprintable():
        raise DataError(
            f"{name!r:.120} is no name of a user: give 1 to {_LONGEST} printable characters, "
            "without spaces at the ends"
        )
    return name


def _role(role: str) -> Role:
    for known in ROLES:
        if role == known:
            return known
    raise DataError(f"{role!r:.50} is no role: give {', '.join(ROLES[:-1])} or {ROLES[-1]}")
