"""Strokes of a pen, and the image they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from imlkit.errors import DataError
from imlkit.images import RGBImage

__all__ = ["Rasteriser", "Stroke", "as_strokes"]

FINENESS: Final = 4
"""Samples across a pixel. Their mean makes the smooth edge."""

_INK: Final = 255
_FAR: Final = 100  # sides of the drawing; beyond that, Pillow's integers could overflow


@dataclass(frozen=True, eq=False)
class Stroke:
    """One movement of the pen, from touching the paper to leaving it.

    Args:
        points: (N, 2), x to the right and y downwards in pixels of the drawing, N at least 1;
            kept as float32 and not to be changed. Where the pen left the paper, points lie outside.
        size: the pen's diameter in pixels.

    Raises:
        DataError: the points or the size cannot be drawn.
    """

    points: npt.NDArray[np.float32]
    size: float = 8.0

    def __post_init__(self) -> None:
        try:
            points = np.array(self.points, dtype=np.float32)
        except (TypeError, ValueError) as error:
            raise DataError("a stroke's points are no numbers: expected an array (N, 2) of pixels") from error
        if points.ndim != 2 or points.shape[1] != 2 or not len(points):
            raise DataError(
                f"a stroke's points have the shape {points.shape}: expected (N, 2) with at least one point"
            )
        if not np.isfinite(points).all():
            raise DataError("a stroke has points that are not finite: leave them out")
        if not (isinstance(self.size, (int, float)) and 0 < self.size < float("inf")):
            raise DataError(f"a pen of size {self.size!r} cannot draw: expected a diameter in pixels above 0")
        points.flags.writeable = False
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "size", float(self.size))

    def __repr__(self) -> str:
        return f"Stroke({len(self.points)} points, size={self.size:g})"

    def begins(self, other: Stroke) -> bool:
        """Whether the other is this stroke, or this stroke drawn further."""
        return self is other or (
            self.size == other.size
            and len(self.points) <= len(other.points)
            and np.array_equal(self.points, other.points[: len(self.points)])
        )


def as_strokes(strokes: Iterable[Any]) -> tuple[Stroke, ...]:
    """Return the strokes as a tuple.

    Raises:
        DataError: one of them is no stroke.
    """
    drawn = tuple(strokes)
    for stroke in drawn:
        if not isinstance(stroke, Stroke):
            raise DataError(
                f"{stroke!r:.60} ({type(stroke).__name__}) is not a stroke: "
                "make it one with Stroke(points, size)"
            )
    return drawn


class Rasteriser:
    """Draws strokes black on white, with round ends and joints.

    It remembers what it drew last: strokes that were only added or continued cost no more than
    what is new in them.

    Args:
        size: the side of the square drawing in pixels.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._drawn: tuple[Stroke, ...] = ()
        self._wipe()

    def render(self, strokes: Sequence[Stroke]) -> RGBImage:
        """Return a new image, uint8 (size, size, 3), of the strokes."""
        strokes = tuple(strokes)
        if not self._continued_by(strokes):
            self._wipe()
            self._drawn = ()
        touched: list[tuple[float, float, float, float]] = []
        last = len(self._drawn) - 1
        for index in range(max(last, 0), len(strokes)):
            stroke = strokes[index]
            # The last point drawn is drawn again: the new segment starts there.
            start = len(self._drawn[index].points) - 1 if index <= last else 0
            if index > last or len(stroke.points) > start + 1:
                touched.append(self._ink(stroke.points[start:], stroke.size))
        self._drawn = strokes
        if touched:
            boxes = np.array(touched)
            self._resample((*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)))
        return np.repeat(self._grey[:, :, None], 3, axis=2)

    def _continued_by(self, strokes: tuple[Stroke, ...]) -> bool:
        drawn = self._drawn
        if len(strokes) < len(drawn):
            return False
        return all(a is b for a, b in zip(drawn[:-1], strokes, strict=False)) and (
            not drawn or drawn[-1].begins(strokes[len(drawn) - 1])
        )

    def _wipe(self) -> None:
        side = self.size * FINENESS
        self._fine = Image.new("L", (side, side))
        self._pen = ImageDraw.Draw(self._fine)
        self._grey = np.full((self.size, self.size), 255, np.uint8)

    def _ink(self, points: npt.NDArray[np.float32], size: float) -> tuple[float, float, float, float]:
        """Draw a line through the points; return the box it touches, in pixels."""
        radius = size / 2
        near = np.clip(points.astype(np.float64), -_FAR * self.size, _FAR * self.size)
        # Pillow's coordinates are those of the samples' middles, and its shapes include their edges.
        fine = near * FINENESS - 0.5
        wide = max(radius * FINENESS - 0.5, 0)
        for x, y in fine:
            self._pen.ellipse((x - wide, y - wide, x + wide, y + wide), fill=_INK)
        for corners in _sides(fine, wide):
            self._pen.polygon(corners, fill=_INK)
        low, high = points.min(axis=0) - radius - 1, points.max(axis=0) + radius + 1
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    def _resample(self, box: tuple[float, float, float, float]) -> None:
        limits = np.clip((np.floor(box[0]), np.floor(box[1]), np.ceil(box[2]), np.ceil(box[3])), 0, self.size)
        left, top, right, bottom = (int(limit) for limit in limits)
        if left < right and top < bottom:
            fine = (left * FINENESS, top * FINENESS, right * FINENESS, bottom * FINENESS)
            ink = np.asarray(self._fine.reduce(FINENESS, box=fine))
            self._grey[top:bottom, left:right] = 255 - ink


def _sides(points: npt.NDArray[np.float64], radius: float) -> list[list[float]]:
    """Return the four corners of the bar around each segment, as flat lists x, y, …"""
    along = np.diff(points, axis=0)
    length = np.hypot(along[:, 0], along[:, 1])
    moved = length > 0
    unit = along[moved] / length[moved, None]
    across = np.stack((-unit[:, 1], unit[:, 0]), axis=1) * radius
    start, end = points[:-1][moved], points[1:][moved]
    bars: list[list[float]] = np.concatenate(
        (start + across, end + across, end - across, start - across), axis=1
    ).tolist()
    return bars
