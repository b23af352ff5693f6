"""What the framework needs of a dataset: to list it, count it, download and clear it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from .store import Query, Store
from .streams import Stream

__all__ = ["StoredDataset"]


@runtime_checkable
class StoredDataset(Protocol):
    """Instances kept in a store under a name."""

    name: str
    store: Store

    @property
    def counts(self) -> Stream[dict[Any, int]]:
        """Each label with how many instances have it, kept up to date."""

    def count(self, query: Query | None = None) -> int: ...

    def clear(self) -> Any: ...

    def download(self, file: Path, progress: Callable[[Any], None] | None = None) -> None: ...
