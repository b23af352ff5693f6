"""Where a batch prediction stands, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .outcomes import Outcomes, Stale

__all__ = ["PredictionStatus", "stale_words", "standing"]


@dataclass(frozen=True, slots=True)
class PredictionStatus:
    """How far a batch prediction has come.

    Attributes:
        state: ``idle`` (none yet on this page), ``running``, ``success``, ``cancelled`` or ``error``.
        done: instances predicted.
        total: instances to predict.
        message: what to tell the person; empty for nothing.
    """

    state: Literal["idle", "running", "success", "cancelled", "error"] = "idle"
    done: int = 0
    total: int = 0
    message: str = ""

    @property
    def running(self) -> bool:
        """Whether instances are being predicted."""
        return self.state == "running"

    @property
    def progress(self) -> float:
        """How much is done, from 0 to 1."""
        return self.done / self.total if self.total else 0.0


def standing(outcomes: Outcomes | None, trained: bool, model: str, dataset: str) -> str:
    """Return in a sentence or two what is predicted, what is not, and what to do.

    Args:
        outcomes: what there is; None while it has not been read yet.
        trained: whether the model can predict.
        model: what the person calls it.
        dataset: what the person calls the instances.
    """
    if outcomes is None:
        return "Looking at what is predicted already…"
    if not outcomes.instances and not len(outcomes):
        return f"“{dataset}” has no instances yet: as soon as it has some, they can be predicted."
    if not len(outcomes):
        waiting = counted(outcomes.instances, "instance waits", "instances wait")
        if trained:
            return f"Nothing is predicted yet: {waiting} for “{model}”."
        return f"Nothing is predicted yet. Train “{model}” first: {waiting} for it."
    there = counted(len(outcomes), "prediction", "predictions")
    if not outcomes.stale.total:
        return f"{there}, up to date."
    if not trained:
        return f"{there}, made before “{model}” was reset. Train it, then predict again."
    return f"{there}. Out of date: {stale_words(outcomes.stale)}. Predict again to renew just these."


def stale_words(stale: Stale) -> str:
    """Return what is out of date, such as ``"2 made before the model was last trained"``."""
    said = (
        (stale.retrained, "made before the model was last trained"),
        (stale.changed, "whose features have changed"),
        (stale.added, "not predicted yet"),
        (stale.removed, "whose instances are gone"),
    )
    return ", ".join(f"{count:,} {words}" for count, words in said if count)


def counted(count: int, one: str, many: str) -> str:
    """Return a number with the word that goes with it."""
    return f"{count:,} {one if count == 1 else many}"
