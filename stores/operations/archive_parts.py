"""The parts of a backup's zip file, of which nothing is believed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, Final

from imlkit.errors import ArchiveError, ImlkitError

from .archive_format import DIRECTORY

__all__ = ["ArchiveParts", "archive_errors"]

_END: Final = struct.Struct("<4s4H2LH")
_FURTHER: Final = struct.Struct("<4sLQL")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_PIECE: Final = 1 << 20
_ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    ValueError,
)
"""What Python's zipfile raises on files that were damaged, or made to harm."""


class ArchiveParts:
    """The parts of a zip by name.

    Args:
        file: the file, open for reading.

    Raises:
        ArchiveError: it is no zip, or one that is damaged or made to harm.
    """

    def __init__(self, file: BinaryIO) -> None:
        size = file.seek(0, 2)
        _check_directory(file, size)
        with archive_errors():
            self._zip = zipfile.ZipFile(file)
        # Contents that lie over each other would be read many times.
        if sum(entry.compress_size for entry in self._zip.infolist()) > size:
            raise ArchiveError("its parts lie over each other, as in no backup: take another file")

    def size(self, name: str) -> int:
        """Return how many bytes a part has. Raises ArchiveError if it is missing."""
        with archive_errors(name):
            return self._zip.getinfo(name).file_size

    @contextmanager
    def opened(self, name: str, size: int | None, most: int) -> Iterator[BinaryIO]:
        """Open a part.

        Args:
            name: its name.
            size: the bytes that it is to have, if that is known.
            most: the bytes that it may have at most.

        Raises:
            ArchiveError: it is missing, compressed, of another size, or damaged.
        """
        with archive_errors(name):
            entry = self._zip.getinfo(name)
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
                raise ValueError("it is compressed")
            if entry.file_size > most or entry.file_size != (entry.file_size if size is None else size):
                raise ValueError("it is of another size")
            content = self._zip.open(entry)
        with content:
            yield io.BufferedReader(_Reading(content, name), _PIECE)


class _Reading(io.RawIOBase):
    """The content of a part, which may turn out to be damaged."""

    def __init__(self, content: IO[bytes], name: str) -> None:
        super().__init__()
        self._content = content
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with archive_errors(self._name):
            piece = self._content.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _check_directory(file: BinaryIO, size: int) -> None:
    """Raise unless the end of the file is that of a whole zip, whose table of contents can be held."""
    file.seek(max(0, size - _END.size - _FURTHER.size))
    tail = file.read()
    if len(tail) < _END.size or tail[-_END.size :][:4] != b"PK\x05\x06":
        raise ArchiveError("it is no backup of a store, or its end is missing: take another file")
    directory = _END.unpack(tail[-_END.size :])[5]
    if directory == 0xFFFFFFFF or tail[: -_END.size][:4] == b"PK\x06\x07":
        with archive_errors():
            file.seek(_FURTHER.unpack(tail[: _FURTHER.size])[2])
            directory = max(
                directory if directory != 0xFFFFFFFF else 0, _END_64.unpack(file.read(_END_64.size))[8]
            )
    if directory > DIRECTORY:
        raise ArchiveError("its table of contents is larger than that of any backup: take another file")


@contextmanager
def archive_errors(name: str = "") -> Iterator[None]:
    """Turn what zipfile raises inside the block, about a part of a name, into ArchiveError."""
    try:
        yield
    except ImlkitError:
        raise
    except _ZIP_ERRORS as error:
        part = f"its part {name!r:.120}" if name else "it"
        raise ArchiveError(
            f"{part} is damaged or missing ({error!s:.100}): take an earlier backup"
        ) from error
