"""A hash over documents that is the same in whichever store they are."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Mapping
from typing import Any, Final

from imlkit.attachments import Kind, read_attachment
from imlkit.errors import StoreUnavailableError

from ..stored import Stored, parsed

__all__ = ["Digest"]

_TAGS: Final[dict[str, Kind]] = {"$array": "array", "$image": "image", "$bytes": "bytes"}
_LARGEST_IMAGE: Final = 50_000_000
"""Pixels; no image of a document is larger, and who sends one is not to have it opened here."""


class Digest:
    """Counts documents, and hashes their ids, contents and order.

    Two of equal content hash alike whatever the order of their fields, and however a store spells
    numbers of an array's head or packs the pixels of an image.
    """

    def __init__(self) -> None:
        self.count = 0
        self._hash = hashlib.sha256()

    @classmethod
    def of(cls, documents: Iterable[Stored]) -> Digest:
        """Return the digest of some documents."""
        digest = cls()
        digest.add(documents)
        return digest

    def add(self, documents: Iterable[Stored]) -> None:
        """Count the next documents in."""
        for document in documents:
            said = [document.id, _walked(parsed(document.text), document.attachments)]
            text = json.dumps(said, sort_keys=True, separators=(",", ":"))
            self._hash.update(text.encode("ascii"))
            self._hash.update(b"\n")
            self.count += 1

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Digest):
            return NotImplemented
        return (self.count, self.text) == (other.count, other.text)

    __hash__ = None  # type: ignore[assignment]

    @property
    def text(self) -> str:
        """The hash, 64 hexadecimal digits."""
        return self._hash.hexdigest()


def _walked(value: Any, contents: Mapping[str, bytes]) -> Any:
    if isinstance(value, list):
        return [_walked(inner, contents) for inner in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, inner),) = value.items()
        if key in _TAGS:
            return {key: _meaning(_TAGS[key], contents[inner])}
    return {key: _walked(inner, contents) for key, inner in value.items()}


def _meaning(kind: Kind, content: bytes) -> str:
    """Return a hash of what an attachment stands for; of its bytes where it stands for nothing."""
    digest = hashlib.sha256()
    if kind == "bytes" or (kind == "image" and _pixels(content) > _LARGEST_IMAGE):
        digest.update(content)
        return digest.hexdigest()
    try:
        value = read_attachment(kind, content)
    except StoreUnavailableError:
        digest.update(content)
        return digest.hexdigest()
    import numpy as np

    digest.update(repr((np.lib.format.dtype_to_descr(value.dtype), value.shape)).encode())
    digest.update(value.tobytes())
    return digest.hexdigest()


def _pixels(png: bytes) -> int:
    if len(png) < 24:
        return 0
    width, height = struct.unpack(">II", png[16:24])
    return int(width) * int(height)
