"""Sound files made for tests."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

__all__ = ["tone", "wav"]


def tone(seconds: float = 0.25, rate: int = 8_000, frequency: float = 440.0) -> NDArray[np.float64]:
    """Return a tone that grows louder, float64 (T,) in [-1, 1]."""
    time = np.arange(int(seconds * rate)) / rate
    return np.sin(2 * np.pi * frequency * time) * np.linspace(0, 0.9, len(time))


def wav(samples: NDArray[np.float64], rate: int = 8_000, bits: int = 16, floating: bool = False) -> bytes:
    """Return a WAV file of samples, float64 (T,) or (T, C) in [-1, 1]."""
    if samples.ndim == 1:
        samples = samples[:, None]
    if floating:
        data = samples.astype(f"<f{bits // 8}").tobytes()
    elif bits == 8:
        data = ((samples + 1) * 127.5).astype(np.uint8).tobytes()
    else:
        whole = np.rint(samples * (2 ** (bits - 1) - 1)).astype("<i4")
        data = whole.view(np.uint8).reshape(-1, 4)[:, : bits // 8].tobytes()
    frame = samples.shape[1] * bits // 8
    form = struct.pack("<HHIIHH", 3 if floating else 1, samples.shape[1], rate, rate * frame, frame, bits)
    chunks = b"junk" + struct.pack("<I", 3) + b"abc\0" + b"fmt " + struct.pack("<I", 16) + form
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
