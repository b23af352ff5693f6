"""The bars of a confidence plot on the page."""

from __future__ import annotations

import heapq
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from imlkit.model import Prediction

from .percentage import percentage

__all__ = ["ConfidenceBars"]

SHOWN_CLASSES = 10
HERE = Path(__file__)


class ConfidenceBars(JSComponent):
    """An answer and a bar for each class, or a message in their place."""

    bars = param.Dict({})
    message = param.String("")

    _esm = HERE.with_suffix(".js").read_text("utf-8")
    _stylesheets = [HERE.with_suffix(".css").read_text("utf-8")]  # noqa: RUF012

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]

    def present(self, prediction: Prediction | None) -> None:
        """Show a prediction's classes in their own order, the most confident ones where there are many."""
        self.bars = {} if prediction is None else drawn(prediction)

    def explain(self, message: str) -> None:
        """Show a message in place of the bars; "" shows the bars again."""
        self.message = message


def drawn(prediction: Prediction) -> dict[str, Any]:
    """Return what the page draws of a prediction."""
    shares = [(str(label), float(share)) for label, share in prediction.confidences.items()]
    label = str(prediction.label)
    leading = heapq.nlargest(SHOWN_CLASSES, range(len(shares)), key=lambda index: order(shares[index][1]))
    # The classes' own order: bars sorted by height would jump at every stroke.
    shown = [shares[index] for index in sorted(leading)]
    rows = [[name, percentage(share), width(share), name == label] for name, share in shown]
    hidden = len(shares) - len(leading)
    rest = max(0.0, sum(share for _, share in shares) - sum(shares[index][1] for index in leading))
    others = "1 more class has" if hidden == 1 else f"{hidden} more classes share"
    own = dict(shares).get(label)
    return {
        "label": label,
        "share": "" if own is None else percentage(own),
        "rows": rows,
        "rest": f"{others} {percentage(rest)}" if hidden else "",
        "version": "" if prediction.version is None else f"version {prediction.version}",
    }


def order(share: float) -> float:
    return share if share == share else -1.0


def width(share: float) -> float:
    return round(100 * min(max(order(share), 0.0), 1.0), 1)
