"""The vectors of a column of embeddings, as one array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError
from imlkit.tables.table import Table

__all__ = ["Vectors", "vectors_of"]

AT_ONCE = 20_000
"""Rows that are copied at a time."""
MOST_NUMBERS = 1_500_000_000
"""The most numbers that are held at once: 6 GB."""


@dataclass(frozen=True)
class Vectors:
    """The vectors of the rows that have one of the usual length, of finite numbers.

    Attributes:
        ids: of those rows, as Arrow has them, in rising order.
        values: float32 of shape (rows, length).
        left_out: how many rows have none, one of another length, or one with what is no number in it.
    """

    ids: Any
    values: npt.NDArray[np.float32]
    left_out: int

    def sampled(self, rows: int, seed: int) -> Vectors:
        """Return so many of them, chosen at random; the same for the same seed."""
        chosen = np.sort(np.random.default_rng(seed).choice(len(self.values), rows, replace=False))
        return Vectors(self.ids.take(chosen), self.values[chosen], self.left_out)


def vectors_of(table: Table, column: str) -> Vectors:
    """Return the vectors of a column; the length that most rows have counts.

    Raises:
        DataError: there are fewer than three vectors of two numbers or more, or they are too many.
    """
    import pyarrow as pa

    expression = table.expression
    with table.turn:
        found = (
            expression.select(id=expression[table.id], vector=expression[column]).order_by("id").to_pyarrow()
        )
    lists = pa.chunked_array(found.column("vector").chunks, found.column("vector").type)
    lists = lists.cast(pa.large_list(pa.float32()), safe=False).combine_chunks()
    if isinstance(lists, pa.ChunkedArray):
        lists = lists.chunk(0) if lists.num_chunks else pa.array([], pa.large_list(pa.float32()))
    starts = lists.offsets.to_numpy()
    lengths = np.diff(starts)
    lengths[~lists.is_valid().to_numpy(zero_copy_only=False)] = 0
    usual = int(np.bincount(lengths[lengths > 0]).argmax()) if (lengths > 0).any() else 0
    rows = np.flatnonzero(lengths == usual)
    if usual < 2 or len(rows) < 3:
        raise DataError(
            f"“{column}” holds fewer than three vectors of two numbers or more: choose another column."
        )
    if len(rows) * usual > MOST_NUMBERS:
        raise DataError(
            f"“{column}” holds {len(rows) * usual:,} numbers, more than fit here (at most {MOST_NUMBERS:,}): "
            "filter the table first, or keep shorter vectors."
        )
    numbers = lists.values.to_numpy(zero_copy_only=False)
    values = np.empty((len(rows), usual), np.float32)
    for start in range(0, len(rows), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        values[part] = numbers[starts[rows[part]][:, None] + np.arange(usual)]
    finite = np.isfinite(values).all(axis=1)
    if finite.sum() < 3:
        raise DataError(
            f"Fewer than three vectors in “{column}” are of finite numbers: choose another column."
        )
    if not finite.all():
        rows, values = rows[finite], values[finite]
    return Vectors(found.column("id").take(rows), values, len(found) - len(rows))
