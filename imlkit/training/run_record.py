"""What a store keeps of a run, and how it is read, whoever wrote it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, get_args

from ..store import Document
from . import reading

__all__ = [
    "CHECKPOINTS",
    "COMMANDS",
    "MEDIA",
    "POINTS",
    "RUNS",
    "SILENT_SECONDS",
    "Order",
    "RunRecord",
    "RunState",
]

RUNS: Final = "runs"
"""The collection of runs, a document each."""
POINTS: Final = "run_points"
"""The collection of what they logged, many points a document."""
CHECKPOINTS: Final = "run_checkpoints"
"""The collection of saved weights; the weights themselves are assets."""
MEDIA: Final = "run_media"
"""The collection of images, texts, confusion matrices and histograms that runs log."""
COMMANDS: Final = "run_commands"
"""The collection of what pages asked runs to do, and what became of it."""

SILENT_SECONDS: Final = 12.0
"""After how long without a sign of life a run counts as interrupted: six of the signs it gives."""

RunState = Literal["running", "paused", "finished", "stopped", "failed", "interrupted"]
"""How a run is: ``"stopped"`` from a page, ``"interrupted"`` when its process died without a word."""

Order = Literal["pause", "resume", "stop", "rate"]
"""What a page may ask of a run: ``"stop"`` after this epoch; ``"rate"``, a learning rate."""

_STATES: Final = get_args(RunState)


@dataclass(frozen=True)
class RunRecord:
    """A run as its document tells.

    Attributes:
        id: the run's.
        name: what the person called it; several may be called the same.
        state: how it is.
        params: what it was begun with.
        tags: words that people gave it.
        begun: when it began, in UTC; None if that is not known.
        seconds: for how long it has run.
        step: the last step that was logged.
        epoch: the last epoch that was logged; None before the first.
        epochs: how many there are to be; None where that is not known.
        values: the latest of each metric, not-a-number and infinite ones included. Of a run that has very
            many, the first.
        metrics: how many metrics there are.
        checkpoints: how many were saved.
        message: what went wrong, or what was said at the end.
        surroundings: what it ran on and with: ``git``, ``packages``, ``machine``, ``dataset``, …
        beat: counts the signs of life.
    """

    id: str
    name: str
    state: RunState
    params: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    begun: datetime | None = None
    seconds: float = 0.0
    step: int = 0
    epoch: float | None = None
    epochs: int | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    metrics: int = 0
    checkpoints: int = 0
    message: str = ""
    surroundings: Mapping[str, Any] = field(default_factory=dict)
    beat: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether its process is alive, as far as is known."""
        return self.state in ("running", "paused")

    @classmethod
    def read(cls, document: Document, now: datetime | None = None) -> RunRecord:
        """Return what a document tells; what it says wrongly is left out.

        Args:
            document: anything that lies in the collection.
            now: at what time a run that was silent counts as interrupted; None does not ask.
        """
        state: Any = document.get("state")
        seen = document.get("seen")
        if state not in _STATES:
            state = "interrupted"
        elif state in ("running", "paused") and now is not None:
            silent = (now - seen).total_seconds() if isinstance(seen, datetime) else math.inf
            if silent > SILENT_SECONDS:
                state = "interrupted"
        tags = document.get("tags")
        return cls(
            id=str(document.get("id", "")),
            name=reading.name(document.get("name")) or "without a name",
            state=state,
            params=reading.mapping(document.get("params")),
            tags=tuple(reading.name(tag) for tag in tags) if isinstance(tags, list) else (),
            begun=reading.moment(document.get("begun")),
            seconds=reading.number(document.get("seconds")) or 0.0,
            step=int(reading.number(document.get("step")) or 0),
            epoch=reading.number(document.get("epoch")),
            epochs=None if (epochs := reading.number(document.get("epochs"))) is None else int(epochs),
            values=reading.values(document.get("values")),
            metrics=int(reading.number(document.get("metrics")) or 0),
            checkpoints=int(reading.number(document.get("checkpoints")) or 0),
            message=str(document.get("message") or "")[:2_000],
            surroundings=reading.mapping(document.get("surroundings")),
            beat=int(reading.number(document.get("beat")) or 0),
        )
