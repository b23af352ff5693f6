"""The attachments of documents held in memory, each kept as long as a document refers to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from imlkit.attachments import Attachment
from imlkit.documents import Reference

__all__ = ["Shelf"]


class Shelf:
    """Attachments by the hash of their content, in memory. A subclass keeps them elsewhere."""

    def __init__(self) -> None:
        self._references: Counter[str] = Counter()
        self._contents: dict[str, bytes] = {}

    def add(self, attachments: Mapping[str, Attachment]) -> None:
        """Keep attachments, to which documents will refer soon."""
        for name, attachment in attachments.items():
            if not self._references[name]:
                self._put(name, attachment.content)

    def move(self, before: Iterable[Reference], after: Iterable[Reference]) -> None:
        """Count documents' references anew, and forget what none refers to any more."""
        self._references.update(reference.name for reference in after)
        gone = [reference.name for reference in before]
        self._references.subtract(gone)
        self.forget_unused(gone)

    def forget_unused(self, names: Iterable[str]) -> None:
        """Forget those of these attachments to which no document refers."""
        for name in set(names):
            if self._references[name] <= 0:
                del self._references[name]
                self._drop(name)

    def load(self, reference: Reference) -> bytes:
        """Return the bytes of an attachment."""
        return self._contents[reference.name]

    def _put(self, name: str, content: bytes) -> None:
        self._contents[name] = content

    def _drop(self, name: str) -> None:
        self._contents.pop(name, None)
