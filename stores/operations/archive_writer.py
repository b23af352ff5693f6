"""Writing a backup, a piece at a time."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import BinaryIO, Final, Self

from imlkit.errors import DocumentError, StoreError
from imlkit.json_text import json_text
from imlkit.store import Asset

from ..stored import Stored
from .archive_format import (
    LARGEST_PART,
    MANIFEST,
    MANIFEST_BYTES,
    MOST_ASSETS,
    RATIO,
    UNPACKED,
    Kept,
    Manifest,
    Part,
    part_name,
)
from .copying import encoded

__all__ = ["ArchiveWriter"]

_PIECE: Final = 1 << 20
_PART: Final = 8 << 20
"""Bytes after which a part ends."""
_SAMPLE: Final = 1 << 18
_DENSE: Final = 1.4
"""What does not shrink to less than a part of this holds little to be found twice."""


class ArchiveWriter:
    """Writes a backup, which is none until :meth:`finish`.

    Args:
        file: where to; it is written from front to back.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._collections: list[Kept] = []
        self._assets = _Lines(self, None, "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Where something was in the way, what was begun is ended somehow: nobody is to read it.
        with contextlib.suppress(Exception):
            self._zip.close()

    def add_documents(self, name: str, pages: Iterable[Sequence[Stored]]) -> Iterator[int]:
        """Add a collection; give again and again how many of its documents are written.

        Raises:
            DocumentError: a document is damaged, or too large for a backup.
        """
        lines = _Lines(self, len(self._collections) + 1, name)
        for page in pages:
            for document in page:
                lines.add(_line(name, document))
            yield lines.count
        self._collections.append(lines.kept())

    def add_asset(self, asset: Asset, content: BinaryIO) -> None:
        """Add an asset.

        Raises:
            StoreError: it is damaged, or one too many.
        """
        if self._assets.count == MOST_ASSETS:
            raise StoreError(
                f"the store has more than {MOST_ASSETS:,} assets, and a backup holds no more: "
                "copy the store with “imlkit store migrate”"
            )
        digest, size = hashlib.sha256(), 0
        entry = _entry(f"assets/{asset.id}", asset.size)
        with self._zip.open(entry, "w", force_zip64=asset.size >= 1 << 31) as file:
            while piece := content.read(_PIECE):
                file.write(piece)
                digest.update(piece)
                size += len(piece)
                if size > asset.size:
                    break
        if (digest.hexdigest(), size) != (asset.id, asset.size):
            raise StoreError(
                f"the asset {asset.id} is damaged: its content is not what its name says; put it in its "
                "place from an earlier backup, or remove it, and begin anew"
            )
        said = {"id": asset.id, "media_type": asset.media_type, "size": asset.size}
        self._assets.add(json_text(said).encode())

    def finish(self) -> Manifest:
        """Write what makes the file a backup."""
        made = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Manifest(made, tuple(self._collections), self._assets.kept())
        text = json.dumps(manifest.json(), indent=1).encode()
        if len(text) > MANIFEST_BYTES:
            raise StoreError("the store is too large for a backup: copy it with “imlkit store migrate”")
        self._zip.writestr(_entry(MANIFEST, len(text)), text)
        self._zip.close()
        return manifest

    def part(self, kept: int | None, number: int, lines: int, content: bytes) -> Part:
        """Write some lines."""
        packed, compressed = content, False
        if len(content) <= UNPACKED:
            smaller = _packed(content)
            if len(smaller) < len(content) <= RATIO * len(smaller):
                packed, compressed = smaller, True
        self._zip.writestr(_entry(part_name(kept, number, compressed), len(packed)), packed)
        return Part(lines, len(packed), len(content), hashlib.sha256(packed).hexdigest(), compressed)


class _Lines:
    """Lines of one kind, in parts."""

    def __init__(self, archive: ArchiveWriter, number: int | None, name: str) -> None:
        self.count = 0
        self._archive = archive
        self._number = number
        self._name = name
        self._held: list[bytes] = []
        self._size = 0
        self._parts: list[Part] = []

    def add(self, line: bytes) -> None:
        self._held.append(line)
        self._size += len(line) + 1
        self.count += 1
        if self._size >= _PART:
            self._flush()

    def _flush(self) -> None:
        self._held.append(b"")
        content = b"\n".join(self._held)
        lines = len(self._held) - 1
        self._parts.append(self._archive.part(self._number, len(self._parts) + 1, lines, content))
        self._held, self._size = [], 0

    def kept(self) -> Kept:
        if self._held:
            self._flush()
        return Kept(self._name, self.count, tuple(self._parts))


def _packed(content: bytes) -> bytes:
    """Return bytes as gzip has them."""
    sample = content[:_SAMPLE]
    # Looking for repetitions in images and measurements is slow, and finds none.
    dense = len(zlib.compress(sample, 1)) * _DENSE > len(sample)
    strategy = zlib.Z_HUFFMAN_ONLY if dense else zlib.Z_DEFAULT_STRATEGY
    packing = zlib.compressobj(1, zlib.DEFLATED, 31, 9, strategy)
    return packing.compress(content) + packing.flush()


def _line(collection: str, document: Stored) -> bytes:
    try:
        text = encoded(document).text
    except DocumentError as error:
        raise DocumentError(
            f"{error} (in the collection {collection!r:.100}): put it in its place from an earlier backup, "
            "or remove it, and begin anew"
        ) from error
    attachments = {
        name: base64.b64encode(content).decode("ascii") for name, content in document.attachments.items()
    }
    said = f'{{"id":{json.dumps(document.id)},"fields":{text},"attachments":{json_text(attachments)}}}'
    line = said.encode()
    if len(line) + _PART >= LARGEST_PART:
        raise DocumentError(
            f"the document {document.id!r:.100} of {collection!r:.100} is too large for a backup: keep what "
            "is large in it as an asset"
        )
    return line


def _entry(name: str, size: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.localtime()[:6])
    entry.file_size = size
    # Who unpacks it gets files that they alone may read.
    entry.external_attr = 0o100600 << 16
    return entry
