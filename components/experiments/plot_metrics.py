"""Which chart a metric belongs to: a metric and its validation share one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from imlkit.training.system_figures import SYSTEM

__all__ = ["MOST_CHARTS", "chart_of", "charts_of", "first_charts", "is_validation", "of_machine"]

MOST_CHARTS: Final = 12
"""How many charts are shown before the person chooses."""

VALIDATION: Final = ("validation_", "val_", "validation/", "val/", "validation ", "val ")


def chart_of(metric: str) -> str:
    """Return the name of a metric's chart: ``"loss"`` for ``"validation_loss"`` and ``"val_loss"`` too."""
    for start in VALIDATION:
        if metric.startswith(start) and len(metric) > len(start):
            return metric[len(start) :]
    return metric


def is_validation(metric: str) -> bool:
    """Whether a metric is the validation of another."""
    return chart_of(metric) != metric


def of_machine(chart: str) -> bool:
    """Whether a chart tells of the machine that trains, rather than of the model."""
    return chart.startswith(SYSTEM)


def charts_of(metrics: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the charts of metrics, each once, in the order in which they come.

    Those of the machine that trains come last.
    """
    charts = dict.fromkeys(map(chart_of, metrics))
    return tuple(sorted(charts, key=of_machine))


def first_charts(charts: Iterable[str]) -> tuple[str, ...]:
    """Return which charts are shown before the person chooses.

    Those of the machine are among them only where there are no others.
    """
    given = tuple(charts)
    of_the_model = tuple(chart for chart in given if not of_machine(chart))
    return (of_the_model or given)[:MOST_CHARTS]
