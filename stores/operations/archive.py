"""Reading a backup, of which nothing is believed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from imlkit.errors import ArchiveError, DataError, StoreError
from imlkit.store import Asset

from ..arguments import asset_type, collection_name
from ..stored import Stored
from ..wire import received, received_attachments
from .archive_format import LARGEST_PART, MANIFEST, MANIFEST_BYTES, Kept, Manifest, Part, part_name
from .archive_parts import ArchiveParts, archive_errors
from .progress import Report, silent

__all__ = ["Archive", "opened_archive"]

_PIECE: Final = 1 << 20
_ID: Final = re.compile(r"[0-9a-f]{64}")
_AT_ONCE: Final = 100
_PAGE: Final = 4 << 20
"""Documents, and bytes of their attachments, that are given at once."""


class Archive:
    """A backup that was made by :class:`~imlkit.stores.operations.archive_writer.ArchiveWriter`.

    Names in it are never those of files: what is looked for are names that are made here.

    Args:
        file: the file, open for reading.

    Raises:
        ArchiveError: it is no backup, or damaged.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._checked = False
        self._parts = ArchiveParts(file)
        with self._parts.opened(MANIFEST, None, MANIFEST_BYTES) as content:
            self.manifest = Manifest.of(_parsed(content.read()))
        for kept in self.manifest.collections:
            try:
                collection_name(kept.name)
            except DataError as error:
                raise ArchiveError(f"its manifest is damaged ({error}): take an earlier backup") from error

    def documents(self, number: int) -> Iterator[list[Stored]]:
        """Return the documents of a collection, some at a time.

        Args:
            number: which of the manifest's, from 0.

        Raises:
            ArchiveError: something is damaged; what was returned before was sound.
        """
        kept = self.manifest.collections[number]
        page: list[Stored] = []
        size = 0
        for said in self._lines(kept, number + 1):
            page.append(_document(said, kept.name))
            size += sum(map(len, page[-1].attachments.values()))
            if len(page) == _AT_ONCE or size > _PAGE:
                yield page
                page, size = [], 0
        if page:
            yield page

    def assets(self) -> Iterator[Asset]:
        """Return what is known of the assets.

        Raises:
            ArchiveError: something is damaged.
        """
        for said in self._lines(self.manifest.assets, None):
            try:
                asset = Asset(said["id"], asset_type(said["media_type"]), said["size"])
                if not _ID.fullmatch(asset.id) or set(said) != {"id", "media_type", "size"}:
                    raise ValueError("no asset")
                size = self._parts.size(f"assets/{asset.id}")
            except (KeyError, TypeError, ValueError, StoreError) as error:
                raise ArchiveError("its list of assets is damaged: take an earlier backup") from error
            if size != asset.size:
                raise ArchiveError(f"the asset {asset.id} is damaged: take an earlier backup")
            yield asset

    @contextmanager
    def asset(self, asset: Asset) -> Iterator[BinaryIO]:
        """Open an asset; whoever reads it has to compare the hash of what comes."""
        with self._parts.opened(f"assets/{asset.id}", asset.size, asset.size) as content:
            yield content

    def check(self, report: Report = silent) -> None:
        """Read all of it, the first time it is called.

        Args:
            report: told how far it has come.

        Raises:
            ArchiveError: something is damaged.
        """
        if self._checked:
            return
        for number, kept in enumerate(self.manifest.collections):
            done = 0
            for page in self.documents(number):
                done += len(page)
                report(f"{kept.name!r:.60}: checking the backup", done, kept.count)
        total = self.manifest.assets.count
        for done, asset in enumerate(self.assets(), 1):
            self._check_asset(asset)
            report("assets: checking the backup", done, total)
        self._checked = True

    def _check_asset(self, asset: Asset) -> None:
        digest = hashlib.sha256()
        with self.asset(asset) as content:
            while piece := content.read(_PIECE):
                digest.update(piece)
        if digest.hexdigest() != asset.id:
            raise ArchiveError(f"the asset {asset.id} is damaged: take an earlier backup")

    def _lines(self, kept: Kept, number: int | None) -> Iterator[Any]:
        for place, part in enumerate(kept.parts, 1):
            name = part_name(number, place, part.compressed)
            with self._parts.opened(name, part.packed, LARGEST_PART) as content:
                packed = content.read()
            if hashlib.sha256(packed).hexdigest() != part.sha256:
                raise ArchiveError(f"its part {name!r} is damaged: take an earlier backup")
            text = _unpacked(packed, part) if part.compressed else packed
            del packed
            lines = text.split(b"\n")
            del text
            if len(lines) != part.lines + 1 or lines.pop():
                raise ArchiveError(f"its part {name!r} has not the lines that it should: it is damaged")
            for line in lines:
                yield _parsed(line)


def _document(said: Any, collection: str) -> Stored:
    try:
        attachments = received_attachments(said["attachments"])
        checked = received(said["id"], said["fields"], attachments)
        if set(said) != {"id", "fields", "attachments"} or set(checked.attachments) != set(attachments):
            raise ValueError("parts that belong to no document")
    except (DataError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ArchiveError(
            f"a document of {collection!r:.100} is damaged ({error!s:.200}): take an earlier backup"
        ) from error
    return Stored(checked.id, checked.text, {name: each.content for name, each in attachments.items()})


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"a line of it is damaged ({error!s:.100}): take an earlier backup") from error


def _unpacked(packed: bytes, part: Part) -> bytes:
    unpacking = zlib.decompressobj(31)
    with archive_errors():
        text = unpacking.decompress(packed, part.unpacked + 1)
    if len(text) != part.unpacked or not unpacking.eof or unpacking.unused_data:
        raise ArchiveError("a part of it unpacks to another size than it says: it is damaged")
    return text


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """Open a backup for as long as the block runs; errors say which file they are about.

    Raises:
        ArchiveError: it cannot be read, is no backup, or damaged.
    """
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(open(path, "rb"))
        except OSError as error:
            raise ArchiveError(
                f"the file {str(path)!r} cannot be read ({error.strerror}): name one that "
                "“imlkit store backup” made"
            ) from error
        try:
            yield Archive(file)
        except ArchiveError as error:
            raise ArchiveError(f"the file {str(path)!r} cannot be restored: {error}") from error
