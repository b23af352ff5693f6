"""Rows in an order, the same on every engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imlkit.errors import DataError

from .arrangement import Order

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["ordered"]


def ordered(rows: ir.Table, sort: Sequence[Order], id: str) -> ir.Table:
    """Return rows in an order, equal ones by their ids; without any order, as the engine has them.

    Args:
        rows: an Ibis table.
        sort: the order, the first deciding; rows without a value come last.
        id: the name of the column of ids.

    Raises:
        DataError: there is no such column.
    """
    if not sort:
        return rows
    keys = []
    for order in sort:
        if order.column not in rows.columns:
            raise DataError(f"There is no column “{order.column}” to sort by.")
        column = rows[order.column]
        keys.append(column.desc(nulls_first=False) if order.descending else column.asc(nulls_first=False))
    if id not in {order.column for order in sort}:
        keys.append(rows[id].asc())
    return rows.order_by(*keys)
