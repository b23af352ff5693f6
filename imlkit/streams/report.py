"""Errors raised inside pipelines: said once, to the session they belong to."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..errors import ImlkitError

if TYPE_CHECKING:
    from .stream import Stream

__all__ = ["ErrorReport", "report"]

log = logging.getLogger("imlkit")


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error that a pipeline survived.

    Attributes:
        error: what was raised, with its traceback.
        component: the component whose stream carried the event, or None.
        stream: the stream whose event was being handled, or None.
        time: when, in UTC.
    """

    error: Exception
    component: Any = None
    stream: Stream[Any] | None = None
    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def message(self) -> str:
        """What to tell the person: the error's own words, or its type where it has none."""
        return str(self.error).strip() or type(self.error).__name__

    @property
    def place(self) -> str:
        """Where it happened, such as ``"Sketchpad.images"``; empty where that is unknown."""
        name = self.stream.name if self.stream is not None else ""
        if self.component is None:
            return name
        return f"{type(self.component).__name__}.{name}" if name else type(self.component).__name__


def report(error: Exception, stream: Stream[Any] | None) -> None:
    """Log an error and put it into the ``errors`` stream of its session.

    The log has the traceback of what nobody foresaw; imlkit's own errors say all in their words.
    """
    from ..session import Session

    component = stream.owner if stream is not None else None
    said = ErrorReport(error, component, stream)
    session = stream.session if stream is not None else Session.current()
    repeated = session.errors.has_value and _same(session.errors.value, said)
    # A pipeline that fails at every stroke must not flood the log with one traceback; what a person
    # did wrong is no fault of the program, and its words say all.
    expected = isinstance(error, ImlkitError)
    log.log(
        logging.DEBUG if repeated else logging.WARNING if expected else logging.ERROR,
        "in %s: %s",
        said.place or "a pipeline",
        said.message,
        exc_info=None if repeated or expected else error,
    )
    if stream is not session.errors:
        session.errors.set(said)


def _same(before: ErrorReport, now: ErrorReport) -> bool:
    return (before.message, before.place) == (now.message, now.place)
