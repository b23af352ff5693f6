"""What is in a store, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Protocol, runtime_checkable

from imlkit.documents import encode
from imlkit.store import Store

from ..stored import Stored

__all__ = ["Moment", "moment_of"]

_AT_ONCE: Final = 10


class Moment(Protocol):
    """The documents of a store."""

    def collections(self) -> dict[str, int]:
        """Return how many documents each collection holds, by name."""

    def pages(self, name: str) -> Iterator[list[Stored]]:
        """Return the documents of a collection in the order of their creation, some at a time."""


@runtime_checkable
class _Still(Protocol):
    def moment(self) -> AbstractContextManager[Moment]: ...


@contextmanager
def moment_of(store: Store) -> Iterator[Moment]:
    """Give what is in a store.

    A store with a method ``moment`` shows itself as it is now, whoever writes meanwhile. Others are
    walked: of what is written meanwhile, some may be seen and some not.
    """
    if isinstance(store, _Still):
        with store.moment() as moment:
            yield moment
    else:
        yield _Walked(store)


class _Walked:
    def __init__(self, store: Store) -> None:
        self._store = store

    def collections(self) -> dict[str, int]:
        names = self._store.collections()
        return {name: self._store.collection(name).count() for name in names}

    def pages(self, name: str) -> Iterator[list[Stored]]:
        page: list[Stored] = []
        for document in self._store.collection(name).iterate():
            each = encode(document)
            contents = {file: attachment.content for file, attachment in each.attachments.items()}
            page.append(Stored(each.id, each.text, contents))
            if len(page) == _AT_ONCE:
                yield page
                page = []
        if page:
            yield page
