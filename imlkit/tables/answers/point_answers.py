"""Answers for charts of two columns: points, density beyond, and what a lasso holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

from ..counting.bin_choice import fitting
from ..counting.counting import Counting
from ..predicates.exact import exact
from ..predicates.predicate import All
from ..predicates.predicate_expression import expressed, matching
from ..table import Table
from .question import Question

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["inside", "points"]

MOST_POINTS = 200_000
MOST_CORNERS = 5_000
"""The most corners of a lasso."""
FINEST = 1_000
"""The most cells of a density along one axis."""
CHUNK = 200_000
"""Rows whose place in a lasso is found at a time."""


def points(table: Table, question: Question) -> dict[str, Any]:
    """Return the rows shown as points, or their density where they are too many."""
    import ibis

    x, y = (_numbers(table, question.text(part)) for part in ("x", "y"))
    most = question.integer("most", 1, MOST_POINTS)
    grid = question.numbers("grid", 2) or [100.0, 100.0]
    width, height = (int(min(max(size, 1), FINEST)) for size in grid)
    colored = question.optional_chart("color")
    divided = question.divided()
    looked_at = [name for part in divided or () for name in part.columns]
    rows = _rows(table, question, x, y, *([] if colored is None else [colored[0]]), *looked_at)
    box = question.numbers("box", 4)
    with table.turn:
        if box is None:
            box = _spanned(table, x, y)
        placed = _finite(rows[x]) & _finite(rows[y])
        within = _between(rows[x], box[0], box[1]) & _between(rows[y], box[2], box[3])
        counted = rows.aggregate(
            rows=rows.count(), placed=rows.count(where=placed), seen=rows.count(where=placed & within)
        ).to_pyarrow()
    all_rows, with_place, total = (counted.column(n)[0].as_py() for n in range(3))
    seen, left_out = rows.filter(placed, within), all_rows - with_place
    said: dict[str, Any] = {"total": total, "box": box, "left_out": left_out}
    if total > most:
        # Where there are not so many different numbers there are fewer cells.
        across, up = fitting(box[0], box[1], width), fitting(box[2], box[3], height)
        with table.turn:
            counted = (
                seen.select(i=across.expression(seen[x]), j=up.expression(seen[y]))
                .group_by("i", "j")
                .agg(rows=ibis._.count())
                .to_pyarrow()
            )
        density = np.zeros((up.count, across.count))
        density[counted.column("j").to_numpy(), counted.column("i").to_numpy()] = counted.column("rows")
        return {**said, "density": density.ravel(), "grid": [across.count, up.count]}
    columns = {"id": seen[table.id], "x": seen[x].cast("float64"), "y": seen[y].cast("float64")}
    if colored is not None:
        columns["color"] = Counting.of(table).bars(*colored).expression(seen)
    if divided is not None:
        columns["part"] = _part(seen, divided)
    with table.turn:
        found = seen.select(**columns).to_pyarrow()
    return {
        **said,
        "ids": found.column("id").to_pylist(),
        "x": np.ascontiguousarray(found.column("x").to_numpy(), np.float64),
        "y": np.ascontiguousarray(found.column("y").to_numpy(), np.float64),
        **{name: found.column(name).to_pylist() if name in columns else None for name in ("color", "part")},
    }


def inside(table: Table, question: Question) -> dict[str, Any]:
    """Return the ids of the rows shown that a closed line around them holds."""
    x, y = (_numbers(table, question.text(part)) for part in ("x", "y"))
    polygon = np.array(question.points("polygon", MOST_CORNERS), np.float64)
    most = question.integer("most", 0, MOST_POINTS)
    if len(polygon) < 3:
        raise DataError("A lasso has at least three corners.")
    rows = _rows(table, question, x, y)
    (x0, y0), (x1, y1) = polygon.min(axis=0), polygon.max(axis=0)
    near = rows.filter(_between(rows[x], x0, x1), _between(rows[y], y0, y1))
    with table.turn:
        found = near.select(
            id=near[table.id], x=near[x].cast("float64"), y=near[y].cast("float64")
        ).to_pyarrow()
    held = holds(polygon, found.column("x").to_numpy(), found.column("y").to_numpy())
    chosen = np.flatnonzero(held)
    return {"ids": found.column("id").take(chosen[:most]).to_pylist(), "total": len(chosen)}


def _spanned(table: Table, x: str, y: str) -> list[float]:
    """Return the box of all rows that have a place; at 0 where none has."""
    every = table.narrow([x, y])
    placed = every.filter(_finite(every[x]), _finite(every[y]))
    across, up = (placed[name].cast("float64") for name in (x, y))
    spans = placed.aggregate(x0=across.min(), x1=across.max(), y0=up.min(), y1=up.max()).to_pyarrow()
    return [spans.column(name)[0].as_py() or 0.0 for name in ("x0", "x1", "y0", "y1")]


def holds(
    polygon: npt.NDArray[np.float64], x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Return which points a closed line holds, by the even-odd rule.

    Args:
        polygon: its corners, of shape (corners, 2).
        x: float64 of shape (n,).
        y: float64 of shape (n,).

    Returns:
        bool of shape (n,).
    """
    held = np.zeros(len(x), np.bool_)
    following = np.roll(polygon, -1, axis=0)
    for start in range(0, len(x), CHUNK):
        part = slice(start, start + CHUNK)
        px, py = x[part], y[part]
        odd = held[part]
        for (ax, ay), (bx, by) in zip(polygon.tolist(), following.tolist(), strict=True):
            if ay == by:
                continue
            crossed = (ay > py) != (by > py)
            odd ^= crossed & (px < (bx - ax) * (py - ay) / (by - ay) + ax)
    return held


def _part(rows: ir.Table, divided: Sequence[All]) -> Any:
    """Return the number of the first group that each row is of, null for rows of none."""
    import ibis

    cases = [(expressed(rows, part), number) for number, part in enumerate(divided)]
    return ibis.cases(*cases) if cases else ibis.null("int64")


def _rows(table: Table, question: Question, *columns: str) -> ir.Table:
    filters = question.filters()
    return matching(table.narrow([table.id, *columns, *filters.columns]), filters)


def _numbers(table: Table, name: str) -> str:
    column = table.columns.get(name)
    if column is None or not table.expression[name].type().is_numeric():
        raise DataError(f"There is no column “{name}” of numbers to draw points by.")
    return name


def _finite(column: ir.Column) -> Any:
    values = column.cast("float64")
    return values.notnull() & ~values.isnan() & (values < exact(math.inf)) & (values > exact(-math.inf))


def _between(column: ir.Column, low: float, high: float) -> Any:
    values = column.cast("float64")
    return (values >= exact(low)) & (values <= exact(high))
