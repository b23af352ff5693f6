"""Assets as files in a folder, each named after the hash of its content."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote, unquote

from imlkit.errors import NotFoundError
from imlkit.store import Asset, Assets

from .arguments import asset_type
from .disk import disk_errors

__all__ = ["AssetFolder"]

_ID: Final = re.compile(r"[0-9a-f]{64}")
_PIECE: Final = 1 << 20


class AssetFolder(Assets):
    """Assets as files ``ab/ab12….image%2Fpng``: the hash, and after the dot the media type.

    Listing them reads directories alone. A file appears under its name whole or not at all.

    Args:
        folder: where; made at the first write.
        check_open: raises if the store is closed.
    """

    def __init__(self, folder: Path, check_open: Callable[[], None]) -> None:
        self._folder = folder
        self._check_open = check_open

    def put(self, content: bytes | BinaryIO, media_type: str = "application/octet-stream") -> Asset:
        self._check_open()
        media_type = asset_type(media_type)
        source = io.BytesIO(content) if isinstance(content, (bytes, bytearray, memoryview)) else content
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            partial = self._folder / f"{uuid.uuid4().hex}.partial"
            try:
                id, size = _copied(source, partial)
                kept = self._entry(id)
                if kept is None:
                    target = self._folder / id[:2] / f"{id}.{quote(media_type, safe=' +;=')}"
                    target.parent.mkdir(exist_ok=True)
                    os.replace(partial, target)
                    return Asset(id, media_type, size)
            finally:
                with contextlib.suppress(OSError):
                    partial.unlink(missing_ok=True)
        return _asset(kept)

    def open(self, id: str) -> BinaryIO:
        entry = self._found(id)
        with disk_errors(self._folder):
            try:
                return open(entry.path, "rb")
            except FileNotFoundError:
                raise _missing(id) from None

    def info(self, id: str) -> Asset:
        return _asset(self._found(id))

    def remove(self, id: str) -> None:
        entry: os.DirEntry[str] | None = self._found(id)
        with disk_errors(self._folder):
            while entry is not None:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(entry.path)
                entry = self._entry(id)

    def __iter__(self) -> Iterator[Asset]:
        self._check_open()
        with disk_errors(self._folder):
            return iter([_asset(entry) for entry in self._entries()])

    def _entries(self) -> Iterator[os.DirEntry[str]]:
        for part in _listed(self._folder):
            if len(part.name) == 2:
                before = ""
                for entry in _listed(Path(part.path)):
                    id = entry.name[:64]
                    if id != before and _ID.fullmatch(id):
                        yield entry
                    before = id

    def _found(self, id: str) -> os.DirEntry[str]:
        self._check_open()
        with disk_errors(self._folder):
            entry = self._entry(id)
        if entry is None:
            raise _missing(id)
        return entry

    def _entry(self, id: str) -> os.DirEntry[str] | None:
        # Anything but a hash, such as "../../secret", never reaches the file system.
        if not isinstance(id, str) or not _ID.fullmatch(id):
            return None
        return next((e for e in _listed(self._folder / id[:2]) if e.name.startswith(f"{id}.")), None)


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _asset(entry: os.DirEntry[str]) -> Asset:
    return Asset(entry.name[:64], unquote(entry.name[65:]), entry.stat().st_size)


def _missing(id: str) -> NotFoundError:
    return NotFoundError(f"the store has no asset {id!r:.100}: it may have been removed")


def _copied(source: BinaryIO, target: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with open(target, "xb") as file:
        while piece := source.read(_PIECE):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size
