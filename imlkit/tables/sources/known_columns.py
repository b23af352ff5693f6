"""What the columns of an opened table hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imlkit.errors import DataError

from ..column import Column, Kind, check_fits, needs_sample, recognised
from .table_source import Source

__all__ = ["known_columns"]

SAMPLE = 1_000
"""How many rows are looked at to recognise what columns hold."""
SAMPLED = 100_000
"""How many values are looked at, where there are many columns: fewer rows then, but some."""
SAMPLE_LEAST = 20
MANY = 500


def known_columns(source: Source, corrected: Mapping[str, Kind]) -> dict[str, Column]:
    """Return the columns of an opened source by name, in their order.

    Args:
        source: the source; its engine is asked for some rows.
        corrected: what columns are to be taken for; of one whose values are no longer of such a
            type, what it holds is recognised again.
    """
    schema = source.expression.schema()
    kinds = {name: kind for name, kind in source.kinds.items() if name in schema}
    for name, kind in corrected.items():
        # A field of a live dataset may have become something else.
        if name in schema and _fits(Column(name, kind), schema[name]):
            kinds[name] = kind
    asked = [name for name, type in schema.items() if name not in kinds and needs_sample(name, type)]
    values: dict[str, list[Any]] = {}
    if asked:
        rows = max(SAMPLE_LEAST, min(SAMPLE, SAMPLED // len(asked)))
        # Naming thousands of columns takes longer than reading a few rows of all.
        looked_at = source.expression if len(asked) > MANY else source.expression.select(asked)
        sample = looked_at.limit(rows).to_pyarrow()
        values = {name: sample.column(name).to_pylist() for name in asked}
    return {
        name: Column(name, kinds[name], source.notes.get(name, ""))
        if name in kinds
        else recognised(name, type, values.get(name, ()), source.notes.get(name, ""))
        for name, type in schema.items()
    }


def _fits(column: Column, type: Any) -> bool:
    try:
        check_fits(column, type)
    except DataError:
        return False
    return True
