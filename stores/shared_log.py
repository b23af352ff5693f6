"""The log of changes of a store that several processes share, as its servers read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from imlkit.store import Assets, Change

from .stored import StoredCollection

__all__ = ["SharedLog", "SharedStore"]


class SharedLog(Protocol):
    """Changes by number, in the order in which they were kept."""

    def last(self) -> int:
        """Return the number of the last change; 0 before the first."""

    def since(self, number: int, most: int) -> list[tuple[int, Change]] | None:
        """Return the changes after a number, at most so many; None where some are kept no more."""

    def listen(self, act: Callable[[], object]) -> Callable[[], None]:
        """Call a function soon after every change, on any thread; return what ends that."""


class SharedStore(Protocol):
    """A store that a server can serve."""

    @property
    def assets(self) -> Assets:
        """Its assets."""

    @property
    def log(self) -> SharedLog:
        """The log of its changes."""

    def collection(self, name: str) -> StoredCollection:
        """Return the collection of that name."""

    def collections(self) -> list[str]:
        """Return the names of the collections that hold documents, sorted."""

    def declare_indexes(self, wanted: Mapping[str, Sequence[str]]) -> int:
        """Let these fields of collections be found fast, and others no more.

        Returns:
            How many indexes were made or dropped.
        """

    def close(self) -> None:
        """Let go of files and connections."""
