"""What a person sees of the instances that resemble something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .feature_index import Similar
from .thumbnails import Thumbnail

__all__ = ["SimilarListing", "how_alike"]


@dataclass(frozen=True, slots=True)
class SimilarListing:
    """The instances nearest to something, and what there is to say about them.

    Attributes:
        similar: the nearest instances, the nearest first.
        pictures: how each looks, by id.
        asked: whether there is something to compare with.
        known: how many instances there are to compare with.
        left_out: how many more there are, without features to compare by.
    """

    similar: tuple[Similar, ...] = ()
    pictures: Mapping[str, Thumbnail] = field(default_factory=dict)
    asked: bool = False
    known: int = 0
    left_out: int = 0

    def summary(self) -> str:
        """Return among how many instances these are the nearest; empty where there are none."""
        if not self.similar:
            return ""
        examples = "the only example" if self.known == 1 else f"{self.known:,} examples"
        return f"The most alike of {examples} first." + self._beside()

    def empty(self) -> str:
        """Return what to do where nothing is shown."""
        if self.similar:
            return ""
        if not self.known and not self.left_out:
            return "No examples yet. Add some: those most like what you try are shown here."
        if not self.known:
            return "None of the examples can be compared." + self._beside()
        return (
            "Nothing to compare yet. Draw, show or choose something: the examples most like it appear here."
        )

    def _beside(self) -> str:
        if not self.left_out:
            return ""
        one = self.left_out == 1
        return (
            f" {self.left_out:,} {'is' if one else 'are'} left out: {'its' if one else 'their'} features "
            "are missing or of another kind. Add such examples anew to have them compared."
        )


Step = tuple[
    float,
    Literal["the same", "nearly the same", "very alike", "alike", "somewhat alike", "hardly alike", "unlike"],
]

_STEPS: tuple[Step, ...] = (
    (1 - 1e-6, "the same"),
    (0.95, "nearly the same"),
    (0.8, "very alike"),
    (0.55, "alike"),
    (0.3, "somewhat alike"),
    (0.05, "hardly alike"),
)


def how_alike(similarity: float) -> str:
    """Return a similarity from 0 to 1 in words."""
    return next((words for least, words in _STEPS if similarity >= least), "unlike")
