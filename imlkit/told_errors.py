"""Errors that a store's server tells of, as the same ones here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import errors
from .errors import DataError, ImlkitError, StoreError

__all__ = ["told_error"]


def told_error(said: Any) -> ImlkitError | None:
    """Return the error of an answer ``{"error": name, "message": words}``; None of one that is none.

    Only errors of stores and of data come from elsewhere: another name is a StoreError.
    """
    if not isinstance(said, Mapping) or "error" not in said or "message" not in said:
        return None
    kind = getattr(errors, str(said["error"]), None)
    if not (isinstance(kind, type) and issubclass(kind, (StoreError, DataError))):
        kind = StoreError
    return kind(str(said["message"]))
