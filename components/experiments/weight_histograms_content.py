"""How weights and gradients were distributed at one step, as a document tells it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from imlkit.errors import ImlkitError, NotFoundError
from imlkit.store import Collection, Document

from .run_images_heads import number_of
from .weight_histograms_distributions import Distributions, read_distributions

__all__ = ["Of", "WeightStep", "read_step"]

Of = Literal["weight", "gradient"]
"""What is counted: the values of a parameter, or those of its gradient."""


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
    weight: Distributions
    gradient: Distributions
    damaged: str = ""

    def of(self, what: Of) -> Distributions:
        """Return the distributions of weights or of gradients."""
        return self.weight if what == "weight" else self.gradient

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return 500 + self.weight.size + self.gradient.size


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
        return _damaged(head, reason)


def _read(document: Document) -> WeightStep:
    step = number_of(document.get("step"))
    if math.isnan(step):
        return _damaged(document, "it does not say at which step")
    weight, sound = read_distributions(document.get("weights"))
    gradient, also = (
        read_distributions(document["gradients"]) if "gradients" in document else (Distributions.none(), True)
    )
    return WeightStep(
        document["id"],
        step,
        number_of(document.get("epoch")),
        weight,
        gradient,
        "" if sound and also else "histograms are missing in it, or not what they should be",
    )


def _damaged(document: Document, reason: str) -> WeightStep:
    step, epoch = number_of(document.get("step")), number_of(document.get("epoch"))
    return WeightStep(document["id"], step, epoch, Distributions.none(), Distributions.none(), reason)
