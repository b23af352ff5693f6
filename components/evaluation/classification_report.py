"""How well models do: accuracy with its interval, and each class's precision and recall."""

from __future__ import annotations

from dataclasses import dataclass

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams import Stream

from .batch_prediction import BatchPrediction
from .metrics import Accuracy, ClassScore, accuracy, class_scores
from .outcomes import Outcomes

__all__ = ["ClassificationReport", "Score"]


@dataclass(frozen=True, slots=True)
class Score:
    """How well one model does.

    Attributes:
        title: the batch prediction's.
        accuracy: the share of right predictions; None where nothing can be compared.
        classes: each class's scores.
        stale: how many predictions are out of date.
        standing: what is predicted, in words.
    """

    title: str
    accuracy: Accuracy | None
    classes: tuple[ClassScore, ...]
    stale: int
    standing: str


class ClassificationReport(Component):
    """Accuracy with its 95 % interval, and precision, recall and F1 of every class.

    Several batch predictions stand side by side. Instances without a label do not count.

    Streams: ``scores``, one :class:`Score` for each batch prediction.

    Args:
        predictions: what to report on.
        title: what the person reads above it.

    Raises:
        DataError: no batch prediction is given.
    """

    def __init__(self, *predictions: BatchPrediction, title: str = "How good it is") -> None:
        if not predictions:
            raise DataError("A classification report has nothing to report on: give it a BatchPrediction.")
        super().__init__(title)
        self.predictions = predictions
        self.scores: Stream[tuple[Score, ...]] = Stream()
        self._changes: Stream[None] = Stream()
        self._following = [
            stream.subscribe(lambda _: self._changes.set(None))
            for each in predictions
            for stream in (each.outcomes, each.standing)
        ]
        self._changes.compute(lambda _: self._scored(), policy="latest").subscribe(self.scores.set)

    def view(self) -> Viewable:
        """Return new tables."""
        from .report_tables import ReportTables

        tables = ReportTables()
        self.follow(self.scores, tables, ReportTables.present)
        return tables

    def dispose(self) -> None:
        """Let go of the predictions and of every subscriber."""
        for each in self._following:
            each.dispose()
        self._changes.dispose()
        super().dispose()

    def _scored(self) -> tuple[Score, ...]:
        there = [each.outcomes.value or Outcomes() for each in self.predictions]
        labels = tuple({label: None for each in there for label in each.labels})
        scores = []
        for batch, outcomes in zip(self.predictions, there, strict=True):
            counted = outcomes.confusion(labels)
            scores.append(
                Score(
                    batch.title,
                    accuracy(counted),
                    class_scores(counted),
                    outcomes.stale.total,
                    batch.standing.value,
                )
            )
        return tuple(scores)
