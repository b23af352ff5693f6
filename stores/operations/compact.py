"""Giving back the space that a store needs no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from imlkit.errors import CommandError
from imlkit.store import Store

__all__ = ["Compactable", "Compacted", "compact"]


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compacting a store has done.

    Attributes:
        before: bytes that it took.
        after: bytes that it takes.
        forgotten: attachments that no document referred to, and uploads that were broken off.
    """

    before: int
    after: int
    forgotten: int


@runtime_checkable
class Compactable(Protocol):
    """A store that can give back space."""

    def size(self) -> int:
        """Return how many bytes the store takes."""

    def compact(self) -> int:
        """Give back space; return how many attachments and uploads were forgotten."""


def compact(store: Store) -> Compacted:
    """Give back the space that a store needs no more. Others may use it meanwhile.

    Raises:
        CommandError: it cannot be done from here.
    """
    if not isinstance(store, Compactable):
        if store.location.startswith(("http:", "https:")):
            raise CommandError(
                f"the store at {store.location} is another machine's or process's: run this command where "
                "its server runs, with the server's own --data or --database"
            )
        raise CommandError(f"the store {store.location!r} has no space to give back")
    before = store.size()
    forgotten = store.compact()
    return Compacted(before, store.size(), forgotten)
