"""What tells the rows of a table apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from imlkit.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["checked", "numbering"]

EXACT = 2**53
"""Whole numbers up to this are exact in browsers."""
SPARSE = 16
"""Up to how many times as far apart as there are rows ids may lie to be ticked off one by one."""


def numbering(id: str | None) -> Callable[[Sequence[str]], str | None]:
    """Return what names the column of rows' numbers to add to columns of some names.

    Args:
        id: the column of ids that was asked for, if one was.

    Returns:
        a function that gives ``"id"``, another name where a column's differs from that in capitals
        only, or None where there are ids.
    """

    def name(names: Sequence[str]) -> str | None:
        if id is not None or "id" in names:
            return None
        taken = {name.lower() for name in names}
        wanted = ["id", "row", *(f"row_{number}" for number in range(2, len(names) + 3))]
        return next(name for name in wanted if name not in taken)

    return name


def checked(table: ir.Table, name: str, notes: dict[str, str]) -> ir.Table:
    """Return a table once its ids are known to tell its rows apart.

    Whole numbers that browsers cannot hold (beyond 2⁵³) and UUIDs are taken as texts.

    Args:
        table: an Ibis table.
        name: the column of ids.
        notes: what there is to say of columns; more is added.

    Raises:
        DataError: there is no such column, ids are missing or repeat, or are of another type.
    """
    if name not in table.columns:
        raise DataError(f"There is no column “{name}” of ids: name the one that has them with id=….")
    column = table[name]
    kind = column.type()
    if kind.is_uuid():
        table = table.mutate(**{name: column.cast("string")})
        column = table[name]
    elif not (kind.is_integer() or kind.is_string()):
        raise DataError(f"The ids in “{name}” are of type {kind}: ids are texts or whole numbers.")
    said = {"rows": table.count(), "named": column.count()}
    if kind.is_integer():
        said |= {"low": column.min(), "high": column.max()}
    [found] = table.aggregate(**said).to_pyarrow().to_pylist()
    missing = found["rows"] - found["named"]
    if missing:
        raise DataError(f"{missing:,} rows have no id in “{name}”: give them one, or another column.")
    if not _known_distinct(table, name):
        _demand_distinct(table, name, found["rows"])
    if kind.is_integer() and found["rows"] and (found["low"] < -EXACT or found["high"] > EXACT):
        notes[name] = "Whole numbers that browsers cannot hold (beyond 2⁵³), taken as texts."
        table = table.mutate(**{name: column.cast("string")})
    return table


def _demand_distinct(table: ir.Table, name: str, rows: int) -> None:
    if table[name].nunique().to_pyarrow().as_py() == rows:
        return
    repeated = table.group_by(name).agg(rows=table.count()).filter(lambda groups: groups.rows > 1)
    example = repeated.order_by(name).limit(1).to_pyarrow().column(name)[0].as_py()
    raise DataError(
        f"The ids in “{name}” repeat, {example!r} for one: give a column in which every row has its own."
    )


def _known_distinct(table: ir.Table, name: str) -> bool:
    """Return whether a quick look shows that no id repeats; where it does not, they may still not."""
    if table._find_backend(use_default=True).name != "duckdb":
        return False
    column = table[name]
    # Texts whose hashes differ differ.
    looked_at = column if column.type().is_integer() else column.hash()
    values = table.select(looked_at=looked_at).to_pyarrow().column("looked_at").to_numpy()
    if len(values) < 2 or bool((values[1:] > values[:-1]).all()):
        return True
    low, high = int(values.min()), int(values.max())
    if high - low < SPARSE * len(values):
        seen: Any = np.zeros(high - low + 1, bool)
        seen[values - values.dtype.type(low)] = True
        return bool(seen.sum() == len(values))
    values = np.sort(values)
    return bool((values[1:] != values[:-1]).all())
