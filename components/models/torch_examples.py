"""What a network reads of a dataset: instances of one shape, whatever it is, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imlkit.class_label import class_label
from imlkit.errors import TrainingDataError
from imlkit.model import Instances

__all__ = ["ArrayExamples", "as_array", "read_arrays"]

BATCH = 100
"""Documents held at a time while reading."""


@dataclass(frozen=True, slots=True)
class ArrayExamples:
    """The instances of a dataset, one beside the other.

    Attributes:
        name: the dataset's name.
        x: of shape (n, …), ``uint8`` where all are images, else ``float32``.
        y: what is said of each: a class (text) or, for a regression, ``float32`` of shape (n, targets).
        ids: each one's id.
    """

    name: str
    x: NDArray[Any]
    y: Any
    ids: list[str]

    def __len__(self) -> int:
        return len(self.ids)


def as_array(x: Any) -> NDArray[Any]:
    """Return an instance as an array: ``uint8`` as it is, other numbers as ``float32``.

    Raises:
        ValueError, TypeError: it is not made of numbers, or not of finite ones.
    """
    array = np.asarray(x)
    if array.dtype == np.uint8:
        return array
    array = array.astype(np.float32)
    if not array.size or not np.isfinite(array).all():
        raise ValueError("it holds NaN or infinity")
    return array


def read_arrays(
    dataset: Instances, regression: bool, told: Callable[[int, int], Any] = lambda done, total: None
) -> ArrayExamples:
    """Read a dataset batch by batch; of its instances only ``x`` and ``y`` are kept.

    Args:
        dataset: the dataset.
        regression: whether ``y`` is a number, or a list of them, rather than a class.
        told: called after each instance with how many were read of how many; what it raises
            ends the reading.

    Raises:
        TrainingDataError: there are no instances, or one lacks ``x`` or ``y``, or is not like the others.
    """
    name = dataset.name or "the dataset"
    expected = dataset.count()
    xs: list[NDArray[Any]] = []
    ys: list[Any] = []
    ids: list[str] = []
    for done, document in enumerate(dataset.iterate(select=("x", "y"), batch=BATCH), start=1):
        which = f"The instance {document['id']!r:.60} of “{name}”"
        try:
            x = as_array(document.get("x"))
        except (TypeError, ValueError):
            raise TrainingDataError(
                f"{which} has no numbers as x, or not only finite ones (NaN or infinity): a network needs an "
                "image or an array. Capture it again or remove it, then train again."
            ) from None
        if xs and x.shape != xs[0].shape:
            raise TrainingDataError(
                f"{which} is of shape {x.shape}, others are of shape {xs[0].shape}: make all alike, for "
                "example with images of one size, then train again."
            )
        ys.append(_numbers(document.get("y"), which) if regression else _label(document.get("y"), which))
        xs.append(x)
        ids.append(document["id"])
        told(done, max(done, expected))
    if not xs:
        raise TrainingDataError(f"“{name}” has no instances: capture some, then train again.")
    if regression and len({len(y) for y in ys}) > 1:
        raise TrainingDataError(
            f"The y of “{name}” have different lengths: give each instance as many numbers, then train again."
        )
    return ArrayExamples(name, np.stack(xs), np.array(ys, np.float32) if regression else ys, ids)


def _label(y: Any, which: str) -> str:
    label = class_label(y)
    if label is None:
        raise TrainingDataError(f"{which} is without a label y: label or remove it, then train again.")
    return label


def _numbers(y: Any, which: str) -> list[float]:
    try:
        numbers = np.atleast_1d(np.asarray(y, np.float64))
        if numbers.ndim != 1 or not numbers.size or not np.isfinite(numbers).all():
            raise ValueError
    except (TypeError, ValueError):
        raise TrainingDataError(
            f"{which} has as y {y!r:.60}, which is no finite number and no list of them: "
            "correct or remove it, then train again."
        ) from None
    return [float(number) for number in numbers]
