"""Answers that charts are drawn from: bars, counts, and the counts of every brush."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

from ..counting.bars import Bars
from ..counting.counting import EVERY, Counting
from ..predicates.predicate import All
from ..table import Table
from .question import Question

__all__ = ["bars", "counts", "cube", "pairs"]

MOST_BARS = 5_000
MOST_POSITIONS = 2_000
"""How finely a brush can move."""
MOST_CELLS = 4_000_000


def bars(table: Table, question: Question) -> dict[str, Any]:
    """Return the bars of a chart, and how many of all rows are in each."""
    counting = Counting.of(table)
    made = counting.bars(question.text("column"), question.integer("most", 1, MOST_BARS))
    (totals,) = counting.counts([made], All())
    return {**made.to_json(), "totals": totals.tolist()}


def counts(table: Table, question: Question) -> dict[str, Any]:
    """Return how many of the rows shown are in each bar of some charts; roughly, if that is sooner."""
    counting, filters = Counting.of(table), question.filters()
    charts = [counting.bars(*chart) for chart in question.charts("charts")]
    divided = question.divided()
    if question.flag("roughly"):
        return _roughly(counting, charts, filters, divided)
    mean = question.optional_text("mean")
    means = None if mean is None else counting.means(charts, mean, filters)
    return {
        "counts": _lists(counting.counts(charts, filters)),
        "means": None if means is None else [_numbers(each) for each in means],
        "parts": None
        if divided is None
        else [_lists(counting.counts(charts, filters, within)) for within in divided],
    }


def _roughly(
    counting: Counting, charts: Sequence[Bars], filters: All, divided: Sequence[All] | None
) -> dict[str, Any]:
    estimates = [counting.estimates(charts, filters, within) for within in (EVERY, *(divided or ()))]
    found = [each for each in estimates if each is not None]
    if len(found) < len(estimates):
        return {"counts": None, "means": None, "parts": None}
    counts, *parts = (_lists(each) for each, _share in found)
    return {
        "counts": counts,
        "means": None,
        "parts": None if divided is None else parts,
        "share": found[0][1],
    }


def cube(table: Table, question: Question) -> dict[str, Any]:
    """Return the counts of some charts for every range that another can be brushed in."""
    counting = Counting.of(table)
    active = counting.bars(*question.chart("active"))
    charts = [counting.bars(*chart) for chart in question.charts("charts", 100)]
    positions = question.integer("positions", 1, MOST_POSITIONS)
    divided = question.divided()
    groups = 1 + len(divided or ())
    _cells([positions, sum(len(chart) for chart in charts), groups])
    filters = question.filters()
    made = counting.cube(active, positions, charts, filters)
    parts = [counting.cube(active, positions, charts, filters, within) for within in divided or ()]
    return {
        "edges": made.edges,
        "sums": [_array(sums) for sums in made.sums],
        "parts": None if divided is None else [[_array(sums) for sums in part.sums] for part in parts],
    }


def pairs(table: Table, question: Question) -> dict[str, Any]:
    """Return how many of the rows shown are in each bar of one chart and each bar of another."""
    counting = Counting.of(table)
    x, y = (counting.bars(*question.chart(part)) for part in ("x", "y"))
    filters, divided = question.filters(), question.divided()
    _cells([len(x), len(y), 1 + len(divided or ())])
    within = [All((*filters.parts, *part.parts)) for part in divided or ()]
    return {
        "counts": _array(counting.pairs(x, y, filters)),
        "parts": None if divided is None else [_array(counting.pairs(x, y, each)) for each in within],
    }


def _cells(sizes: Sequence[int]) -> None:
    if np.prod(sizes) > MOST_CELLS:
        raise DataError(f"That are {np.prod(sizes):,} counts: ask for fewer bars or positions.")


def _lists(counts: Sequence[npt.NDArray[Any]]) -> list[list[Any]]:
    return [each.tolist() for each in counts]


def _array(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    # JavaScript has no array of 64-bit integers that it reckons with; counts are below 2**53.
    return np.ascontiguousarray(counts, np.float64).ravel()


def _numbers(values: npt.NDArray[np.float64]) -> list[float | None]:
    return [float(value) if value == value else None for value in values]
