"""Who is logged in on a page, and what the page says when the login has ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import panel_material_ui as pmui
import param
from panel.custom import JSComponent
from panel.viewable import Viewable

from ..follow import follow
from ..plain_text import PlainAlert
from ..session import Session
from ..store_login import State
from ..streams import Stream

__all__ = ["Leaving", "login_notice", "logout_link"]

ENDED = (
    "Your login has ended, and changes are not stored. Log in again in a new tab, and go on here: "
    "what you see and have typed stays."
)
_LONGEST = 40


class Leaving(JSComponent):
    """Takes the browser away from a page whose person has logged out elsewhere."""

    address = param.String(default="", doc="Where to; empty while the person stays.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]

    _esm = Path(__file__).with_name("leaving.js")


def logout_link(session: Session) -> list[Viewable]:
    """Return the link that logs the person of a page out, for its bar; none where nobody logs in."""
    login = session.login
    if login is None:
        return []
    name = login.name if len(login.name) <= _LONGEST else login.name[: _LONGEST - 1] + "…"
    return [
        pmui.Button(
            label=f"Log out {name}",
            href=login.out,
            variant="text",
            margin=0,
            sx={
                "textTransform": "none",
                "borderRadius": 0,
                "color": "white",
                "display": "block",
                "textAlign": "left",
                "lineHeight": 1.75,
                "overflow": "hidden",
                "textOverflow": "ellipsis",
                "whiteSpace": "nowrap",
                "maxWidth": {"xs": "7.5rem", "sm": "16rem"},
            },
        )
    ]


def login_notice(session: Session) -> list[Viewable]:
    """Return what says on a page that its login has ended, and leads to another; none without a login."""
    login = session.login
    if login is None:
        return []
    with session.entered():
        states: Stream[State] = Stream(login.state, name="login")
    session.at_end(login.watch(lambda: states.set(login.state)))
    again = pmui.Button(
        label="Log in again",
        href=login.again,
        target="_blank",
        variant="contained",
        margin=(8, 0, 0, 0),
        sx={"textTransform": "none"},
    )
    notice = pmui.Column(
        PlainAlert(ENDED, severity="warning"),
        again,
        visible=False,
        margin=0,
        sizing_mode="stretch_width",
        sx={"p": {"xs": 1.5, "sm": 2}, "pb": 0, "boxSizing": "border-box"},
    )
    leaving = Leaving(width=0, height=0, margin=0)
    follow(session, states, notice, lambda view, state: setattr(view, "visible", state == "ended"))
    gone = f"{login.out}?left=1"
    follow(session, states, leaving, lambda view, state: setattr(view, "address", gone * (state == "left")))
    return [notice, leaving]
