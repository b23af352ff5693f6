"""How often each value of a column is there, counted by the table's own engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imlkit.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["ValueCounts", "value_counts"]


@dataclass(frozen=True)
class ValueCounts:
    """How often each value is there.

    Attributes:
        values: the most frequent values, the first the most frequent; equally frequent ones by value.
        counts: how many rows have each.
        others: rows with another value.
        distinct: how many values there are.
        nulls: rows without a value.
    """

    values: tuple[Any, ...]
    counts: tuple[int, ...]
    others: int
    distinct: int
    nulls: int


def value_counts(table: ir.Table, column: str, most: int = 20) -> ValueCounts:
    """Return how often the values of a column are there.

    Args:
        table: an Ibis table.
        column: the column's name.
        most: of how many values to tell; however many there are, no more are read.

    Raises:
        DataError: there is no such column.
    """
    import ibis

    if column not in table.columns:
        raise DataError(f"There is no column “{column}” to count the values of.")
    grouped = table.select(value=table[column]).group_by("value").agg(rows=ibis._.count())
    named = grouped.filter(grouped.value.notnull())
    top = named.order_by(ibis.desc("rows"), "value").limit(most).to_pyarrow()
    totals = grouped.aggregate(
        distinct=grouped.value.count(),
        named=grouped.rows.sum(where=grouped.value.notnull()),
        nulls=grouped.rows.sum(where=grouped.value.isnull()),
    ).to_pyarrow()
    distinct, counted, nulls = (
        totals.column(name)[0].as_py() or 0 for name in ("distinct", "named", "nulls")
    )
    counts = tuple(top.column("rows").to_pylist())
    return ValueCounts(
        values=tuple(top.column("value").to_pylist()),
        counts=counts,
        others=counted - sum(counts),
        distinct=distinct,
        nulls=nulls,
    )
