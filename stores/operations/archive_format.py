"""What a backup looks like.

::

    lab.imlkit.zip
    ├── documents/000001/000001.jsonl.gz   documents of the first collection, a line each
    ├── documents/000001/000002.jsonl      more of them, not compressed
    ├── assets/ab12…                       the assets, each named by the SHA-256 of its content
    ├── asset-lists/000001.jsonl.gz        the media type and size of each asset
    └── manifest.json                      the version, the collections, and the hash of every part

A line of documents is ``{"id": …, "fields": {…}, "attachments": {…}}``: fields as
:mod:`imlkit.documents` writes them, attachments by name, in base64. Lines stand in the order in which
the documents were created.

The zip itself compresses nothing. A part is compressed only where it unpacks to at most
:data:`UNPACKED` bytes and to at most :data:`RATIO` times its own size, so that a reader need not
believe in a small file that unpacks to a large one. The manifest comes last: without it, a file is
no backup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from imlkit.errors import ArchiveError

__all__ = [
    "DIRECTORY",
    "FORMAT",
    "LARGEST_PART",
    "MANIFEST",
    "MANIFEST_BYTES",
    "MOST_ASSETS",
    "RATIO",
    "UNPACKED",
    "Kept",
    "Manifest",
    "Part",
    "part_name",
]

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
MANIFEST_BYTES: Final = 64 << 20
"""Bytes of a manifest at most."""
MOST_ASSETS: Final = 2_000_000
DIRECTORY: Final = 200 * (MOST_ASSETS + 200_000)
"""Bytes of a zip's own table of contents at most, which a reader holds in memory."""
LARGEST_PART: Final = 4 << 30
"""Bytes of a part at most, which holds at least one document whole."""
UNPACKED: Final = 256 << 20
RATIO: Final = 256


@dataclass(frozen=True, slots=True)
class Part:
    """A file of lines in a backup.

    Attributes:
        lines: how many there are.
        packed: bytes of the file.
        unpacked: bytes of the lines; the same where the file is not compressed.
        sha256: the hash of the file.
        compressed: whether it is.
    """

    lines: int
    packed: int
    unpacked: int
    sha256: str
    compressed: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """Lines of one kind: the documents of a collection, or the list of assets.

    Attributes:
        name: the collection's name; empty for assets.
        count: how many documents or assets there are.
        parts: where they are, in order.
    """

    name: str
    count: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        made: when, such as ``"2026-01-31T12:00:00+00:00"``.
        collections: the documents.
        assets: the list of assets.
    """

    made: str
    collections: tuple[Kept, ...]
    assets: Kept

    def json(self) -> dict[str, Any]:
        """Return what JSON is to hold."""
        return {
            "imlkit": "backup",
            "format": FORMAT,
            "made": self.made,
            "collections": [_said(each) for each in self.collections],
            "assets": _said(self.assets),
        }

    @classmethod
    def of(cls, said: Any) -> Manifest:
        """Return the manifest that JSON holds.

        Raises:
            ArchiveError: it is none, or of a newer imlkit.
        """
        if not isinstance(said, dict) or said.get("imlkit") != "backup":
            raise ArchiveError("it is no backup of a store: choose a file that “imlkit store backup” made")
        version = said.get("format")
        if not isinstance(version, int) or not 0 < version < 2**31:
            raise ArchiveError(f"its format {version!r:.20} is none: it is damaged; take an earlier backup")
        if version > FORMAT:
            raise ArchiveError(
                f"a newer imlkit made it (format {version}, this one reads up to {FORMAT}): update imlkit"
            )
        try:
            collections = tuple(map(_kept, said["collections"]))
            if len({each.name for each in collections}) != len(collections):
                raise ValueError("a collection stands there twice")
            return cls(str(said["made"]), collections, _kept(said["assets"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ArchiveError(f"its manifest is damaged ({error!r:.100}): take an earlier backup") from error


def part_name(kept: int | None, number: int, compressed: bool) -> str:
    """Return the name of a part in the zip.

    Args:
        kept: the number of the collection, from 1; None for the list of assets.
        number: the number of the part, from 1.
        compressed: whether it is.
    """
    folder = "asset-lists" if kept is None else f"documents/{kept:06d}"
    return f"{folder}/{number:06d}.jsonl{'.gz' if compressed else ''}"


def _said(kept: Kept) -> dict[str, Any]:
    parts = [
        {
            "lines": part.lines,
            "packed": part.packed,
            "unpacked": part.unpacked,
            "sha256": part.sha256,
            "compressed": part.compressed,
        }
        for part in kept.parts
    ]
    return {"name": kept.name, "count": kept.count, "parts": parts}


def _kept(said: Any) -> Kept:
    parts = tuple(map(_part, said["parts"]))
    if not isinstance(said["name"], str) or sum(part.lines for part in parts) != said["count"]:
        raise ValueError("counts do not agree")
    return Kept(said["name"], said["count"], parts)


def _part(said: Any) -> Part:
    part = Part(said["lines"], said["packed"], said["unpacked"], said["sha256"], said["compressed"])
    if not all(map(_is_count, (part.lines, part.packed, part.unpacked))):
        raise ValueError("a number is none")
    if not isinstance(part.sha256, str) or not isinstance(part.compressed, bool):
        raise ValueError("a part is not described as parts are")
    if max(part.packed, part.unpacked) > LARGEST_PART:
        raise ValueError("a part is larger than any can be")
    if part.compressed and part.unpacked > min(UNPACKED, RATIO * part.packed):
        raise ValueError("a small part unpacks to a large one, as none that was made for a backup does")
    if not part.compressed and part.unpacked != part.packed:
        raise ValueError("sizes do not agree")
    return part


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
