"""Series of numbers, as lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError
from imlkit.tables.samples.sample_type import Sample, SampleType

from .line_drawing import COLOURS, drawing, lines

__all__ = ["SeriesSample"]

DETAIL = (960, 480)
"""Pixels of a series in full."""


class SeriesSample(SampleType):
    """A series, (T,) or (T, C): a line a channel, over one another on one scale.

    Missing values, NaN and infinities are gaps, and are told.
    """

    kind = "embedding"

    def preview(self, value: Any, size: int) -> Sample:
        """Return the lines, twice as wide as high."""
        return _drawn(value, size, max(size // 2, 4))

    def detail(self, value: Any) -> Sample:
        """Return the lines."""
        return _drawn(value, *DETAIL)


def _drawn(value: Any, width: int, height: int) -> Sample:
    series = _array(value)
    finite = series[np.isfinite(series)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    shown = min(series.shape[1], len(COLOURS))
    parts = [
        lines(series[:, channel], low, high, width, height, COLOURS[channel])
        for channel in reversed(range(shown))
    ]
    return Sample(
        "image/svg+xml", drawing(width, height, parts), _words(series, finite.size, low, high, shown)
    )


def _array(value: Any) -> npt.NDArray[np.float64]:
    try:
        series = np.asarray(value, np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{str(value)[:100]} is no series: give numbers, or equally long lists of numbers."
        ) from error
    if series.ndim == 1:
        series = series[:, None]
    if series.ndim != 2:
        raise DataError(f"An array of shape {series.shape} is no series: give (T,) or (T, C).")
    if not series.size:
        raise DataError("The series has no values.")
    return series


def _words(series: npt.NDArray[np.float64], finite: int, low: float, high: float, shown: int) -> str:
    length, channels = series.shape
    parts = [f"{length:,} {'value' if length == 1 else 'values'}"]
    if channels > 1:
        parts.append(f"{channels:,} channels" + (f", {shown} of them shown" if shown < channels else ""))
    if finite:
        parts.append(f"min {low:.4g}, max {high:.4g}")
    if finite < series.size:
        parts.append(f"{series.size - finite:,} not finite")
    return ", ".join(parts)
