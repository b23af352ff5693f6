"""What a classifier says of what it sees now, as words and bars."""

from __future__ import annotations

import weakref
from typing import Any

from panel.viewable import Viewable
from reactivex import Observable

from imlkit.component import Component
from imlkit.errors import DataError, NotTrainedError
from imlkit.model import Prediction
from imlkit.streams import ErrorReport, Stream

from .confidence_bars import ConfidenceBars

__all__ = ["ConfidencePlot"]

EMPTY = "Draw something; when the model is trained its answer appears here."


class ConfidencePlot(Component):
    """A classifier's answer and its confidence in each class, updated at every prediction.

    A prediction asked of an untrained model is explained in place of the bars.

    Streams: ``prediction`` (the latest, or None), ``message`` (what stands in place of the bars,
    or "").

    Args:
        predictions: a stream of :class:`imlkit.Prediction`.
        title: what the person reads above the bars.
        empty: what the person reads while there is no prediction.
    """

    def __init__(
        self, predictions: Observable[Prediction], title: str = "Prediction", empty: str = EMPTY
    ) -> None:
        super().__init__(title)
        self.prediction: Stream[Prediction | None] = Stream(None)
        self.empty = empty
        self.message: Stream[str] = Stream(empty)
        self._causes = causes(predictions)
        self._views: weakref.WeakSet[ConfidenceBars] = weakref.WeakSet()
        self._sources = (
            predictions.subscribe(self._predicted),
            self.session.errors.subscribe(self._failed),
        )

    def view(self) -> Viewable:
        """Return new bars."""
        bars = ConfidenceBars(sizing_mode="stretch_width", margin=10)
        self._views.add(bars)
        self.follow(self.prediction, bars, ConfidenceBars.present)
        self.follow(self.message, bars, ConfidenceBars.explain)
        return bars

    def clear(self) -> None:
        """Take away the answer, as when there is nothing to answer any more."""
        self.prediction.set(None)
        self.message.set(self.empty)

    def explains(self, report: ErrorReport) -> bool:
        """Whether this is the error of an untrained model, and a view of the plot says so."""
        return bool(self._views) and self._concerns(report)

    def _concerns(self, report: ErrorReport) -> bool:
        return isinstance(report.error, NotTrainedError) and (
            report.stream is None or not self._causes or any(report.stream is cause for cause in self._causes)
        )

    def _predicted(self, prediction: Any) -> None:
        if not isinstance(prediction, Prediction):
            raise DataError(
                f"{self.title!r} shows predictions, not {type(prediction).__name__}: "
                "give it the stream of what a classifier's predict returns"
            )
        self.prediction.set(prediction)
        if self.message.value:
            self.message.set("")

    def _failed(self, report: ErrorReport) -> None:
        if self._concerns(report) and self.message.value != report.message:
            self.message.set(report.message)

    def dispose(self) -> None:
        """Let go of the predictions and of every subscriber."""
        for source in self._sources:
            source.dispose()
        super().dispose()


def causes(predictions: Observable[Any]) -> tuple[Stream[Any], ...]:
    """Return the streams to whose events an error in making these predictions belongs."""
    origin = getattr(predictions, "_origin", None)
    streams = (origin, getattr(origin, "_cause", None))
    return tuple(stream for stream in streams if stream is not None)
