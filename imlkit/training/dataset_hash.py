"""A hash of what is in a dataset, by which a run tells later what it learned from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Protocol

from ..documents import encode
from ..store import Document

__all__ = ["Walked", "dataset_hash"]


class Walked(Protocol):
    """A collection or a dataset: what gives its documents one after the other."""

    def iterate(self) -> Iterator[Document]: ...


def dataset_hash(dataset: Walked) -> dict[str, Any]:
    """Return the ``name`` of a dataset or collection, its ``count`` and a ``hash`` of what it holds.

    The same documents give the same hash in every store, in whatever order they were made.

    Returns:
        The hash is 64 hexadecimal digits: the sum of the documents' SHA-256, modulo 2**256.
    """
    count = total = 0
    for document in dataset.iterate():
        count += 1
        total += int.from_bytes(
            hashlib.sha256(encode(document).text.encode("utf-8", "surrogatepass")).digest()
        )
    return {
        "name": str(getattr(dataset, "name", "")),
        "count": count,
        "hash": f"{total % (1 << 256):064x}",
    }
