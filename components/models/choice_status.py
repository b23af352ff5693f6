"""How far a change of features has come, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass

from imlkit.errors import ImlkitError, StoreError

from .weights_status import FOR_SCRIPTS

__all__ = [
    "ChoiceProgress",
    "examples_words",
    "failure_words",
    "hopeless_words",
    "standing_words",
    "undone_words",
]


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


def failure_words(name: str, in_use: str, first: str, title: str, error: Exception) -> str:
    """Return that a way cannot be used, why, and what to do.

    Args:
        name: what the way is called.
        in_use: what the way in use is called.
        first: what the way is called that needs nothing.
        title: what the choice is called.
        error: what went wrong.
    """
    reason = str(error) if isinstance(error, ImlkitError) else f"{type(error).__name__}: {error}."
    # Who uses an app has no script at hand; the other ways are on the page.
    reason = reason.replace(FOR_SCRIPTS, ".")
    if isinstance(error, StoreError):
        return reason
    if name != in_use:
        return f"“{name}” cannot be used now: “{in_use}” stays in use. {reason}"
    instead = f" Or choose “{first}” under “{title}”." if name != first else ""
    return f"“{name}” cannot be used now. {reason}{instead}"


def undone_words(count: int, in_use: str) -> str:
    """Return how many examples wait to be described the way in use."""
    return (
        f"{examples_words(count)} yet to be looked at by “{in_use}”, which is in use. "
        "Until then nothing can be trained."
    )


def hopeless_words(count: int, in_use: str) -> str:
    """Return how many examples cannot be described the way in use, and what to do."""
    return (
        f"{examples_words(count)} no picture that could be looked at by “{in_use}”: "
        "remove what has no picture from the examples, then train."
    )


def standing_words(former: str, in_use: str) -> str:
    """Return that a model does not fit the way in use, and what to do; ``former`` may be ""."""
    with_what = f"with “{former}”" if former else "with other features"
    return f"It was trained {with_what}, but now “{in_use}” is in use: train it again."
