"""Tables whose rows were numbered, without the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["unnumbered"]


def unnumbered(table: ir.Table, *needed: str) -> ir.Table:
    """Return a table without the column that numbers its rows, if it has one and nobody needs it.

    To number rows, an engine goes through all of them, one after another, whatever is asked.

    Args:
        table: an Ibis table.
        needed: the columns that are asked for.
    """
    import ibis.expr.operations as ops

    made = table.op()
    if not isinstance(made, ops.Project):
        return table
    numbers = [
        name
        for name, value in made.values.items()
        if isinstance(value, ops.WindowFunction) and isinstance(value.func, ops.RowNumber)
    ]
    plain = all(
        isinstance(value, ops.Field) and value.rel == made.parent and value.name == name
        for name, value in made.values.items()
        if name not in numbers
    )
    if plain and len(numbers) == 1 and numbers[0] not in needed:
        return made.parent.to_expr()
    return table
