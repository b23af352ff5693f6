"""What a model's predictions look like beside the true labels of now."""

from __future__ import annotations

from dataclasses import dataclass

from .metrics import Confusion, confusion

__all__ = ["Outcomes", "Stale"]


@dataclass(frozen=True, slots=True)
class Stale:
    """What a batch prediction would do if it ran now.

    Attributes:
        retrained: predictions made before the model was last trained.
        changed: predictions of instances whose features have changed since.
        added: instances not predicted yet.
        removed: predictions of instances that are gone.
    """

    retrained: int = 0
    changed: int = 0
    added: int = 0
    removed: int = 0

    @property
    def total(self) -> int:
        """How many predictions are to be made or dropped."""
        return self.retrained + self.changed + self.added + self.removed


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The predictions there are of instances that still exist, one beside the other.

    Attributes:
        ids: the instances, in the order of creation.
        truths: the label each has now; None where it has none.
        predicted: the class predicted of each.
        confidences: how sure the model was of each, from 0 to 1.
        stale: what has changed since.
        instances: how many instances there are, predicted or not.
    """

    ids: tuple[str, ...] = ()
    truths: tuple[str | None, ...] = ()
    predicted: tuple[str, ...] = ()
    confidences: tuple[float, ...] = ()
    stale: Stale = Stale()
    instances: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def unlabelled(self) -> int:
        """How many have no label to compare with."""
        return self.truths.count(None)

    @property
    def labels(self) -> tuple[str, ...]:
        """Every class that is true or predicted of an instance that has a label, each once."""
        return tuple(
            {
                label: None
                for truth, said in zip(self.truths, self.predicted, strict=True)
                if truth is not None
                for label in (truth, said)
            }
        )

    def confusion(self, labels: tuple[str, ...] = ()) -> Confusion:
        """Count the pairs of true and predicted classes of those that have a label."""
        pairs = [
            (truth, said)
            for truth, said in zip(self.truths, self.predicted, strict=True)
            if truth is not None
        ]
        return confusion([truth for truth, _ in pairs], [said for _, said in pairs], labels)

    def of(self, truth: str, predicted: str) -> tuple[str, ...]:
        """Return the ids of the instances of one true class that were predicted as another (or the same)."""
        each = zip(self.ids, self.truths, self.predicted, strict=True)
        return tuple(id for id, label, said in each if label == truth and said == predicted)
