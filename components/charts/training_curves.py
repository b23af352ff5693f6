"""The curves of one training on the page: a figure for each metric, epochs streamed in."""

from __future__ import annotations

import html
import math
from itertools import zip_longest
from typing import Any

import panel as pn

from imlkit.model import TrainingStatus

from .training_words import SHARES, VALIDATION, faults, progress_words, spaced, values_words

__all__ = ["TrainingCurves"]

EMPTY = "Train the model; its progress appears here, epoch by epoch."
TRAINING, VALIDATING = "#0072B2", "#D55E00"  # Okabe and Ito's blue and vermilion
MARKED_EPOCHS = 50
STYLE = """
:host { color: inherit; font-family: var(--bokeh-base-font); font-size: 1rem; line-height: 1.5; }
p { margin: 0; overflow-wrap: anywhere; }
.fault { font-weight: 700; }
"""


class TrainingCurves(pn.Column):
    """A sentence, and a figure for each metric and its validation.

    Args:
        held_back: whether figures wait for :meth:`begin`.
        params: those of Panel's Column.
    """

    def __init__(self, held_back: bool = False, **params: Any) -> None:
        self.held_back = held_back
        self.status: TrainingStatus | None = None
        self.words = pn.pane.HTML("", sizing_mode="stretch_width", stylesheets=[STYLE])
        self.figures: dict[str, Curve] = {}
        super().__init__(self.words, **params)

    def present(self, status: TrainingStatus) -> None:
        """Show a status: add the epochs that are new; begin anew where a training has."""
        # While a message is being written, Panel queues its own changes but not Bokeh's, and an
        # epoch would reach the page before its figure. Held, they stay in their order.
        with pn.io.hold(policy="collect"):
            self.words.object = sentence(status)
            self.status = status
            if not self.held_back:
                self._draw(status)

    def begin(self) -> None:
        """Show the figures from now on."""
        self.held_back = False
        if self.status is not None:
            self.present(self.status)

    def _draw(self, status: TrainingStatus) -> None:
        names = pairs(status)
        if status.running and not names:
            # A training that begins keeps the figures, emptied: the page does not jump.
            names = list(self.figures)
        for name in names:
            if name not in self.figures:
                self.figures[name] = Curve(name)
            self.figures[name].present(status)
        for name in self.figures.keys() - set(names):
            del self.figures[name]
        # All at once: a figure added while another is being built is built twice, and what the
        # mouse meets is then not what is shown.
        panes = [self.words, *(curve.pane for curve in self.figures.values())]
        if list(self.objects) != panes:
            self.objects = panes


class Curve:
    """The figure of one metric."""

    def __init__(self, name: str) -> None:
        from bokeh.models import BasicTicker, ColumnDataSource, DataRange1d, HoverTool, Range1d
        from bokeh.models.annotations.legends import Legend, LegendItem
        from bokeh.models.formatters import NumeralTickFormatter
        from bokeh.plotting import figure

        self.name = name
        self.shown: list[tuple[float | None, float | None]] = []
        self.source = ColumnDataSource({"epoch": [], "training": [], "validation": []})
        self.epochs = Range1d(start=0.5, end=1.5)
        share = name in SHARES
        self.figure = figure(
            height=240,
            sizing_mode="stretch_width",
            x_range=self.epochs,
            y_range=Range1d(start=-0.02, end=1.02) if share else DataRange1d(range_padding=0.08),
            x_axis_label="epoch",
            y_axis_label=spaced(name),
            tools=[],
            toolbar_location=None,
        )
        self.figure.xaxis.ticker = BasicTicker(min_interval=1, desired_num_ticks=8)
        self.figure.xaxis.formatter = NumeralTickFormatter(format="0")
        self.figure.yaxis.formatter = NumeralTickFormatter(format="0 %" if share else "0.[0000]")
        self.figure.yaxis.ticker = BasicTicker(desired_num_ticks=5)
        looks = {"training": (TRAINING, "solid", "circle"), "validation": (VALIDATING, "dashed", "square")}
        drawn: dict[str, list[Any]] = {
            column: [
                self.figure.line(
                    "epoch", column, source=self.source, color=color, line_dash=dash, line_width=2
                ),
                self.figure.scatter("epoch", column, source=self.source, color=color, marker=marker, size=6),
            ]
            for column, (color, dash, marker) in looks.items()
        }
        self.marks = [marks for _, marks in drawn.values()]
        self.figure.add_tools(HoverTool(tooltips=tooltips(share), mode="vline", renderers=self.marks))
        self.validation = LegendItem(label="validation", renderers=drawn["validation"], visible=False)
        items = [LegendItem(label="training", renderers=drawn["training"]), self.validation]
        self.figure.add_layout(Legend(items=items, orientation="horizontal", margin=0), "above")
        self.pane = pn.pane.Bokeh(self.figure, sizing_mode="stretch_width", margin=(8, 0))

    def present(self, status: TrainingStatus) -> None:
        training = status.metrics.get(self.name, ())
        validation = status.metrics.get(VALIDATION + self.name, ())
        rows = list(zip_longest(map(finite, training), map(finite, validation)))
        before = len(self.shown)
        if rows[:before] != self.shown:
            self.source.data = columns(rows, 0)
        elif len(rows) > before:
            self.source.stream(columns(rows, before))
        self.shown = rows
        self.validation.visible = bool(validation)
        epochs = max(status.epochs, len(rows), 1)
        self.epochs.update(start=0.5, end=epochs + 0.5)
        for marks in self.marks:
            marks.visible = epochs <= MARKED_EPOCHS


def columns(rows: list[tuple[float | None, float | None]], first: int) -> dict[str, Any]:
    """Return the rows from one on as the columns of a data source."""
    return {
        "epoch": list(range(first + 1, len(rows) + 1)),
        "training": [gap(training) for training, _ in rows[first:]],
        "validation": [gap(validation) for _, validation in rows[first:]],
    }


def tooltips(share: bool) -> list[tuple[str, str]]:
    form = "{0.0 %}" if share else "{0.0000}"
    return [("epoch", "@epoch"), ("training", f"@training{form}"), ("validation", f"@validation{form}")]


def pairs(status: TrainingStatus) -> list[str]:
    """Return the metrics to draw, each once: a metric and its validation share a figure."""
    names = (name.removeprefix(VALIDATION) for name, values in status.metrics.items() if values)
    return list(dict.fromkeys(names))


def finite(value: float) -> float | None:
    """Return a number to draw, or None for a gap."""
    return float(value) if math.isfinite(value) else None


def gap(value: float | None) -> float:
    # Bokeh leaves out what is not a number, and draws None as zero.
    return math.nan if value is None else value


def sentence(status: TrainingStatus) -> str:
    """Return a status as HTML, every word of it escaped."""
    if status.state == "idle" and not status.metrics:
        return f"<p>{html.escape(status.message or EMPTY)}</p>"
    values = values_words(status.metrics)
    words = progress_words(status)
    if values:
        words += f" Last values: {values}" if words.endswith((".", "!", "?")) else f": {values}"
    said = f"<p>{html.escape(words)}</p>"
    wrong = faults(status.metrics)
    return said + (f'<p class="fault">{html.escape(wrong)}</p>' if wrong else "")
