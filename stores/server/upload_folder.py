"""Uploads that are on their way: each a file, continued where it was broken off."""

from __future__ import annotations

import hashlib
import io
import os
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Final

from anyio.to_thread import run_sync

from imlkit.errors import DataError, NotFoundError, StoreFullError

from ..disk import disk_errors, made_folder

__all__ = ["TooLarge", "UploadFolder"]

_ID: Final = re.compile(r"[0-9a-f]{64}")
_KEPT: Final = 86_400
"""Seconds for which an upload that is broken off is kept."""
_SWEPT_EVERY: Final = 3_600.0
_PIECE: Final = 1 << 20


class TooLarge(DataError):  # noqa: N818
    """What is being sent is too large: the rest is not waited for."""


class UploadFolder:
    """Files that grow until they are whole.

    Args:
        folder: where; made if it does not exist.
        largest: bytes that an asset may have at most.
    """

    def __init__(self, folder: Path, largest: int) -> None:
        self._folder = made_folder(folder)
        self._largest = largest
        self._sweep()

    def offset(self, owner: str, id: str) -> int:
        """Return how many bytes of an upload have come."""
        try:
            return self._path(owner, id).stat().st_size
        except FileNotFoundError:
            return 0

    async def add(self, owner: str, id: str, offset: int, pieces: AsyncIterator[bytes]) -> int:
        """Add what comes next to an upload; return how many bytes it has then.

        The same asset may come several times at once, from others or on a connection that was thought
        lost: each piece has its place, and is the same whoever sends it.

        Raises:
            DataError: it is not what comes next.
            TooLarge: it becomes too large.
            StoreFullError: no space is left; what came is forgotten, so that others have some.
        """
        path = self._path(owner, id)
        have = await run_sync(self.offset, owner, id)
        if offset > have:
            raise DataError(f"the upload has {have} bytes, not {offset}: go on from there")
        try:
            with disk_errors(self._folder):
                await self._write(path, offset, pieces)
        except StoreFullError:
            await run_sync(self.forget, owner, id)
            raise
        return await run_sync(self.offset, owner, id)

    async def _write(self, path: Path, at: int, pieces: AsyncIterator[bytes]) -> None:
        file = await run_sync(lambda: path.open("r+b", buffering=0))
        try:
            await run_sync(file.seek, at)
            async for piece in pieces:
                at += len(piece)
                if at > self._largest:
                    raise TooLarge(
                        f"the asset is larger than the {self._largest:,} bytes that this server takes"
                    )
                await run_sync(_written, file, piece)
        finally:
            await run_sync(file.close)

    def whole(self, owner: str, id: str, size: int) -> BinaryIO:
        """Open an upload that is whole.

        Raises:
            NotFoundError: nothing has come, or not all.
            DataError: it is not what was announced; it is forgotten.
        """
        path = self._path(owner, id)
        with disk_errors(self._folder):
            try:
                file = path.open("rb")
            except FileNotFoundError:
                raise _incomplete(0, size) from None
            try:
                have = os.fstat(file.fileno()).st_size
                if have < size:
                    raise _incomplete(have, size)
                digest = hashlib.sha256()
                while piece := file.read(_PIECE):
                    digest.update(piece)
                if digest.hexdigest() != id or have != size:
                    path.unlink(missing_ok=True)
                    raise DataError("what came is not what its id says: send it anew")
                file.seek(0)
            except BaseException:
                file.close()
                raise
        return file

    def begin(self, owner: str, id: str) -> None:
        """Make room for an upload that is about to come, so that even an empty one is there."""
        if time.monotonic() - self._swept > _SWEPT_EVERY:
            self._sweep()
        with disk_errors(self._folder):
            self._path(owner, id).touch()

    def forget(self, owner: str, id: str) -> None:
        """Forget an upload."""
        self._path(owner, id).unlink(missing_ok=True)

    def _path(self, owner: str, id: str) -> Path:
        # Nothing of a path comes from outside but a hash.
        if not _ID.fullmatch(id):
            raise NotFoundError(f"{id!r:.100} is no asset's id: that is the SHA-256 of its content")
        return self._folder / f"{hashlib.sha256(owner.encode()).hexdigest()[:16]}.{id}"

    def _sweep(self) -> None:
        self._swept = time.monotonic()
        now = time.time()
        for path in self._folder.iterdir():
            try:
                # One of days to come was left by a clock that went wrong.
                if abs(now - path.stat().st_mtime) > _KEPT:
                    path.unlink()
            except FileNotFoundError:
                continue


def _written(file: io.FileIO, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        # A disk that becomes full takes a part first.
        rest = rest[file.write(rest) :]


def _incomplete(have: int, size: int) -> NotFoundError:
    return NotFoundError(f"{have} of {size} bytes of this upload have come: send the rest first")
