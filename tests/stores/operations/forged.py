"""Backups that were changed by hand."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["LINES", "Parts", "forged", "lines", "part"]

Parts = dict[str, bytes]
LINES = "documents/000001/000001.jsonl.gz"


def forged(
    path: Path,
    change: Callable[[dict[str, Any], Parts], object],
    compression: int = zipfile.ZIP_STORED,
) -> None:
    """Change what is in a backup.

    Args:
        path: the backup.
        change: changes the manifest and the contents of the parts by name.
        compression: that of the new file.
    """
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    change(manifest, parts)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps(manifest))


def part(content: bytes, count: int, compressed: bool = True) -> dict[str, Any]:
    """Return what a manifest says of a part with this content, packed."""
    unpacked = gzip.decompress(content) if compressed else content
    return {
        "lines": count,
        "packed": len(content),
        "unpacked": len(unpacked),
        "sha256": hashlib.sha256(content).hexdigest(),
        "compressed": compressed,
    }


def lines(path: Path, documents: list[Mapping[str, Any] | bytes], name: str = "cases") -> None:
    """Put these lines in the place of those of the first collection of a backup."""
    text = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in documents]
    content = gzip.compress(b"".join(line + b"\n" for line in text))

    def change(manifest: dict[str, Any], parts: Parts) -> None:
        described = {"name": name, "count": len(text), "parts": [part(content, len(text))]}
        manifest["collections"] = [described]
        parts[LINES] = content

    forged(path, change)
