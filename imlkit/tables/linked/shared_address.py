"""A state in the address of a served page: a link shows what its sender saw."""

from __future__ import annotations

import urllib.parse
import weakref
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from imlkit.errors import DataError
from imlkit.follow import follow
from imlkit.session import Session
from imlkit.streams.report import report

from ..linked_state import LinkedState
from ..seen import PARAMETER, Seen

__all__ = ["SharedAddress", "share"]

_of_sessions: weakref.WeakKeyDictionary[Session, SharedAddress] = weakref.WeakKeyDictionary()


class SharedAddress:
    """Keeps a page's address and a state in agreement: see :func:`share`.

    Args:
        state: what the address holds.
        session: the page's session.

    Attributes:
        state: what the address holds.
    """

    def __init__(self, state: LinkedState, session: Session) -> None:
        self.state = state
        self._session = session

    def read(self) -> None:
        """Show what the address held when the page was opened; tell where it is damaged."""
        text = _given(self._session)
        if text is None:
            return
        try:
            self.state.show(Seen.from_json(text))
        except DataError as error:
            words = f"The address holds no state that can be shown, so it is left out. {error}"
            report(DataError(words), None)

    def view(self) -> AddressFollower:
        """Return the invisible part that makes the address of the page it stands on follow."""
        follower = AddressFollower(width=0, height=0, margin=0)
        follow(self._session, self.state.showing, follower, AddressFollower.show_seen)
        return follower


class AddressFollower(JSComponent):
    """What is seen, written into the browser's address without a reload and without a step back."""

    address_part = param.String("", doc="The query part of the address, such as state=…, or nothing.")

    _esm = Path(__file__).with_name("shared_address.js")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]

    def show_seen(self, seen: Seen) -> None:
        """Write this into the address; what is too long for one is not kept in it."""
        try:
            self.address_part = urllib.parse.urlsplit(seen.to_url()).query
        except DataError:
            # An older state would be worse than none.
            self.address_part = ""


def share(state: LinkedState) -> SharedAddress | None:
    """Keep a state in the address of the page whose script runs.

    What the address holds as the page is opened is shown, as a step that can be taken back; one
    that is damaged is told in words and left out. From then on, wherever the view of what is
    returned stands on the page, the address follows the state.

    Args:
        state: the state; the same one can be given again.

    Returns:
        What keeps them in agreement; None in a script or a notebook, whose address is not for this.

    Raises:
        DataError: the page's address holds another state already.
    """
    session = Session.current()
    if session.document is None:
        return None
    there = _of_sessions.get(session)
    if there is None:
        there = _of_sessions[session] = SharedAddress(state, session)
        session.at_end(lambda: _of_sessions.pop(session, None))
        there.read()
    elif there.state is not state:
        raise DataError("The page's address holds another state already: share one state of a page.")
    return there


def _given(session: Session) -> str | None:
    document = session.document
    request = getattr(document.session_context, "request", None) if document is not None else None
    values = (getattr(request, "arguments", None) or {}).get(PARAMETER)
    if not values:
        return None
    return bytes(values[0]).decode("utf-8", "replace")
