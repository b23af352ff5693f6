"""Which way of describing images a dataset is in: a document beside it in its store."""

from __future__ import annotations

from typing import Any

from imlkit.errors import NotFoundError
from imlkit.store import Store
from imlkit.streams import Stream

__all__ = ["KeptWay"]

COLLECTION = "features/"
ID = "way"


class KeptWay:
    """The name of the way that a dataset's instances are described by. Callable from any thread.

    Args:
        store: the dataset's store.
        dataset: the dataset's name.
    """

    def __init__(self, store: Store, dataset: str) -> None:
        self._kept = store.collection(COLLECTION + dataset)

    @property
    def changes(self) -> Stream[Any]:
        """Every change of it, whoever made it."""
        return self._kept.changes

    def read(self) -> str:
        """Return the name, or "" where none was chosen yet."""
        try:
            return str(self._kept.get(ID).get("name", ""))
        except NotFoundError:
            return ""

    def write(self, name: str) -> None:
        """Make this the way, for every page of the store."""
        self._kept.put({"id": ID, "name": name})
