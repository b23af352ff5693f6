"""Lines drawn small, as SVG files."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

__all__ = ["COLOURS", "area", "drawing", "lines"]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Of the first lines, told apart by people with any kind of colour vision (Okabe and Ito)."""

Floats = npt.NDArray[np.float64]


def drawing(width: int, height: int, parts: Iterable[str]) -> bytes:
    """Return an SVG file, on no ground of its own, of so many pixels."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
    return f'{head}viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'.encode()


def lines(values: Floats, low: float, high: float, width: int, height: int, colour: str) -> str:
    """Return a line through values, with gaps where they are not finite.

    Args:
        values: float64 (T,).
        low: the value at the lower edge.
        high: the value at the upper edge.
        width: pixels.
        height: pixels.
        colour: of the line.
    """
    places = _places(len(values), width)
    values, places = _thinned(values, places, width)
    y = _down(values, low, high, height)
    path = []
    pen = False
    for across, down in zip(places, y, strict=True):
        if not np.isfinite(down):
            pen = False
            continue
        path.append(f"{'L' if pen else 'M'}{across:.1f} {down:.1f}")
        if not pen:
            # A value between two gaps is seen as a dot.
            path.append("h0")
        pen = True
    style = 'fill="none" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{"".join(path)}" stroke="{colour}" {style}/>'


def area(low: Floats, high: Floats, most: float, width: int, height: int, colour: str) -> str:
    """Return a band from the least to the greatest values, float64 (N,) each, about a middle line of 0."""
    places = _places(len(low), width)
    top = _down(high, -most, most, height) - 0.5
    bottom = _down(low, -most, most, height) + 0.5
    there = [f"{x:.1f} {y:.1f}" for x, y in zip(places, top, strict=True)]
    back = [f"{x:.1f} {y:.1f}" for x, y in zip(places[::-1], bottom[::-1], strict=True)]
    return f'<path d="M{"L".join(there + back)}Z" fill="{colour}"/>'


def _places(count: int, width: int) -> Floats:
    return np.linspace(2, width - 2, count) if count > 1 else np.array([width / 2])


def _down(values: Floats, low: float, high: float, height: int) -> Floats:
    if high <= low:
        return np.where(np.isfinite(values), height / 2, np.nan)
    # Halved first: the span of two doubles may be none.
    share = (values / 2 - low / 2) / (high / 2 - low / 2)
    return np.where(np.isfinite(values), 2 + (height - 4) * (1 - share), np.nan)


def _thinned(values: Floats, places: Floats, width: int) -> tuple[Floats, Floats]:
    """Of many values, the least and the greatest in each pixel column, in their order."""
    if len(values) <= 4 * width:
        return values, places
    kept: list[int] = []
    for chunk in np.array_split(np.arange(len(values)), width):
        part = values[chunk]
        finite = np.isfinite(part)
        if not finite.all():
            kept.append(int(chunk[np.argmin(finite)]))
        if finite.any():
            ends = {
                int(chunk[np.argmin(np.where(finite, part, np.inf))]),
                int(chunk[np.argmax(np.where(finite, part, -np.inf))]),
            }
            kept.extend(ends)
    order = np.unique(kept)
    return values[order], places[order]
