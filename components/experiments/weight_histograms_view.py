"""The charts of weights and gradients on the page."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import param
from panel.custom import JSComponent

from imlkit.errors import ImlkitError
from imlkit.web import inlined, module_address

from .run_media import ShownMedia
from .weight_histograms_content import Of, WeightStep
from .weight_histograms_reader import FoundWeights

if TYPE_CHECKING:
    from .weight_histograms import WeightHistograms

__all__ = ["WeightCharts"]

HERE = Path(__file__)
BEGIN: Final = "In the training, run.log_histograms(model) after each epoch begins it."
MOST_NAMES: Final = 10_000
MOST_DAMAGED: Final = 5


class WeightCharts(JSComponent):
    """One view of weights. A page is sent the chosen parameter only, and of that what it has not got yet.

    Args:
        weights: what is shown.
    """

    ticks = param.String(doc="The module that places numbers at axes.")

    _esm: ClassVar[str] = inlined(HERE.with_name("weight_histograms.js"))
    _stylesheets: ClassVar[list[str]] = [
        HERE.with_name(name).read_text("utf-8") for name in ("run_plot.css", "weight_histograms.css")
    ]

    def __init__(self, weights: WeightHistograms) -> None:
        ticks = inlined(HERE.parents[1] / "tables" / "plot_ticks.js")
        super().__init__(sizing_mode="stretch_width", margin=0, ticks=module_address(ticks))  # type: ignore[no-untyped-call]
        self._weights = weights
        self._here = False
        self._names: list[str] | None = None
        self._subject: tuple[str, Of] | None = None
        self._sent: dict[str, set[str]] = {}

    def refresh(self, _: Any = None) -> None:
        """Send what has changed since the last time."""
        if not self._here:
            return
        weights = self._weights
        drawn: ShownMedia = weights.drawn.value
        found: FoundWeights = drawn.found or FoundWeights()
        names = _names(step for steps in found.steps.values() for step in steps)
        wanted, of = weights.parameter.value, weights.of.value
        parameter = wanted if wanted is not None else next(iter(names), "")
        if (parameter, of) != self._subject:
            self._subject = parameter, of
            self._sent = {}
        logged = any(found.counts.values())
        state: dict[str, Any] = {
            "title": weights.title,
            "parameter": parameter,
            "of": of,
            "charts": [
                self._chart(run.id, run.name, run.look, found, parameter, of) for run in drawn.runs if logged
            ],
            "names": None if names == self._names else names,
            "missing": found.missing,
            "empty": "" if logged else drawn.without("weights", BEGIN),
            "note": drawn.note,
            "problem": drawn.problem,
        }
        self._names = names
        self._sent = {run.id: self._sent.get(run.id, set()) for run in drawn.runs}
        self._send_msg({"state": state})

    def _chart(
        self, run: str, name: str, look: int, found: FoundWeights, parameter: str, of: Of
    ) -> dict[str, Any]:
        steps = found.steps.get(run, ())
        there = [step for step in steps if parameter in step.of(of)]
        sent = self._sent.setdefault(run, set())
        new = [step for step in there if step.id not in sent]
        sent.update(step.id for step in new)
        return {
            "run": run,
            "name": name,
            "look": look,
            "ids": [step.id for step in there],
            "new": [_told(step, parameter, of) for step in new],
            "count": found.counts.get(run, 0),
            "read": len(steps),
            "damaged": [[_number(step.step), step.damaged] for step in steps if step.damaged][:MOST_DAMAGED],
        }

    def _handle_msg(self, message: Any) -> None:
        weights = self._weights
        try:
            match message:
                case {"hello": _}:
                    self._here = True
                    self._names = self._subject = None
                    self.refresh()
                case {"parameter": str(name)}:
                    weights.parameter.set(name)
                case {"of": str(of)}:
                    weights.of.set(of)  # type: ignore[arg-type]
                case {"again": _}:
                    weights.look()
        except ImlkitError:
            # A page that asks for what it does not offer is shown what is.
            self.refresh()


def _told(step: WeightStep, parameter: str, of: Of) -> dict[str, Any]:
    one = step.of(of)[parameter]
    return {
        "id": step.id,
        "step": step.step,
        "epoch": _number(step.epoch),
        "low": one.low,
        "high": one.high,
        "others": one.others,
        "counts": one.counts.astype("<f8").tobytes(),
    }


def _names(steps: Iterable[WeightStep]) -> list[str]:
    """Return the names of all parameters, in the model's order."""
    found: dict[str, None] = {}
    for step in steps:
        # Most steps have the same ones.
        if not step.weight.keys() <= found.keys():
            found |= dict.fromkeys(step.weight)
        if not step.gradient.keys() <= found.keys():
            found |= dict.fromkeys(step.gradient)
    return list(found)[:MOST_NAMES]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
