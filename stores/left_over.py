"""Files that were begun and never finished, and how much a folder takes."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

__all__ = ["bytes_in", "forget_old"]

_KEPT: Final = 86_400
"""Seconds after which nobody goes on with a file that was begun."""


def bytes_in(folder: Path) -> int:
    """Return how many bytes the files of a folder have, those of folders in it too."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(path, name)).st_size
    return total


def forget_old(files: Iterable[Path]) -> int:
    """Remove those of some files that nobody has written to for a day; return how many."""
    gone = 0
    for path in files:
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _KEPT:
                path.unlink()
                gone += 1
    return gone
