"""Wide tables, cut to the columns that a question is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from .numbering import unnumbered

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["WIDE", "Narrow", "narrowed"]

WIDE = 100
"""Columns above which it takes an engine's compiler longer to name all of them than to ask."""

Narrow: TypeAlias = "Callable[[Iterable[str]], ir.Table]"
"""What gives the rows of a table, always the same, with these columns at least."""


def narrowed(table: ir.Table, columns: Iterable[str], cut: Narrow | None = None) -> ir.Table:
    """Return a table with these columns at least, and without numbering rows for nothing.

    Args:
        table: an Ibis table.
        columns: what is asked for; where one is not there, all columns stay, for those who say so.
        cut: gives the same rows with these columns only, where their source can.
    """
    wanted = list(dict.fromkeys(columns))
    names = table.schema()
    if cut is not None and len(names) > WIDE and 2 * len(wanted) < len(names):
        return cut(wanted) if all(name in names for name in wanted) else table
    rows = unnumbered(table, *wanted)
    there = set(rows.columns)
    if len(there) <= WIDE or not wanted or not there.issuperset(wanted):
        return rows if there.issuperset(wanted) else table
    return rows.select(wanted)
