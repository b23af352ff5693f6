"""What the framework needs of a dataset: to list it, count it, download and clear it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .component import Component
from .store import Query, Store
from .streams import Stream

__all__ = ["StoredDataset"]


class StoredDataset(Component):
    """Instances kept in a store under a name; the settings page lists components of this kind."""

    name: Any
    store: Store

    @property
    @abstractmethod
    def counts(self) -> Stream[dict[Any, int]]:
        """Each label with how many instances have it, kept up to date."""

    @abstractmethod
    def count(self, query: Query | None = None) -> int:
        """Return how many instances match a query."""

    @abstractmethod
    def clear(self) -> Any:
        """Remove every instance."""

    @abstractmethod
    def download(self, file: Path, progress: Callable[[Any], None] | None = None) -> None:
        """Write every instance to a zip file, telling the progress."""
