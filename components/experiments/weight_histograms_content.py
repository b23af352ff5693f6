"""How weights and gradients were distributed at one step, as a document tells it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from imlkit.errors import ImlkitError, NotFoundError
from imlkit.store import Collection, Document

from .run_images_heads import number_of

__all__ = ["Distribution", "Of", "WeightStep", "read_step"]

Of = Literal["weight", "gradient"]
"""What is counted: the values of a parameter, or those of its gradient."""

MOST_BINS: Final = 1_000
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the values of one parameter are distributed.

    Attributes:
        counts: uint32 or float64 of shape (bins,): how many values are in each of the bins, all of one width.
        low: where the first bin begins.
        high: where the last bin ends.
        others: how many values are no finite number.
    """

    counts: npt.NDArray[Any]
    low: float
    high: float
    others: int

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return self.counts.nbytes + 200


@dataclass(frozen=True)
class WeightStep:
    """The distributions of all parameters at one step.

    Attributes:
        id: of the document.
        step: at which step; not-a-number where that is not known.
        epoch: in which epoch; not-a-number where that is not known.
        weight: of weights, by parameter.
        gradient: of gradients, by parameter; a parameter without one is not there.
        damaged: why it cannot be shown, wholly or in part; "" where it can.
    """

    id: str
    step: float
    epoch: float
    weight: Mapping[str, Distribution]
    gradient: Mapping[str, Distribution]
    damaged: str = ""

    def of(self, what: Of) -> Mapping[str, Distribution]:
        """Return the distributions of weights or of gradients."""
        return self.weight if what == "weight" else self.gradient

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return 500 + sum(one.size for own in (self.weight, self.gradient) for one in own.values())


def read_step(collection: Collection, id: str) -> WeightStep | None:
    """Return what a document tells, or None where it is gone. What is damaged says so.

    Raises:
        ImlkitError: the store cannot be read.
    """
    try:
        return _read(collection.get(id))
    except NotFoundError:
        return None
    except Exception as error:
        # What is kept beside a document may be lost or damaged: then the rest of it is still there.
        head = collection.get(id, ["step", "epoch"])
        reason = str(error) if isinstance(error, ImlkitError) else "a part of it is missing"
        return WeightStep(id, number_of(head.get("step")), number_of(head.get("epoch")), {}, {}, reason)


def _read(document: Document) -> WeightStep:
    weight: dict[str, Distribution] = {}
    gradient: dict[str, Distribution] = {}
    entries = document.get("histograms")
    wrong = not isinstance(entries, list)
    for entry in entries if isinstance(entries, list) else ():
        name = entry.get("name") if isinstance(entry, Mapping) else None
        if not isinstance(name, str):
            wrong = True
            continue
        for what, found in (("weight", weight), ("gradient", gradient)):
            one = _distribution(entry.get(what))
            if one is not None:
                found[name[:LONGEST]] = one
            elif what in entry or what == "weight":
                wrong = True
    id, step, epoch = document["id"], number_of(document.get("step")), number_of(document.get("epoch"))
    if math.isnan(step):
        return WeightStep(id, step, epoch, {}, {}, "it does not say at which step")
    return WeightStep(
        id,
        step,
        epoch,
        weight,
        gradient,
        "histograms are missing in it, or not what they should be" if wrong else "",
    )


def _distribution(told: Any) -> Distribution | None:
    if not isinstance(told, Mapping):
        return None
    counts, others = told.get("counts"), number_of(told.get("others", 0))
    low, high = number_of(told.get("low")), number_of(told.get("high"))
    if (
        not isinstance(counts, np.ndarray)
        or counts.ndim != 1
        or not 0 < len(counts) <= MOST_BINS
        or counts.dtype.kind not in "iuf"
        or not np.isfinite(counts).all()
        or counts.min() < 0
        or any(map(math.isnan, (low, high, others)))
        or not low <= high
    ):
        return None
    whole = counts.dtype.kind in "iu" and counts.max() < 2**32
    return Distribution(counts.astype(np.uint32 if whole else np.float64), low, high, int(others))
