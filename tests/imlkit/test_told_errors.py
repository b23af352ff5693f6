"""Errors that a server tells of."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit.errors import DuplicateIdError, ImageError, ImlkitError, StoreError
from imlkit.told_errors import told_error


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DuplicateIdError", DuplicateIdError),
        ("ImageError", ImageError),
        ("StoreError", StoreError),
        # Nothing but errors of stores and of data is made of what somebody elsewhere says.
        ("CommandError", StoreError),
        ("__all__", StoreError),
        ("annotations", StoreError),
        ("", StoreError),
    ],
)
def test_an_error_is_the_same_at_both_ends(name: str, kind: type[ImlkitError]) -> None:
    error = told_error({"error": name, "message": "words"})
    assert type(error) is kind
    assert str(error) == "words"


@pytest.mark.parametrize("said", [None, [], "error", {}, {"error": "StoreError"}, {"message": "words"}])
def test_what_is_no_error_is_none(said: Any) -> None:
    assert told_error(said) is None
