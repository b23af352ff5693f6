"""Something only the person can decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Question"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers; the first answer changes nothing and is what closing means.

    Attributes:
        title: what is asked, in a few words.
        text: what the person should know to answer, as plain text.
        answers: each answer's words and what to do when it is chosen.
        destructive: whether the last answer loses something for good: it is shown as such.
    """

    title: str
    text: str
    answers: Mapping[str, Callable[[], Any]]
    destructive: bool = False
