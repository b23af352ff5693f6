"""Coordinates that were computed once, kept on disk."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import filelock
import numpy as np
import numpy.typing as npt

from imlkit.user_folders import cache_folder

__all__ = ["ProjectionCache"]

log = logging.getLogger("imlkit")


class ProjectionCache:
    """Coordinates by what they were computed of and how: see :meth:`ProjectionPlan.key`.

    What cannot be kept, on a full or read-only disk, is computed again each time.

    Args:
        folder: where; left out, ``projections`` in imlkit's cache folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else cache_folder() / "projections"

    def get(self, key: str, rows: int) -> npt.NDArray[np.float64] | None:
        """Return the coordinates of so many rows, float64 of shape (rows, 2); None if they are not kept."""
        try:
            found = np.load(self.folder / f"{key}.npy", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        whole = getattr(found, "shape", None) == (rows, 2) and found.dtype == np.float64
        return found if whole and bool(np.isfinite(found).all()) else None

    @contextlib.contextmanager
    def turn(self, key: str, check: Callable[[], object]) -> Iterator[None]:
        """Keep others from computing the same meanwhile, in this process or another.

        Args:
            key: of the coordinates.
            check: called while another computes; what it raises ends the waiting.
        """
        lock = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.folder / f"{key}.lock")
            while not _acquired(lock):
                check()
        except OSError as error:
            log.warning("Coordinates cannot be kept in %s: %s", self.folder, error)
            lock = None
        try:
            yield
        finally:
            if lock is not None:
                lock.release()

    def put(self, key: str, coordinates: npt.NDArray[np.float64]) -> None:
        """Keep coordinates."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    np.save(file, coordinates, allow_pickle=False)
                os.replace(name, self.folder / f"{key}.npy")
            except BaseException:
                os.unlink(name)
                raise
        except OSError as error:
            log.warning("Coordinates could not be kept in %s: %s", self.folder, error)


def _acquired(lock: filelock.BaseFileLock) -> bool:
    try:
        lock.acquire(timeout=0.2)
    except filelock.Timeout:
        return False
    return True
