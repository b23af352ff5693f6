"""Keeping what a run logs besides numbers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import DuplicateIdError
from ..store import Store
from .run_record import MEDIA

__all__ = ["keeping"]


def keeping(head: Mapping[str, Any], parts: Callable[[], Mapping[str, Any]]) -> Callable[[Store], object]:
    """Return what brings a document to a store; done again it changes nothing.

    Args:
        head: the fields that every such document has.
        parts: what makes the others, called by whoever brings it.
    """

    def keep(store: Store) -> None:
        with contextlib.suppress(DuplicateIdError):
            store.collection(MEDIA).create({**head, **parts()})

    return keep
