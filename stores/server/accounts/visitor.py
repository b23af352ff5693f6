"""Who asks a server for something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .audit import AuditLog
from .users import Role

__all__ = ["Visitor"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, and where what they write is noted.

    Attributes:
        name: of the user; None where nobody is asked who they are.
        role: theirs.
        address: from where they ask.
        audit: the log of writes.
    """

    name: str | None
    role: Role
    address: str
    audit: AuditLog

    @property
    def called(self) -> str:
        """The user and role, as a person is told."""
        return f"{self.name!r} ({self.role})" if self.name is not None else "a visitor"

    def wrote(self, action: str, collection: str, ids: Sequence[str]) -> None:
        """Note what was written."""
        self.audit.add(self.name, self.address, action, collection=collection, ids=list(ids))
