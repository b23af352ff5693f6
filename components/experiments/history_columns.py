"""The columns of a table of runs: what they were begun with, and what they have logged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from imlkit.training.run_record import RunRecord

__all__ = ["RunColumn", "columns_of", "first_columns", "parameters"]

FIRST: Final = 12
"""How many columns are shown at first."""
METRICS: Final = 4
"""How many of them are kept for metrics, where there are as many."""
MOST: Final = 300
"""How many columns a page is told of."""
DEEPEST: Final = 4
LONGEST: Final = 1_000


@dataclass(frozen=True)
class RunColumn:
    """A parameter or a metric.

    Attributes:
        kind: which of the two.
        name: what the runs call it; of a parameter in a dictionary, with the names above it.
        differs: whether it is a parameter that is not the same in all runs.
    """

    kind: Literal["parameter", "metric"]
    name: str
    differs: bool = field(default=False, compare=False)


def parameters(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a run by name, those in dictionaries as ``"optimizer.rate"``.

    Returns:
        Texts, numbers, truth values, and None; what is none of these as text.
    """
    return dict(_walked(params, "", 0))


def columns_of(records: Iterable[RunRecord]) -> list[RunColumn]:
    """Return the columns of these runs, parameters before metrics, most telling first.

    Parameters that differ among the runs come first, and of the metrics those that most runs have.
    """
    values: dict[str, set[str]] = {}
    having: dict[str, int] = {}
    logged: dict[str, int] = {}
    runs = 0
    for record in records:
        runs += 1
        for name, value in parameters(record.params).items():
            values.setdefault(name, set()).add(repr(value))
            having[name] = having.get(name, 0) + 1
        for name in record.values:
            logged[name] = logged.get(name, 0) + 1
    differing = {name for name, kinds in values.items() if len(kinds) > 1 or having[name] < runs}
    settings = [RunColumn("parameter", name, name in differing) for name in values]
    metrics = [RunColumn("metric", name) for name in sorted(logged, key=lambda name: -logged[name])]
    return sorted(settings, key=lambda column: not column.differs)[: MOST // 2] + metrics[: MOST // 2]


def first_columns(columns: Iterable[RunColumn], most: int = FIRST) -> list[RunColumn]:
    """Return which columns to show at first.

    Parameters that differ, some room left for metrics; then metrics; then, if there is room, what is the
    same in all runs.
    """
    given = list(columns)
    metrics = [column for column in given if column.kind == "metric"]
    settings = [column for column in given if column.kind == "parameter"]
    telling = [column for column in settings if column.differs]
    chosen = telling[: most - min(METRICS, len(metrics))]
    chosen += metrics[: most - len(chosen)]
    chosen += [column for column in settings if column not in chosen][: most - len(chosen)]
    return [column for column in given if column in chosen]


def _walked(params: Mapping[str, Any], above: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in params.items():
        name = f"{above}{key}"[:LONGEST]
        if isinstance(value, Mapping) and value and depth < DEEPEST:
            yield from _walked(value, f"{name}.", depth + 1)
        elif value is None or isinstance(value, bool | int | float):
            yield name, value
        elif isinstance(value, str):
            yield name, value[:LONGEST]
        else:
            yield name, _text(value)


def _text(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[:LONGEST]
    except (TypeError, ValueError):
        return str(value)[:LONGEST]
