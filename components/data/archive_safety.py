"""Zip files that nobody vouches for, opened so that they can do no harm."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from typing import Any, BinaryIO

from imlkit.errors import ArchiveError

from .archive import shortened

__all__ = ["LIMITS", "Limits", "SafeArchive", "opened"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that an archive may hold.

    Attributes:
        entries: files.
        entry: bytes of one file, unpacked.
        total: bytes of all files, unpacked.
        ratio: how many times larger than packed, where it is more than ``free`` bytes.
        free: bytes unpacked below which the ratio does not matter.
    """

    entries: int = 2_000_000
    entry: int = 2 << 30
    total: int = 64 << 30
    ratio: int = 100
    free: int = 64 << 20


LIMITS = Limits()


class SafeArchive:
    """The files of a checked zip archive, by path.

    Attributes:
        files: each file's path (with ``/``) and entry, in the archive's order.
    """

    def __init__(self, archive: zipfile.ZipFile, size: int, limits: Limits) -> None:
        self._archive = archive
        self.files: dict[str, zipfile.ZipInfo] = {}
        entries = archive.infolist()
        if len(entries) > limits.entries:
            raise ArchiveError(
                f"The archive holds {len(entries):,} files, more than the {limits.entries:,} that one upload "
                "may have: divide it into several."
            )
        for entry in entries:
            path = _path(entry)
            if entry.is_dir():
                continue
            if path in self.files:
                raise ArchiveError(f"The archive holds {shortened(path)!r} twice: pack it again.")
            self.files[path] = entry
        self._check_sizes(size, limits)

    def _check_sizes(self, size: int, limits: Limits) -> None:
        total = sum(entry.file_size for entry in self.files.values())
        # What claims more packed bytes than the file has lays entries over each other.
        packed = sum(entry.compress_size for entry in self.files.values())
        largest = max((entry.file_size for entry in self.files.values()), default=0)
        if largest > limits.entry or total > limits.total:
            raise ArchiveError(
                f"The archive would unpack to {_gigabytes(total)}, its largest file to "
                f"{_gigabytes(largest)}: up to {_gigabytes(limits.total)} in files of up to "
                f"{_gigabytes(limits.entry)} are taken. Divide it into several."
            )
        if packed > size or (total > limits.free and total > limits.ratio * max(size, 1)):
            raise ArchiveError(
                f"The archive of {size:,} bytes claims to unpack to {total:,}: it is damaged or made to "
                "fill up the memory, and is not opened."
            )

    def read(self, path: str) -> bytes:
        """Return what a file holds. Raises ArchiveError where it is damaged or not there."""
        with self.stream(path) as file:
            content: bytes = file.read()
            return content

    @contextmanager
    def stream(self, path: str) -> Iterator[Any]:
        """Open a file for reading. Raises ArchiveError where it is damaged or not there."""
        entry = self.files.get(path)
        if entry is None:
            raise ArchiveError(
                f"The archive's table speaks of {shortened(path)!r}, which is missing: get the file again."
            )
        try:
            # Never more than the size checked above comes out, whatever the data says.
            with self._archive.open(entry) as file:
                yield file
        except ArchiveError:
            raise
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise _damaged(error, path) from error
        except Exception as error:
            if type(error).__module__ in ("zlib", "lzma", "_lzma", "_bz2"):
                raise _damaged(error, path) from error
            raise


@contextmanager
def opened(file: str | PathLike[str] | BinaryIO, limits: Limits = LIMITS) -> Iterator[SafeArchive]:
    """Open a zip archive, having looked at every entry's path, kind and size.

    Raises:
        ArchiveError: it is no zip archive, is cut off, or holds what could do harm: paths that
            climb out, links, more than the limits.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
        raise ArchiveError(
            f"The file is no whole zip archive ({str(error) or 'it is cut off'}): choose a .zip file, or get "
            "it again if it was cut off on its way."
        ) from error
    except OSError as error:
        raise ArchiveError(f"The file cannot be read ({error.strerror or error}): choose another.") from error
    with archive:
        yield SafeArchive(archive, _size(archive), limits)


def _size(archive: zipfile.ZipFile) -> int:
    file = archive.fp
    assert file is not None
    place = file.tell()
    size = file.seek(0, 2)
    file.seek(place)
    return size


def _path(entry: zipfile.ZipInfo) -> str:
    # The name as it stands in the file: zipfile cuts it at the first NUL.
    path = entry.orig_filename.replace("\\", "/")
    shown = shortened(path)
    if path.startswith("/") or re.match(r"[A-Za-z]:", path) or ".." in path.split("/") or "\0" in path:
        raise ArchiveError(
            f"The archive holds a path that leads out of it, {shown!r}: it is not opened. "
            "Pack the folders themselves, without paths around them."
        )
    kind = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == 3 else 0
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError(
            f"The archive holds a link or device, {shown!r}: it is not opened. Pack the files themselves."
        )
    if entry.flag_bits & 1:
        raise ArchiveError(f"{shown!r} in the archive is locked by a password: pack it without one.")
    return path


def _damaged(error: Exception, path: str) -> ArchiveError:
    return ArchiveError(
        f"{shortened(path)!r} in the archive is damaged ({str(error) or type(error).__name__}): "
        "get the file again."
    )


def _gigabytes(size: int) -> str:
    return f"{size / (1 << 30):,.1f} GB"
