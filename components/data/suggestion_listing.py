"""What a person sees of the next examples to label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imlkit.model import Prediction
from imlkit.store import Document

from .thumbnails import Thumbnail

__all__ = ["SuggestionListing"]


@dataclass(frozen=True, slots=True)
class SuggestionListing:
    """The instances suggested, and what there is to say about them.

    Attributes:
        instances: those suggested, the most wanted first.
        predictions: what the model says of each, by id; none before the first training.
        pictures: how each looks, by id.
        labels: the classes there are.
        unlabelled: how many instances have no label.
        labelled: how many have one.
        looked: how many of the unlabelled were looked at.
        skipped: how many of them the person has put aside.
        left_out: how many of them have no features that the model takes.
        problem: why the model takes the features of none of them, in its own words.
        trained: whether the model could predict.
        strategy: how they were chosen.
    """

    instances: tuple[Document, ...] = ()
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    pictures: Mapping[str, Thumbnail] = field(default_factory=dict)
    labels: tuple[Any, ...] = ()
    unlabelled: int = 0
    labelled: int = 0
    looked: int = 0
    skipped: int = 0
    left_out: int = 0
    problem: str = ""
    trained: bool = False
    strategy: str = "margin"

    def summary(self) -> str:
        """Return why these instances are suggested; empty where there is none."""
        shown = len(self.instances)
        if not shown:
            return ""
        these = "this one" if shown == 1 else f"these {shown:,}"
        if not self.trained:
            why = (
                f"The model has not been trained yet. {_upper(these)} of {self.unlabelled:,} unlabelled "
                f"{'differs' if shown == 1 else 'differ'} most from the others: a good first set to label."
            )
        else:
            unlike = " and that differ from one another" if self.strategy == "diversity" and shown > 1 else ""
            why = f"Of {self.unlabelled:,} unlabelled, the model is least sure of {these}{unlike}."
        if self.looked + self.skipped < self.unlabelled:
            why += f" It has looked at {self.looked:,} so far."
        return why + self._beside()

    def empty(self) -> str:
        """Return what to do where nothing is suggested."""
        if self.instances:
            return ""
        if not self.unlabelled:
            if self.labelled:
                return (
                    "Every instance has a label: there is nothing left to label. "
                    "Instances that are added without a label appear here."
                )
            return (
                "No instances to label yet. Add some without a label, for example by drawing or uploading "
                "them: those that help the model most appear here."
            )
        if self.skipped and self.skipped + self.left_out >= self.unlabelled:
            skipped = "instance" if self.skipped == 1 else f"{self.skipped:,} instances"
            return f"You have skipped the last {skipped} without a label." + self._beside()
        return f"None of the unlabelled instances can be suggested. {self.problem}".strip() + self._beside()

    def _beside(self) -> str:
        if not self.left_out:
            return ""
        one = self.left_out == 1
        return (
            f" {self.left_out:,} {'is' if one else 'are'} left out: {'its' if one else 'their'} features x "
            "are missing or other than the model's."
        )


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
