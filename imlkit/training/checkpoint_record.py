"""A checkpoint as people see it: of which run, from when, how good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..store import Document
from . import reading

__all__ = ["CheckpointRecord"]


@dataclass(frozen=True)
class CheckpointRecord:
    """Saved weights as their document tells; the weights themselves stay in the store.

    Attributes:
        id: by which :func:`.checkpoint.load_checkpoint` gives a model the weights.
        run: the id of the run that saved them.
        run_name: what that run is called; "" where it is not known.
        name: what they are called.
        epoch: the last epoch that was logged before; None where none was.
        step: the last step that was logged before.
        metrics: numbers that tell how good they are, not-a-number and infinite ones included.
        made: when they were saved, in UTC; None where that is not known.
        size: bytes; None where that is not known.
    """

    id: str
    run: str
    run_name: str
    name: str
    epoch: float | None = None
    step: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)
    made: datetime | None = None
    size: int | None = None

    @classmethod
    def read(cls, document: Document, run_name: str = "") -> CheckpointRecord:
        """Return what a document tells; what it says wrongly is left out.

        Args:
            document: anything that lies in the collection.
            run_name: what its run is called.
        """
        size = reading.number(document.get("size"))
        return cls(
            id=str(document.get("id", "")),
            run=run if isinstance(run := document.get("run"), str) else "",
            run_name=run_name,
            name=reading.name(document.get("name")) or "without a name",
            epoch=reading.number(document.get("epoch")),
            step=int(reading.number(document.get("step")) or 0),
            metrics=reading.values(document.get("metrics")),
            made=reading.moment(document.get("at")),
            size=None if size is None else int(size),
        )
