"""The page's name in the browser's address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from ..follow import follow
from ..session import Session
from ..streams import Stream
from .page import slug

__all__ = ["Address", "page_address"]


class Address(JSComponent):
    """What stands after ``#`` in the address; following a link, going back and setting it all agree."""

    name_shown = param.String(default="", doc="The part of the address after #.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]

    _esm = Path(__file__).with_name("address.js")


def page_address(session: Session, current: Stream[str], first: str) -> Address:
    """Return the invisible part that keeps the browser's address and a stream of names the same.

    Args:
        session: the page's session.
        current: the name of what is shown.
        first: the name of what the bare address shows.
    """
    address = Address(width=0, height=0, margin=0)

    def moved(event: Any) -> None:
        current.set(slug(event.new) if event.new else first)

    def shown(address: Address, name: str) -> None:
        # The first page is at the bare address too: nothing is added to it.
        if name != (address.name_shown or first):
            address.name_shown = name

    address.param.watch(moved, "name_shown")
    follow(session, current, address, shown)
    return address
