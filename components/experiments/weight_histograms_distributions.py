"""How the values of many parameters are distributed, as a document tells it."""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["Distribution", "Distributions", "read_distributions"]

MOST_BINS: Final = 1_000
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the values of one parameter are distributed.

    Attributes:
        counts: uint32 or int64 of shape (bins,): how many values are in each of the bins, all of one width.
        low: where the first bin begins.
        high: where the last bin ends.
        others: how many values are no finite number.
    """

    counts: npt.NDArray[Any]
    low: float
    high: float
    others: int


class Distributions(Mapping[str, Distribution]):
    """The distributions of parameters, by name.

    Args:
        names: of the parameters.
        counts: uint32 or int64 of shape (parameters, bins + 1); the last column is of what is no finite
            number.
        ranges: float64 of shape (parameters, 2): where bins begin and end.
    """

    def __init__(
        self, names: Sequence[str], counts: npt.NDArray[Any], ranges: npt.NDArray[np.float64]
    ) -> None:
        self._rows = {name: row for row, name in enumerate(names)}
        self._counts = counts
        self._ranges = ranges

    @classmethod
    def none(cls) -> Distributions:
        """Return the distributions of no parameter."""
        return cls((), np.zeros((0, 2), np.uint32), np.zeros((0, 2)))

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return self._counts.nbytes + self._ranges.nbytes + 150 * len(self._rows)

    def __getitem__(self, name: str) -> Distribution:
        row = self._rows[name]
        low, high = self._ranges[row]
        *_, others = counts = self._counts[row]
        return Distribution(counts[:-1], float(low), float(high), int(others))

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def keys(self) -> KeysView[str]:
        """Return the names; many of them are compared fast."""
        return self._rows.keys()


def read_distributions(told: Any) -> tuple[Distributions, bool]:
    """Return what a document tells of parameters (see :func:`imlkit.training.histograms.histograms`).

    Returns:
        The distributions that are as they should be, and whether all of them are.
    """
    part = told if isinstance(told, Mapping) else {}
    names, counts, ranges = part.get("names"), part.get("counts"), part.get("ranges")
    if (
        not isinstance(names, list)
        or not isinstance(counts, np.ndarray)
        or not isinstance(ranges, np.ndarray)
        or counts.ndim != 2
        or counts.dtype.kind not in "iu"
        or ranges.dtype.kind != "f"
        or ranges.shape != (len(names), 2)
        or len(counts) != len(names)
        or not 1 < counts.shape[1] <= MOST_BINS + 1
    ):
        return Distributions.none(), False
    named = np.array([isinstance(name, str) for name in names], bool)
    good = named & (counts >= 0).all(1) & np.isfinite(ranges).all(1) & (ranges[:, 0] <= ranges[:, 1])
    if not good.all():
        names = [name for name, fine in zip(names, good, strict=True) if fine]
        counts, ranges = counts[good], ranges[good]
    small = not counts.size or counts.max() < 2**32
    return (
        Distributions(
            [name[:LONGEST] for name in names],
            counts.astype(np.uint32 if small else np.int64),
            ranges.astype(np.float64),
        ),
        bool(good.all()),
    )
