"""What a page says while writes wait for a store that is away."""

from __future__ import annotations

import sys

from panel.viewable import Viewable

from ..follow import follow
from ..plain_text import PlainAlert
from ..session import Session
from ..store import Store

__all__ = ["waiting_notice"]


def waiting_notice(session: Session) -> list[Viewable]:
    """Return an alert for each open store whose writes may wait, seen while some do."""
    found = [_notice(session, store) for store in _open_stores(session)]
    return [notice for notice in found if notice is not None]


def _open_stores(session: Session) -> list[Store]:
    # A page without stores need not load what finds them.
    location = sys.modules.get("imlkit.location")
    return location.open_stores(session) if location is not None else []


def _notice(session: Session, store: Store) -> Viewable | None:
    if store.pending is None:
        return None
    notice = PlainAlert(
        "",
        severity="warning",
        visible=False,
        margin=(8, 16),
        sx={"boxSizing": "border-box"},
        # Whoever works further down the page reads it too.
        styles={
            "position": "sticky",
            "top": "0",
            "z-index": "10",
            "background": "var(--mui-palette-background-paper)",
        },
    )
    where = store.location

    def present(alert: PlainAlert, count: int) -> None:
        if count:
            alert.object = _words(where, count)
        alert.visible = count > 0

    follow(session, store.pending, notice, present)
    return notice


def _words(where: str, count: int) -> str:
    changes = "One change waits" if count == 1 else f"{count:,} changes wait"
    return (
        f"The store at {where} does not answer. {changes} on this app's machine, and "
        f"{'is' if count == 1 else 'are'} sent as soon as it does: nothing is lost."
    )
