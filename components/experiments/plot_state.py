"""What a run plot shows at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from imlkit.errors import DataError

from .plot_line import Line
from .plot_metrics import charts_of

__all__ = [
    "MOST_RUNS",
    "MOST_SMOOTHING",
    "Axis",
    "Drawn",
    "ShownRun",
    "checked_axis",
    "checked_runs",
    "checked_smoothing",
    "missing_runs",
]

MOST_RUNS: Final = 24
"""How many runs are drawn at most: more are not told apart."""
MOST_SMOOTHING: Final = 0.99

Axis = Literal["step", "epoch", "time"]


@dataclass(frozen=True)
class ShownRun:
    """A run that is drawn: its id, its name, and the number that its look goes by."""

    id: str
    name: str
    look: int


@dataclass(frozen=True)
class Drawn:
    """Runs and their lines.

    Attributes:
        read: whether the store has been asked yet.
        chosen: how many runs were to be shown.
        runs: those that are there, in the order in which they were chosen, at most :data:`MOST_RUNS`.
        lines: their lines, by run and metric.
        problem: why the store could not be read, in words; "" where it could.
    """

    read: bool = False
    chosen: int = 0
    runs: tuple[ShownRun, ...] = ()
    lines: Mapping[str, Mapping[str, Line]] = field(default_factory=dict)
    problem: str = ""

    @property
    def charts(self) -> tuple[str, ...]:
        """The names of all charts that there is something for."""
        return charts_of(metric for run in self.runs for metric in self.lines.get(run.id, ()))


def checked_runs(shown: Any) -> tuple[str, ...]:
    """Return which runs to show, each once; raise a DataError where that is not said."""
    if shown is None:
        return ()
    ids = (shown,) if isinstance(shown, str) else tuple(shown) if isinstance(shown, Iterable) else (None,)
    if not all(isinstance(id, str) for id in ids):
        raise DataError(f"{shown!r:.100} does not say which runs to show: give a run's id, or several.")
    return tuple(dict.fromkeys(id for id in ids if id))


def missing_runs(chosen: int, there: int) -> str:
    """Return what to tell of chosen runs that are not drawn; "" where all of them are, or none is."""
    if chosen > MOST_RUNS:
        return f"The first {MOST_RUNS} of {chosen:,} chosen runs are drawn."
    gone = chosen - there
    if not gone or not there:
        return ""
    return "1 chosen run is no longer there." if gone == 1 else f"{gone} chosen runs are no longer there."


def checked_axis(axis: object) -> Axis:
    """Return the axis, or raise a DataError that names the possible ones."""
    for known in get_args(Axis):
        if axis == known:
            return known  # type: ignore[no-any-return]
    raise DataError(f"Curves cannot be drawn by {axis!r:.100}: give “step”, “epoch” or “time”.")


def checked_smoothing(weight: object) -> float:
    """Return how much to smooth, or raise a DataError that says from where to where."""
    if isinstance(weight, int | float) and not isinstance(weight, bool) and 0 <= weight <= MOST_SMOOTHING:
        return float(weight)
    raise DataError(
        f"Curves cannot be smoothed by {weight!r:.100}: give a number from 0 to {MOST_SMOOTHING}."
    )
