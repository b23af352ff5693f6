"""How far a change of features has come, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ChoiceProgress", "examples_words"]


@dataclass(frozen=True, slots=True)
class ChoiceProgress:
    """How far a change of features has come.

    Attributes:
        message: what is being done, for the person.
        done: how much of it is done: examples, or bytes of weights.
        total: how much there is; 0 while unknown.
    """

    message: str
    done: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1; 0 while unknown."""
        return min(1.0, self.done / self.total) if self.total else 0.0


def examples_words(count: int) -> str:
    """Return how many examples there are, ready to go on with what they have."""
    return f"{count:,} example has" if count == 1 else f"{count:,} examples have"
