"""The files of a folder, found fast."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import walking
from .errors import DataError

__all__ = ["Found", "walk_ahead", "walked"]

_ahead: dict[Path, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was found.

    Attributes:
        path: from the folder on, with slashes.
        bytes: its size.
    """

    path: str
    bytes: int

    @property
    def ending(self) -> str:
        """Its ending in lower case, with the dot; empty for none."""
        return os.path.splitext(self.path)[1].lower()

    @property
    def folder(self) -> str:
        """The folder it lies in, from the folder on; empty for itself."""
        return self.path.rpartition("/")[0]


def walked(folder: Path) -> list[Found]:
    """Return the files in a folder and its subfolders, in the order of their paths.

    Hidden files and folders, and those of archivers (``__MACOSX``), are passed over. Links to
    folders are not followed.

    Raises:
        DataError: the folder cannot be read.
    """
    try:
        found = _found_ahead(folder)
        return [Found(*each) for each in (found if found is not None else sorted(walking.walk(str(folder))))]
    except OSError as error:
        raise DataError(
            f"The folder {str(folder)!r} cannot be read ({error.strerror}): check its rights."
        ) from error


def walk_ahead(folder: Path) -> None:
    """Let a process of its own begin to walk through a folder, for whoever asks for its files first."""
    if folder.is_dir():
        command = [sys.executable, "-I", "-S", walking.__file__, str(folder)]
        with contextlib.suppress(OSError):
            _ahead[folder] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _found_ahead(folder: Path) -> list[tuple[str, int]] | None:
    process = _ahead.pop(folder, None)
    if process is None:
        return None
    told, _ = process.communicate()
    # Why it failed, walking here tells.
    return walking.read(told) if process.returncode == 0 else None
