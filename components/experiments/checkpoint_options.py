"""The checkpoints that one chooses among, at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from imlkit.training import CheckpointRecord

from .checkpoint_words import checkpoint_words

__all__ = ["CheckpointOptions"]


@dataclass(frozen=True)
class CheckpointOptions:
    """Checkpoints and how they are called.

    Attributes:
        records: the latest first.
        runs: of how many runs they are wanted; None for all.
        read: whether the store has been asked yet.
        problem: why the store could not be read, in words; "" where it could.
    """

    records: tuple[CheckpointRecord, ...] = ()
    runs: int | None = None
    read: bool = False
    problem: str = ""

    @cached_property
    def by_id(self) -> dict[str, CheckpointRecord]:
        """The checkpoints by id."""
        return {record.id: record for record in self.records}

    @cached_property
    def _searched(self) -> list[tuple[str, CheckpointRecord]]:
        return [(checkpoint_words(record).casefold(), record) for record in self.records]

    def found(self, sought: str) -> Sequence[CheckpointRecord]:
        """Return those that have each of some words in what they are called."""
        words = sought.casefold().split()
        if not words:
            return self.records
        return [record for text, record in self._searched if all(word in text for word in words)]

    @property
    def empty(self) -> str:
        """What to tell where there is nothing to choose from; "" where there is."""
        if self.records or self.problem:
            return ""
        if not self.read:
            return "The checkpoints are being read."
        if self.runs == 0:
            return "No run is chosen. Choose one or more runs: their checkpoints can be chosen here."
        whose = {None: "There are", 1: "This run has"}.get(self.runs, "These runs have")
        return f"{whose} no checkpoints yet. A training saves one with run.checkpoint(model)."
