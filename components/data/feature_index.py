"""The features of a dataset in one matrix, to find the instances nearest to a vector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imlkit.store import Document

from .pool_ranking import features_of

__all__ = ["FeatureIndex", "Similar"]

_CANDIDATES: Final = 16
"""Instances beyond those asked for whose distance is computed exactly."""


class Similar(NamedTuple):
    """An instance that resembles something.

    Attributes:
        id: the instance's id.
        label: its label; None for none.
        similarity: 1 for the same features, 0 for no more alike than two instances usually are.
    """

    id: str
    label: Any
    similarity: float


class FeatureIndex:
    """Instances by their features. Instances come and go one by one without the rest being read.

    Distances are Euclidean, on the features as they are. They are told as a share of what is
    usual: with D² the mean squared distance between two instances, an instance at distance d has
    the similarity ``max(0, 1 - d² / D²)``. That is one scale for all features, which suits features
    of one kind, such as HogFeatures or MobileNetFeatures: dividing each feature by its own spread
    would make as much of a corner in which hardly anything is ever drawn as of the shape itself.
    While all instances are the same, D² is what two unrelated vectors would have, the sum of their
    squared lengths.

    Args:
        length: how many features an instance has; others are left out.

    Attributes:
        left_out: ids of the instances without such features.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        self.left_out: set[str] = set()
        self._ids: list[str] = []
        self._labels: list[Any] = []
        self._rows: dict[str, int] = {}
        self._x = np.empty((0, length), np.float32)
        self._squares = np.empty(0, np.float32)
        # Distances are taken from the first instance: far from all, products drown what differs.
        self._origin: NDArray[np.float32] | None = None
        self._sum = np.zeros(length)
        self._square_sum = 0.0

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, instances: Iterable[Document]) -> None:
        """Take instances with ``id``, ``x`` and ``y``, in place of those of the same ids."""
        taken: dict[str, tuple[NDArray[np.float32], Any]] = {}
        for instance in instances:
            x = features_of(instance)
            if x is None or len(x) != self.length:
                self.left_out.add(instance["id"])
            else:
                taken[instance["id"]] = (x, instance.get("y"))
        self.drop(taken)
        if not taken:
            return
        new = np.stack([x for x, _ in taken.values()])
        if self._origin is None:
            self._origin = new[0].copy()
        new = new - self._origin
        start, end = len(self), len(self) + len(new)
        self._make_room(end)
        self._x[start:end] = new
        self._squares[start:end] = np.square(new).sum(axis=1)
        self._sum += new.sum(axis=0, dtype=np.float64)
        self._square_sum += float(self._squares[start:end].sum(dtype=np.float64))
        for row, (id, (_, label)) in enumerate(taken.items(), start):
            self._rows[id] = row
            self._ids.append(id)
            self._labels.append(label)

    def drop(self, ids: Iterable[str]) -> None:
        """Forget instances, as far as they are known."""
        for id in ids:
            self.left_out.discard(id)
            row = self._rows.pop(id, None)
            if row is None:
                continue
            self._sum -= self._x[row]
            self._square_sum -= float(self._squares[row])
            last_id, last_label, last = self._ids.pop(), self._labels.pop(), len(self._ids)
            if row < last:
                # The last takes the place of the one that goes.
                self._x[row], self._squares[row] = self._x[last], self._squares[last]
                self._ids[row], self._labels[row] = last_id, last_label
                self._rows[last_id] = row

    def nearest(self, x: NDArray[np.float32], count: int) -> tuple[Similar, ...]:
        """Return the nearest instances, the nearest first; of equally near ones, by id.

        Args:
            x: features, (length,).
            count: how many, at most.
        """
        total = len(self)
        if not total or self._origin is None:
            return ()
        away = x - self._origin
        # One product finds the candidates; its rounding must not decide among them. A product by
        # several threads would wait for a busy core several times as long as it takes here.
        rough = self._squares[:total] - 2.0 * np.einsum("ij,j->i", self._x[:total], away)
        most = min(total, count + _CANDIDATES)
        rows: Sequence[int] = np.argpartition(rough, most - 1)[:most].tolist()
        exact = np.square(self._x[rows].astype(np.float64) - away).sum(axis=1)
        nearest = sorted(zip(exact.tolist(), (self._ids[row] for row in rows), rows, strict=True))[:count]
        usual = self._usual(x)
        return tuple(
            Similar(id, self._labels[row], max(0.0, 1.0 - square / usual) if usual else 1.0)
            for square, id, row in nearest
        )

    def _usual(self, x: NDArray[np.float32]) -> float:
        total = len(self)
        mean = self._sum / total
        variance = self._square_sum / total - float(mean @ mean)
        # What is left after taking away nearly all is rounding.
        if total > 1 and variance > 1e-6 * self._square_sum / total:
            return 2.0 * variance * total / (total - 1)
        assert self._origin is not None
        known = self._origin + mean
        return float(known @ known) + float(x.astype(np.float64) @ x)

    def _make_room(self, rows: int) -> None:
        if rows > len(self._x):
            room = max(rows, 2 * len(self._x), 64)
            x, squares = np.empty((room, self.length), np.float32), np.empty(room, np.float32)
            x[: len(self)], squares[: len(self)] = self._x[: len(self)], self._squares[: len(self)]
            self._x, self._squares = x, squares
