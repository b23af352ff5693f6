"""Whose a request is, noted with it on its way to the page."""

from __future__ import annotations

from typing import Any, Final

from ...store_login import StoreLogin

__all__ = ["login_of", "note_login"]

_HELD: Final = "imlkit_login"


def note_login(request: Any, login: StoreLogin) -> None:
    """Note with a request whose it is."""
    setattr(request, _HELD, login)


def login_of(request: Any) -> StoreLogin | None:
    """Return whose a page's request is; None where nobody was asked."""
    login = getattr(request, _HELD, None) if request is not None else None
    return login if isinstance(login, StoreLogin) else None
