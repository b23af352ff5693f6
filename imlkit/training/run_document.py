"""What a run's own document says at its beginning and at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from .run_record import RunState
from .words import words

__all__ = ["begun", "ended"]


def begun(
    id: str,
    name: str,
    params: Mapping[str, Any],
    tags: Sequence[str],
    epochs: int | None,
    surroundings: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the document of a run that begins now."""
    now = datetime.now(UTC)
    return {
        "id": id,
        "name": name,
        "state": "running",
        "params": dict(params),
        "tags": list(tags),
        "begun": now,
        "seen": now,
        "beat": 0,
        "seconds": 0.0,
        "step": 0,
        "epoch": None,
        "epochs": epochs,
        "values": [],
        "metrics": 0,
        "checkpoints": 0,
        "message": "",
        "surroundings": dict(surroundings),
    }


def ended(error: BaseException | None, stopping: bool) -> dict[str, Any]:
    """Return what a document is given when its run ends now.

    Args:
        error: what ended the training; None where it came to its end.
        stopping: whether a page asked it to stop.
    """
    state: RunState = "stopped" if stopping else "finished"
    message = ""
    if isinstance(error, SystemExit) and not error.code:
        error = None
    if isinstance(error, KeyboardInterrupt):
        state, message = "stopped", "Stopped at its keyboard."
    elif error is not None:
        state, message = "failed", words(f"{type(error).__name__}: {error}")
    return {"state": state, "message": message, "ended": datetime.now(UTC)}
