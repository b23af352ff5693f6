"""The page's name in the browser's address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

__all__ = ["Address"]


class Address(JSComponent):
    """What stands after ``#`` in the address; following a link, going back and setting it all agree."""

    name_shown = param.String(default="", doc="The part of the address after #.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]

    _esm = Path(__file__).with_name("address.js")
