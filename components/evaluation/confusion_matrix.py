"""Which classes a model takes for which, and the instances behind every number."""

from __future__ import annotations

from functools import partial
from typing import Any, get_args

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.store import Query
from imlkit.streams import Stream

from .batch_prediction import BatchPrediction
from .cell import Cell
from .confusion_tables import ConfusionTables
from .matrix import Matrix, Shares
from .outcomes import Outcomes
from .prediction_status import counted

__all__ = ["ConfusionMatrix"]

NOTHING: Query = {"id": {"$in": []}}
CHOOSE = "Press a number in a confusion matrix to see its instances here."


class ConfusionMatrix(Component):
    """How often each class was predicted as each, for one or several batch predictions.

    Several stand side by side over the same classes. Press a number to see its instances: give
    ``instances`` to :meth:`Dataset.where`, and show what that returns.

    Streams: ``shares``, whether numbers are ``"counts"`` or shares ``"by true class"`` (of a row)
    or ``"by predicted class"`` (of a column); ``selected``, the :class:`Cell` pressed or None
    (set it to select); ``ids``, its instances now; ``instances``, the query that finds them;
    ``description``, what is selected in words; ``matrices``, what is shown.

    Args:
        predictions: what to show.
        title: what the person reads above it.

    Raises:
        DataError: no batch prediction is given.
    """

    def __init__(self, *predictions: BatchPrediction, title: str = "Confusion matrix") -> None:
        if not predictions:
            raise DataError("A confusion matrix has nothing to show: give it a BatchPrediction.")
        super().__init__(title)
        self.predictions = predictions
        self.shares: Stream[Shares] = Stream("counts")
        self.selected: Stream[Cell | None] = Stream(None)
        self.ids: Stream[tuple[str, ...]] = Stream(())
        self.instances: Stream[Query] = Stream(NOTHING)
        self.description: Stream[str] = Stream(CHOOSE)
        self.matrices: Stream[tuple[Matrix, ...]] = Stream()
        self._changes: Stream[None] = Stream()
        self._following = [
            each.outcomes.subscribe(partial(self._changed, number)) for number, each in enumerate(predictions)
        ]
        self._following += [
            each.standing.subscribe(lambda _: self._changes.set(None)) for each in predictions
        ]
        self._changes.compute(lambda _: self._counted(), policy="latest").subscribe(self.matrices.set)
        self.selected.subscribe(lambda _: self._choose())

    def view(self) -> Viewable:
        """Return new tables, with a choice of what their numbers say."""
        tables = ConfusionTables(self.title or "Confusion matrix", self._pressed, self._share)
        self.follow(self.matrices, tables, ConfusionTables.show_matrices)
        self.follow(self.shares, tables, ConfusionTables.show_shares)
        self.follow(self.selected, tables, ConfusionTables.show_selected)
        return tables

    def dispose(self) -> None:
        """Let go of the predictions and of every subscriber."""
        for each in self._following:
            each.dispose()
        self._changes.dispose()
        super().dispose()

    def _pressed(self, cell: Cell) -> None:
        self.selected.set(None if cell == self.selected.value else cell)

    def _share(self, shares: Any) -> None:
        if shares in get_args(Shares):
            self.shares.set(shares)

    def _changed(self, number: int, _outcomes: Outcomes) -> None:
        self._changes.set(None)
        selected = self.selected.value
        if selected is not None and selected.matrix == number:
            self._choose()

    def _choose(self) -> None:
        cell = self.selected.value
        if cell is None:
            ids: tuple[str, ...] = ()
            description = CHOOSE
        elif not 0 <= cell.matrix < len(self.predictions):
            raise DataError(
                f"There is no matrix {cell.matrix} to select a cell of: "
                f"give a number from 0 to {len(self.predictions) - 1}."
            )
        else:
            outcomes = self._outcomes[cell.matrix]
            ids = outcomes.of(cell.truth, cell.predicted)
            description = _described(cell, len(ids), self.predictions[cell.matrix].title)
        if ids != self.ids.value:
            self.ids.set(ids)
            self.instances.set({"id": {"$in": list(ids)}})
        if description != self.description.value:
            self.description.set(description)

    @property
    def _outcomes(self) -> list[Outcomes]:
        return [each.outcomes.value or Outcomes() for each in self.predictions]

    def _counted(self) -> tuple[Matrix, ...]:
        there = self._outcomes
        labels = tuple({label: None for each in there for label in each.labels})
        return tuple(
            Matrix(batch.title, outcomes.confusion(labels if len(outcomes) else ()), _note(batch, outcomes))
            for batch, outcomes in zip(self.predictions, there, strict=True)
        )


def _described(cell: Cell, count: int, model: str) -> str:
    said = "recognises" if cell.truth == cell.predicted else f"takes for “{cell.predicted}”"
    if not count:
        return f"No instance of “{cell.truth}” is left that “{model}” {said}. Press another number."
    return f"{counted(count, 'instance', 'instances')} of “{cell.truth}” that “{model}” {said}."


def _note(batch: BatchPrediction, outcomes: Outcomes) -> str:
    if not len(outcomes):
        return str(batch.standing.value)
    said = []
    if outcomes.stale.total:
        said.append(f"{outcomes.stale.total:,} out of date: predict again to renew them.")
    if outcomes.unlabelled:
        said.append(f"{outcomes.unlabelled:,} without a label are not counted.")
    return " ".join(said)
