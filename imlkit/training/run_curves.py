"""The points that runs log: how a bundle of them is written, and read as curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..store import Document
from .words import words

__all__ = ["Curve", "Point", "curves_of", "points_document"]

Point = tuple[str, int, float, float, float]
"""A metric's name, the step, the epoch (not-a-number where none is known), the seconds since the run
began, and the value."""


@dataclass(frozen=True)
class Curve:
    """The points of one metric, in the order in which they were logged.

    Attributes:
        step: float64 of shape (points,): the steps.
        epoch: the epochs, not-a-number where none was said.
        seconds: the seconds since the run began.
        value: the values, not-a-number and infinite ones included.
    """

    step: npt.NDArray[np.float64]
    epoch: npt.NDArray[np.float64]
    seconds: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.value)


def points_document(run: str, number: int, points: Iterable[Point]) -> dict[str, Any]:
    """Return the document of a bundle of points.

    Args:
        run: the run's id.
        number: which of its bundles it is.
        points: at least one.
    """
    names: dict[str, int] = {}
    rows = [(names.setdefault(name, len(names)), *rest) for name, *rest in points]
    return {
        "id": f"{run}-{number:08}",
        "run": run,
        "number": number,
        "names": [words(name) for name in names],
        "points": np.array(rows, np.float64),
    }


def curves_of(documents: Iterable[Document]) -> dict[str, Curve]:
    """Return the curves that bundles of one run hold together, by metric; damaged ones are left out."""
    parts: dict[str, list[npt.NDArray[np.float64]]] = {}
    for document in sorted(documents, key=_number):
        names, points = document.get("names"), document.get("points")
        if not isinstance(names, list) or not isinstance(points, np.ndarray):
            continue
        if points.ndim != 2 or points.shape[1] != 5 or points.dtype != np.float64:
            continue
        found = points[:, 0]
        order = np.argsort(found, kind="stable")
        ends = np.searchsorted(found[order], np.arange(len(names) + 1))
        for at, name in enumerate(names):
            rows = points[order[ends[at] : ends[at + 1]], 1:]
            if isinstance(name, str) and len(rows):
                parts.setdefault(name, []).append(rows)
    return {name: _curve(np.concatenate(rows)) for name, rows in parts.items()}


def joined(one: Mapping[str, Curve], other: Mapping[str, Curve]) -> dict[str, Curve]:
    """Return curves with later points at their ends."""
    found = dict(one)
    for name, curve in other.items():
        before = found.get(name)
        if before is None:
            found[name] = curve
        else:
            pairs = zip(_columns(before), _columns(curve), strict=True)
            found[name] = Curve(*(np.concatenate(pair) for pair in pairs))
    return found


def _columns(curve: Curve) -> tuple[npt.NDArray[np.float64], ...]:
    return curve.step, curve.epoch, curve.seconds, curve.value


def _curve(rows: npt.NDArray[np.float64]) -> Curve:
    return Curve(*(np.ascontiguousarray(rows[:, column]) for column in range(4)))


def _number(document: Document) -> int:
    number = document.get("number")
    return number if isinstance(number, int) else 0
