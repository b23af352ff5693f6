"""What roles may do in which collections.

A rule is written as it is said: ``create in corrections, read in cases, update own in notes``. ``write`` is
to create, update and remove; ``own`` is what the user created; a name may end in ``*``, and one that holds a
comma stands in double quotes. Who may create documents may read those of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Final, Literal

from imlkit.errors import CommandError

from .users import RESERVED, ROLES, Role

__all__ = ["DEFAULT", "EVERYTHING", "Rights", "Rules"]

Scope = Literal["none", "own", "all"]
_ORDER: Final[tuple[Scope, ...]] = ("none", "own", "all")
_CLAUSE: Final = re.compile(
    r'\s*(?P<what>[a-z]+)(?P<own> +own)? +in +(?:"(?P<quoted>[^"]+)"|(?P<name>[^,"]+))'
)
_MEANS: Final = {
    "read": ("read",),
    "create": ("create",),
    "update": ("update",),
    "remove": ("remove",),
    "write": ("create", "update", "remove"),
}

DEFAULT: Final[Mapping[Role, str]] = {
    "reader": "read in *",
    "annotator": "read in *, create in *, update own in *, remove own in *",
    "editor": "read in *, write in *",
}
"""What holds for a role that nothing is said about. Administrators may do everything."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do in a collection: with all documents, with their own, or with none."""

    read: Scope = "none"
    create: Scope = "none"
    update: Scope = "none"
    remove: Scope = "none"

    def joined(self, other: Rights) -> Rights:
        """Return what either allows."""
        return Rights(*(_wider(getattr(self, f.name), getattr(other, f.name)) for f in fields(Rights)))


EVERYTHING: Final = Rights("all", "all", "all", "all")


class Rules:
    """What each role may do.

    Args:
        said: the rules of roles, as they are written; those of others are :data:`DEFAULT`.

    Raises:
        CommandError: a rule says nothing that can be understood.
    """

    def __init__(self, said: Mapping[str, str] | None = None) -> None:
        said = said or {}
        for role in said:
            if role not in DEFAULT:
                raise CommandError(
                    f"there are no rules for {role!r}: say what a reader, annotator or editor may do"
                )
        self._clauses = {role: _clauses(said.get(role, text)) for role, text in DEFAULT.items()}
        self._found = lru_cache(maxsize=10_000)(self._looked_up)

    def rights(self, role: str, collection: str) -> Rights:
        """Return what a role may do in a collection."""
        return self._found(role, collection)

    def everywhere(self, role: str) -> Rights:
        """Return what a role may do in every collection, whatever its name."""
        if role == "admin":
            return EVERYTHING
        found = Rights()
        for pattern, rights in self._clauses.get(_known(role), ()):
            if pattern == "*":
                found = found.joined(rights)
        return found

    def anywhere(self, role: str) -> Rights:
        """Return what a role may do in some collection at least."""
        if role == "admin":
            return EVERYTHING
        found = Rights()
        for _, rights in self._clauses.get(_known(role), ()):
            found = found.joined(rights)
        return found

    def _looked_up(self, role: str, collection: str) -> Rights:
        if collection.startswith(RESERVED):
            return Rights()
        if role == "admin":
            return EVERYTHING
        found = Rights()
        for pattern, rights in self._clauses.get(_known(role), ()):
            if _meant(pattern, collection):
                found = found.joined(rights)
        return found


def _known(role: str) -> Role:
    return next((known for known in ROLES if known == role), "reader")


def _meant(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _wider(one: Scope, other: Scope) -> Scope:
    return max(one, other, key=_ORDER.index)


def _clauses(text: str) -> list[tuple[str, Rights]]:
    found: list[tuple[str, Rights]] = []
    at = 0
    while at < len(text):
        match = _CLAUSE.match(text, at)
        if match is None or match["what"] not in _MEANS or (match["own"] and match["what"] == "create"):
            raise CommandError(
                f"{text[at:].strip()!r:.100} is no rule: write such as 'create in corrections, "
                "read in cases, update own in notes'"
            )
        scope: Scope = "own" if match["own"] else "all"
        rights = Rights(**dict.fromkeys(_MEANS[match["what"]], scope))
        if rights.create == "all":
            rights = rights.joined(Rights(read="own", create="all"))
        found.append((match["quoted"] or match["name"].strip(), rights))
        at = match.end()
        rest = text[at:].lstrip()
        if rest and not rest.startswith(","):
            raise CommandError(f"{rest!r:.100} follows a rule: part rules by commas")
        at = len(text) - len(rest) + 1 if rest else len(text)
    return found
