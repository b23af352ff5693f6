"""What a classifier reads of a dataset: features and labels, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imlkit.class_label import class_label
from imlkit.errors import TrainingDataError
from imlkit.model import Instances

from .class_demands import demand_seen

__all__ = ["Examples", "fitting_validation", "read_examples"]

BATCH = 100
"""Documents held at a time while reading."""


@dataclass(frozen=True, slots=True)
class Examples:
    """The labelled instances of a dataset.

    Attributes:
        name: the dataset's name.
        x: features, ``float32`` of shape (n, features).
        labels: each one's label.
        ids: each one's id.
    """

    name: str
    x: NDArray[np.float32]
    labels: list[str]
    ids: list[str]

    def __len__(self) -> int:
        return len(self.labels)


def read_examples(dataset: Instances, told: Callable[[int, int], Any] = lambda done, total: None) -> Examples:
    """Read a dataset batch by batch; of its instances only features and labels are kept.

    Args:
        dataset: the dataset.
        told: called after each instance with how many were read of how many; what it raises
            ends the reading.

    Raises:
        TrainingDataError: there are no instances, or some have no label, or features that are
            missing, not numbers, or of another length.
    """
    reading = _Reading(dataset.name or "the dataset", dataset.count())
    for done, document in enumerate(dataset.iterate(select=("x", "y"), batch=BATCH), start=1):
        reading.add(document)
        told(done, max(done, reading.expected))
    return reading.examples()


def fitting_validation(validation: Examples, examples: Examples) -> Examples:
    """Return examples to check with. Raises TrainingDataError where they do not fit the others."""
    demand_seen(validation.name, validation.labels, examples.name, examples.labels)
    if validation.x.shape[1] != examples.x.shape[1]:
        raise TrainingDataError(
            f"“{validation.name}” has features of {validation.x.shape[1]:,} numbers, “{examples.name}” of "
            f"{examples.x.shape[1]:,}: make both with the same features, then train again."
        )
    return validation


class _Reading:
    """Rows are written into one matrix as they come, so that memory holds the features once."""

    def __init__(self, name: str, expected: int) -> None:
        self.name = name
        self.expected = expected
        self.matrix = np.empty((0, 0), np.float32)
        self.labels: list[str] = []
        self.ids: list[str] = []
        self.lengths: Counter[int] = Counter()
        self.unlabelled = 0
        self.featureless = 0
        self.not_numbers = 0

    def add(self, document: dict[str, Any]) -> None:
        label = class_label(document.get("y"))
        if label is None:
            self.unlabelled += 1
        elif document.get("x") is None:
            self.featureless += 1
        else:
            row = self.row(document["x"])
            self.lengths[len(row)] += 1
            if not np.isfinite(row).all():
                self.not_numbers += 1
            if len(self.lengths) == 1:
                self.keep(row)
                self.labels.append(label)
                self.ids.append(document["id"])

    def row(self, x: Any) -> NDArray[np.float32]:
        try:
            row = np.asarray(x, np.float32)
        except (TypeError, ValueError):
            row = np.empty((0, 0), np.float32)
        if row.ndim != 1 or not row.size:
            shape = f"of shape {np.shape(x)}" if isinstance(x, np.ndarray) else f"{x!r:.60}"
            raise TrainingDataError(
                f"The features x of an instance of “{self.name}” are a {type(x).__name__} {shape}, but a "
                "classifier needs a list of numbers: turn images into features first, for example with "
                "HogFeatures, then train again."
            )
        return row

    def keep(self, row: NDArray[np.float32]) -> None:
        kept = len(self.labels)
        if not kept:
            self.matrix = np.empty((max(self.expected, 1), len(row)), np.float32)
        elif kept == len(self.matrix):
            # Instances came while reading. The refcheck would only see our own name for it.
            self.matrix.resize((kept + max(BATCH, kept // 8), len(row)), refcheck=False)
        self.matrix[kept] = row

    def examples(self) -> Examples:
        count = len(self.labels) + self.unlabelled + self.featureless
        if count == 0:
            raise TrainingDataError(
                f"“{self.name}” has no instances: capture some of at least two classes, then train again."
            )
        if self.unlabelled:
            raise TrainingDataError(
                f"{_instances(self.unlabelled)} of “{self.name}” without a label: "
                "label or remove them, then train again."
            )
        if self.featureless:
            raise TrainingDataError(
                f"{_instances(self.featureless)} of “{self.name}” without features x: "
                "capture them again with features, or remove them, then train again."
            )
        if len(self.lengths) > 1:
            lengths = ", ".join(f"{length:,} numbers ({n:,}×)" for length, n in self.lengths.most_common(4))
            raise TrainingDataError(
                f"The features in “{self.name}” have different lengths: {lengths}. A model needs one length: "
                "keep the instances captured with one kind of features, then train again."
            )
        if self.not_numbers:
            raise TrainingDataError(
                f"{_instances(self.not_numbers)} of “{self.name}” with features that are not finite "
                "numbers (NaN or infinity): remove or capture them again, then train again."
            )
        return Examples(self.name, self.matrix[: len(self.labels)], self.labels, self.ids)


def _instances(count: int) -> str:
    return "There is 1 instance" if count == 1 else f"There are {count:,} instances"
