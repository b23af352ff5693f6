"""How a training goes: its curves, live."""

from __future__ import annotations

import weakref
from typing import Protocol

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.model import TrainingStatus
from imlkit.streams import ErrorReport, Stream

__all__ = ["Trained", "TrainingPlot"]

STANDS_MS = 300
"""After how long what was put on a page stands there."""


class Trained(Protocol):
    """Anything whose training can be watched."""

    training: Stream[TrainingStatus]


class TrainingPlot(Component):
    """Curves of every metric over the epochs, and where the training stands in words.

    A metric and its validation (``loss`` and ``validation_loss``) share a figure, the training
    solid, the validation dashed. A new training begins anew.

    Streams: ``status``, the latest of the training.

    Args:
        model: a model, or anything with a ``training`` stream.
        title: what the person reads above the curves.
    """

    def __init__(self, model: Trained, title: str = "Training") -> None:
        super().__init__(title)
        self.model = model
        self.status: Stream[TrainingStatus] = Stream(TrainingStatus())
        self._views: weakref.WeakSet[Viewable] = weakref.WeakSet()
        self._source = model.training.subscribe(self.status)

    def view(self) -> Viewable:
        """Return new curves."""
        # Plots are loaded when one is first viewed.
        from .training_curves import TrainingCurves

        document = self.session.document
        curves = TrainingCurves(document is not None, sizing_mode="stretch_width", margin=10)
        self._views.add(curves)
        self.follow(self.status, curves, TrainingCurves.present)
        if document is not None:
            # Bokeh measures a figure that comes together with what holds it before it is laid out,
            # and fails: the figures come once the rest stands.
            document.add_timeout_callback(curves.begin, STANDS_MS)
        return curves

    def explains(self, report: ErrorReport) -> bool:
        """Whether this is the model's own error and a view says it already."""
        return bool(self._views) and report.component is self.model and said_by(self.status.value, report)

    def dispose(self) -> None:
        """Let go of the model and of every subscriber."""
        self._source.dispose()
        super().dispose()


def said_by(status: TrainingStatus, report: ErrorReport) -> bool:
    """Whether a failed training's message is this error's."""
    return status.state == "error" and status.message == report.message
