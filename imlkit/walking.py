"""The files below a folder; run as a program, it tells them to another one.

It needs nothing but Python's own parts: a process that only walks is there within milliseconds.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

__all__ = ["read", "walk"]

DEEPEST = 50


def walk(folder: str, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, int]]:
    """Give the path (from the folder on, with slashes) and the bytes of each file in a folder and below.

    Hidden files and folders, and those of archivers (``__MACOSX``), are passed over. Links to
    folders are not followed.

    Raises:
        OSError: a folder cannot be read.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name == "__MACOSX":
                continue
            # What no text can hold cannot be asked for by its name either.
            path = (prefix + entry.name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            if entry.is_dir(follow_symlinks=False):
                if depth < DEEPEST:
                    yield from walk(entry.path, path + "/", depth + 1)
            elif entry.is_file():
                try:
                    yield path, entry.stat().st_size
                except OSError:
                    continue


def read(told: bytes) -> list[tuple[str, int]]:
    """Return what a process that walked has told."""
    parts = told.decode("utf-8").split("\0")
    return list(zip(parts[0:-1:2], map(int, parts[1:-1:2]), strict=True))


if __name__ == "__main__":
    found = sorted(walk(sys.argv[1]))
    sys.stdout.buffer.write("".join(f"{path}\0{size}\0" for path, size in found).encode("utf-8"))
