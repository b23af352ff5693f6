"""Telling the person what went wrong, once, where no view of a component already says it."""

from __future__ import annotations

import time
from typing import Any

import panel as pn

from .errors import ImlkitError, LoginRequiredError
from .session import Session
from .streams import ErrorReport

__all__ = ["notify_errors"]

QUIET_SECONDS = 8.0
"""How long the same words are not said again: a pipeline may fail at every stroke."""


def notify_errors(session: Session) -> None:
    """Show the errors of a session on its page, as long as the session lives.

    An imlkit error is told in its own words, written for the person. Of any other error its
    words are shown with where it happened; the traceback is in the log.
    """
    said: dict[str, float] = {}

    def tell(report: ErrorReport) -> None:
        if any(component.explains(report) for component in session.components):
            return
        words = _words(report, session)
        now = time.monotonic()
        if now - said.get(words, -QUIET_SECONDS) < QUIET_SECONDS:
            return
        said[words] = now
        session.draw(lambda: _show(words))

    session.errors.subscribe(tell)
    session.at_end(lambda: _let_go_of_area(session))


def _let_go_of_area(session: Session) -> None:
    # Panel keeps the notification area of every page that was ever open, and with it the page.
    views = pn.state._views
    for reference, (_, _, document, _) in list(views.items()):
        if document is session.document:
            views.pop(reference, None)


def _words(report: ErrorReport, session: Session) -> str:
    if isinstance(report.error, LoginRequiredError) and session.login is not None:
        return "That was not done, for your login has ended: log in again, then do it once more."
    if isinstance(report.error, ImlkitError):
        return report.message
    where = f" in {report.place}" if report.place else ""
    return f"Something went wrong{where}: {report.message}. The app goes on; details are in the log."


def _show(words: str) -> None:
    area: Any = pn.state.notifications
    if area is not None:
        area.error(words, duration=8000)
