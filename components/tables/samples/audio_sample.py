"""Sounds, from files or from the table itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from imlkit.errors import DataError
from imlkit.tables.samples.sample_type import Sample, SampleType

from .line_drawing import COLOURS, area, drawing
from .wave_file import WaveFile, opened

__all__ = ["AudioSample"]

MOST_BYTES = 50_000_000
"""The largest file that is sent."""
NAMES = {
    "audio/wav": "WAV",
    "audio/mpeg": "MP3",
    "audio/flac": "FLAC",
    "audio/ogg": "Ogg",
    "audio/mp4": "M4A",
    "audio/aac": "AAC",
}


class AudioSample(SampleType):
    """A sound: the path of a WAV, MP3, FLAC, Ogg, M4A or AAC file, or such a file's bytes."""

    kind = "audio"
    of_files = True

    def preview(self, value: Any, size: int) -> Sample:
        """Return the outline of a WAV file's waveform; of others, what they are in words."""
        name, length, head = _looked_at(value)
        kind = _media_type(head, name)
        if kind != "audio/wav":
            return Sample("text/plain", None, f"{name}\n{NAMES[kind]}, {_bytes(length)}")
        with opened(value) as file:
            wave = WaveFile.read(file, name)
            low, high = wave.outline(file, size)
        if not low.size:
            raise DataError(f"{name} is silent: it has no samples.")
        height = max(size // 2, 4)
        loudest = float(max(np.abs(low).max(), np.abs(high).max(), 1e-9))
        picture = drawing(size, height, [area(low, high, max(loudest, 0.05), size, height, COLOURS[0])])
        return Sample("image/svg+xml", picture, f"{name}: {_words(wave)}")

    def detail(self, value: Any) -> Sample:
        """Return the file, for the browser to play."""
        name, length, head = _looked_at(value)
        kind = _media_type(head, name)
        if length > MOST_BYTES:
            raise DataError(
                f"{name} has {_bytes(length)}, more than the {_bytes(MOST_BYTES)} that are sent: "
                "open it in a player, or cut it into parts."
            )
        said = f"{name}: {NAMES[kind]}, {_bytes(length)}"
        with opened(value) as file:
            if kind == "audio/wav":
                said = f"{name}: {_words(WaveFile.read(file, name))}, {_bytes(length)}"
            file.seek(0)
            return Sample(kind, file.read(), said)


def _looked_at(value: Any) -> tuple[str, int, bytes]:
    """What to call it, its length in bytes, and its first bytes."""
    if isinstance(value, bytes):
        return "The sound", len(value), value[:12]
    if not isinstance(value, Path):
        raise DataError(f"{str(value)[:100]!r} is no sound: give the path of a file, or a file's bytes.")
    name = f"“{value.name}”"
    try:
        with value.open("rb") as file:
            return name, value.stat().st_size, file.read(12)
    except OSError as error:
        raise DataError(
            f"{name} cannot be read ({error.strerror or error}): check that the file is there and readable."
        ) from error


def _media_type(head: bytes, name: str) -> str:
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:4] == b"fLaC":
        return "audio/flac"
    if head[:4] == b"OggS":
        return "audio/ogg"
    if head[4:8] == b"ftyp":
        return "audio/mp4"
    if head[:1] == b"\xff" and head[1:2] in (b"\xf0", b"\xf1", b"\xf8", b"\xf9"):
        return "audio/aac"
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0):
        return "audio/mpeg"
    what = "is empty (0 bytes)" if not head else "is not a sound that can be played, whatever its name says"
    raise DataError(f"{name} {what}: give a WAV, MP3, FLAC, Ogg, M4A or AAC file.")


def _words(wave: WaveFile) -> str:
    channels = {1: "mono", 2: "stereo"}.get(wave.channels, f"{wave.channels} channels")
    return f"{wave.seconds:,.2f} s, {wave.rate:,} Hz, {channels}"


def _bytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1_000_000 else f"{count / 1e3:,.1f} kB"
