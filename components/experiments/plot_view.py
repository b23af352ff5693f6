"""The charts of runs on the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import param
from panel.custom import JSComponent

from imlkit.errors import ImlkitError
from imlkit.web import inlined, module_address

from .plot_line import Line
from .plot_metrics import chart_of, charts_of, first_charts, is_validation, of_machine
from .plot_state import MOST_SMOOTHING, Drawn, missing_runs

if TYPE_CHECKING:
    from .run_plot import RunPlot

__all__ = ["RunCharts"]

HERE = Path(__file__)
LONGEST = 300
"""How many letters of a metric's name are shown."""


class RunCharts(JSComponent):
    """One view of a run plot. A page is sent what it has not got yet, once it has said that it is there.

    Args:
        plot: what is shown.
    """

    ticks = param.String(doc="The module that places numbers at axes.")

    _esm: ClassVar[str] = inlined(HERE.with_name("run_plot.js"))
    _stylesheets: ClassVar[list[str]] = [HERE.with_name("run_plot.css").read_text("utf-8")]

    def __init__(self, plot: RunPlot) -> None:
        ticks = inlined(HERE.parents[1] / "tables" / "plot_ticks.js")
        super().__init__(sizing_mode="stretch_width", margin=0, ticks=module_address(ticks))  # type: ignore[no-untyped-call]
        self._plot = plot
        self._here = False
        self._sent: dict[tuple[str, str], Line] = {}
        self._offered: list[tuple[str, bool]] | None = None

    def refresh(self, _: Any = None) -> None:
        """Send what has changed since the last time."""
        if not self._here:
            return
        drawn: Drawn = self._plot.drawn.value
        charts = drawn.charts
        metrics = self._plot.metrics.value
        shown = set(first_charts(charts) if metrics is None else charts_of(metrics))
        there = {
            (run.id, metric): line
            for run in drawn.runs
            for metric, line in drawn.lines.get(run.id, {}).items()
            if chart_of(metric) in shown
        }
        lines = [
            told
            for key, line in there.items()
            if (told := _told(*key, line, self._sent.get(key))) is not None
        ]
        self._sent = there
        self._send_msg({"state": self._state(drawn, charts, shown), "lines": lines})

    def _state(self, drawn: Drawn, charts: tuple[str, ...], shown: set[str]) -> dict[str, Any]:
        plot = self._plot
        offered = [(chart, chart in shown) for chart in charts]
        # A run may have a hundred thousand metrics, and a new point many times a second.
        same, self._offered = offered == self._offered, offered
        return {
            "title": plot.title,
            "axis": plot.axis.value,
            "logarithmic": plot.logarithmic.value,
            "smoothing": plot.smoothing.value,
            "most": MOST_SMOOTHING,
            "runs": [[run.id, run.name, run.look] for run in drawn.runs],
            "charts": None if same else [list(pair) for pair in offered],
            "machine": sum(map(of_machine, charts)),
            "empty": _empty(drawn, charts),
            "note": "" if drawn.problem else missing_runs(drawn.chosen, len(drawn.runs)),
            "problem": drawn.problem,
        }

    def _handle_msg(self, message: Any) -> None:
        plot = self._plot
        try:
            match message:
                case {"hello": _}:
                    self._here = True
                    self._sent = {}
                    self._offered = None
                    self.refresh()
                case {"axis": str(axis)}:
                    plot.axis.set(axis)  # type: ignore[arg-type]
                case {"logarithmic": bool(logarithmic)}:
                    plot.logarithmic.set(logarithmic)
                case {"smoothing": int() | float() as weight}:
                    plot.smoothing.set(weight)
                case {"metrics": list(metrics)}:
                    plot.metrics.set(tuple(map(str, metrics)))
                case {"again": _}:
                    plot.look()
        except ImlkitError:
            # A page that asks for what it does not offer is shown what is.
            self.refresh()


def _told(run: str, metric: str, line: Line, before: Line | None) -> dict[str, Any] | None:
    """Return what a page that has a line as it was before needs to know; None where that is nothing."""
    more = before is not None and before.turn == line.turn
    start = len(before.drawn) if before is not None and more else 0
    smoothed_anew = before is not None and more and before.weight != line.weight
    count = before.summary.count if before is not None and more else -1
    if count == line.summary.count and not smoothed_anew:
        return None
    picked = line.drawn[start:]
    summary = line.summary
    return {
        "run": run,
        "metric": metric,
        "chart": chart_of(metric),
        "validation": is_validation(metric),
        "more": more,
        "points": _bytes(line.rows[:, picked]),
        "smoothed": _bytes(line.rows[4, line.drawn]) if smoothed_anew else None,
        "faults": _bytes(line.rows[:4, line.faults]),
        "summary": {
            "count": summary.count,
            "first": summary.first,
            "last": summary.last,
            "least": summary.least,
            "most": summary.most,
            "faults": summary.faults,
            "low": summary.low,
            "lost": summary.lost,
        },
    }


def _bytes(numbers: Any) -> bytes:
    return np.ascontiguousarray(numbers, "<f8").tobytes()


def _empty(drawn: Drawn, charts: tuple[str, ...]) -> str:
    """Return what stands where there is no chart to draw."""
    if charts or drawn.problem:
        return ""
    if not drawn.read:
        return "The curves are being read."
    if not drawn.chosen:
        return "No run is chosen. Choose one or more runs: their curves appear here, side by side."
    if not drawn.runs:
        what = "The run is" if drawn.chosen == 1 else "These runs are"
        return f"{what} no longer there. Choose another one."
    if len(drawn.runs) == 1:
        return "This run has no points yet. As soon as it logs some, its curves appear here."
    return "These runs have no points yet. As soon as they log some, their curves appear here."
