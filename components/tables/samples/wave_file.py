"""The samples of WAV files, read only where they are looked at."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

__all__ = ["WaveFile", "opened"]

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
LOOKED_AT = 4_096
"""Frames that are read of each stretch."""
REMEDY = "save it again as PCM, or convert it to another format"


@dataclass(frozen=True)
class WaveFile:
    """The head of a WAV file: PCM of 8 to 32 bits, or floating point of 32 or 64.

    Attributes:
        rate: in Hz.
        channels: how many.
        frames: how many samples each has.
        start: byte at which they begin.
        bits: of a sample.
        floating: whether samples are floating-point numbers.
    """

    rate: int
    channels: int
    frames: int
    start: int
    bits: int
    floating: bool

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.frames / self.rate

    @classmethod
    def read(cls, file: BinaryIO, name: str) -> WaveFile:
        """Return the head of a file.

        Args:
            file: open for reading.
            name: what to call it in messages.

        Raises:
            DataError: it is no WAV file, or one of samples that are not read here.
        """
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise DataError(f"{name} is no WAV file, whatever its name says: get it again.")
        form: tuple[int, int, int, int] | None = None
        while len(chunk := file.read(8)) == 8:
            length = int.from_bytes(chunk[4:], "little")
            if chunk[:4] == b"fmt ":
                form = _form(file.read(min(length, 40)), name)
                file.seek(max(0, length - 40) + length % 2, io.SEEK_CUR)
            elif chunk[:4] == b"data" and form is not None:
                kind, channels, rate, bits = form
                start = file.tell()
                # A recording that was broken off says a wrong length.
                length = min(length, size - start)
                return cls(rate, channels, length // (channels * bits // 8), start, bits, kind == FLOAT)
            else:
                file.seek(length + length % 2, io.SEEK_CUR)
        raise DataError(f"{name} is damaged or cut short: get it again from where it came from.")

    def outline(self, file: BinaryIO, stretches: int) -> npt.NDArray[np.float64]:
        """Return the least and the greatest sample of stretches of equal length, all channels together.

        Of long stretches only the beginning is looked at.

        Args:
            file: the file that was read.
            stretches: how many.

        Returns:
            float64 of shape (2, N) in [-1, 1] for PCM; N is at most ``stretches``.
        """
        edges = np.linspace(0, self.frames, min(stretches, self.frames) + 1).astype(np.int64)
        found = np.zeros((2, len(edges) - 1))
        frame = self.channels * self.bits // 8
        for n, (begin, end) in enumerate(pairwise(edges)):
            file.seek(self.start + int(begin) * frame)
            samples = self._samples(file.read(min(int(end - begin), LOOKED_AT) * frame))
            if samples.size:
                found[:, n] = samples.min(), samples.max()
        return found

    def _samples(self, data: bytes) -> npt.NDArray[np.float64]:
        width = self.bits // 8
        data = data[: len(data) // width * width]
        if self.floating:
            values = np.frombuffer(data, f"<f{width}").astype(np.float64)
            return np.nan_to_num(values, nan=0.0, posinf=1.0, neginf=-1.0)
        if width == 1:
            return np.frombuffer(data, np.uint8) / 128.0 - 1
        # The bytes of a sample as the upper ones of 32 bits.
        padded = np.zeros((len(data) // width, 4), np.uint8)
        padded[:, 4 - width :] = np.frombuffer(data, np.uint8).reshape(-1, width)
        return padded.view("<i4")[:, 0] / 2.0**31


def _form(head: bytes, name: str) -> tuple[int, int, int, int]:
    kind, channels = int.from_bytes(head[:2], "little"), int.from_bytes(head[2:4], "little")
    rate, bits = int.from_bytes(head[4:8], "little"), int.from_bytes(head[14:16], "little")
    if kind == EXTENSIBLE:
        kind = int.from_bytes(head[24:26], "little")
    known = (kind == PCM and bits in (8, 16, 24, 32)) or (kind == FLOAT and bits in (32, 64))
    if not (known and channels and rate):
        raise DataError(
            f"{name} has samples of a kind that is not read here (format {kind}, {bits} bits): {REMEDY}."
        )
    return kind, channels, rate, bits


def opened(value: Path | bytes) -> BinaryIO:
    """Return a file's bytes, or the file of a path, open for reading."""
    return io.BytesIO(value) if isinstance(value, bytes) else value.open("rb")
