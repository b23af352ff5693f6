"""What is known of the runs of a store at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from imlkit.training.run_record import RunRecord

__all__ = ["NO_ANSWER", "PATIENCE", "History", "Wish"]

PATIENCE: Final = 10.0
"""Seconds that a run has for its answer before the person is told of its silence."""
NO_ANSWER: Final = "No answer yet: the training asks for wishes between batches or epochs"


@dataclass(frozen=True)
class Wish:
    """What was asked of a run last.

    Attributes:
        id: of the document that tells what becomes of it.
        kind: ``"pause"``, ``"resume"``, ``"stop"`` or ``"rate"``.
        state: ``"late"`` when the run has not answered in time.
        said: what the run answered.
    """

    id: str
    kind: str
    state: Literal["asked", "late", "done", "refused"]
    said: str = ""


@dataclass(frozen=True)
class History:
    """The runs of a store.

    Attributes:
        records: by id, in the order in which they were begun.
        wishes: what was asked last, by the run's id.
        problem: why they could not be read the last time, in words, or "".
        known: whether they have been read at all.
    """

    records: Mapping[str, RunRecord] = field(default_factory=dict)
    wishes: Mapping[str, Wish] = field(default_factory=dict)
    problem: str = ""
    known: bool = False
