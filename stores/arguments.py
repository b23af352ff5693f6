"""What callers give to a collection, checked the same way in every store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from imlkit.errors import DocumentError, QueryError, StoreError
from imlkit.json_text import has_surrogate, stored_text

__all__ = [
    "asset_type",
    "collection_name",
    "fields_without_id",
    "one_page",
    "same",
    "selected",
    "stored_id",
    "with_id",
]


_MEDIA_TYPE: Final = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,99}")


def asset_type(media_type: str) -> str:
    """Return a media type, such as "image/png"."""
    if not isinstance(media_type, str) or not _MEDIA_TYPE.fullmatch(media_type):
        raise StoreError(f"{media_type!r:.120} is no media type: give one such as 'image/png'")
    return media_type


def collection_name(name: str) -> str:
    """Return a collection's name, which may be any text."""
    if not isinstance(name, str):
        raise DocumentError(f"{name!r:.100} is a {type(name).__name__}: collections are named by text")
    stored_text(name, "the collection's name")
    return name


def stored_id(id: Any) -> str:
    """Return an id as it is written; empty, as no id is, for what cannot be one."""
    return stored_text(id) if isinstance(id, str) and not has_surrogate(id) else ""


def selected(select: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return the names of the fields to return; None for all."""
    if select is None:
        return None
    if isinstance(select, str):
        raise QueryError(f"select {select!r} is one text: give a list of field names, such as [{select!r}]")
    names = tuple(select)
    for name in names:
        if not isinstance(name, str):
            raise QueryError(f"select holds {name!r} of type {type(name).__name__}: fields are named by text")
    return names


def one_page(skip: int, limit: int | None) -> tuple[int, int | None]:
    """Return how many documents to pass over and to return at most."""
    for name, value in (("skip", skip), ("limit", limit)):
        if value is None and name == "limit":
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
            raise QueryError(f"{name} {value!r} is no whole number from 0 up")
    return skip, limit


def with_id(id: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document that is to take the place of the one of this id."""
    if not isinstance(document, Mapping):
        raise DocumentError(
            f"{document!r:.100} of type {type(document).__name__} is no document: give a dictionary"
        )
    if document.get("id", id) != id:
        raise DocumentError(
            f"a document keeps its id: {document['id']!r:.100} cannot take the place of {id!r:.100}; "
            "create it as a new document"
        )
    return {"id": id, **document}


def fields_without_id(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return fields that are to be set in several documents."""
    if isinstance(fields, Mapping) and "id" in fields:
        raise DocumentError(f"several documents cannot all get the id {fields['id']!r:.100}: leave it out")
    return fields


def same(one: Any, other: Any) -> bool:
    """Return whether two values of documents are alike in every part, NaN and arrays included."""
    import numpy as np

    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return (
            isinstance(one, np.ndarray)
            and isinstance(other, np.ndarray)
            and (one.dtype, one.shape) == (other.dtype, other.shape)
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, (bool, str, bytes, datetime)) or isinstance(other, (bool, str, bytes, datetime)):
        return type(one) is type(other) and bool(one == other)
    return bool(one == other) or (one != one and other != other)
