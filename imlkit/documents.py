"""How stores write documents: JSON text, and attachments beside it.

The text is plain JSON that any program can read. What JSON lacks is a dictionary of one key that
begins with a dollar:

=============================  ==========================================================
``{"$date": "2026-01-31T…Z"}`` a datetime, in UTC, with microseconds, so that text order is time order
``{"$number": "nan"}``         NaN (an infinity is ``9e999``, which JSON readers take for one)
``{"$array": "5e8….npy"}``     a numpy array: the attachment of that name holds it as ``.npy``
``{"$image": "c07….png"}``     a ``uint8`` array of shape (H, W, 3): the attachment holds it as PNG
``{"$bytes": "91a….bin"}``     bytes: the attachment holds them as they are
=============================  ==========================================================

An attachment's name is the SHA-256 of its content, and the ending of its format.

Names of fields that a database could misread (a leading dollar, quotes, backslashes, control
characters, percent signs) are written with ``%XX`` in place of those characters. In text, NUL is
written as U+0001 U+0001 and U+0001 as U+0001 U+0002, as databases cannot hold NUL; the order of
texts stays the same. Nothing is ever pickled or unpickled.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from .attachments import Attachment, Kind, read_attachment, written
from .errors import DocumentError
from .json_text import json_text, key_text, original_key, original_text, sound_text, stored_text
from .scalars import date_text, plain_scalar

__all__ = [
    "Encoded",
    "Reference",
    "chosen",
    "complete",
    "date_text",
    "encode",
    "json_text",
    "key_text",
    "new_id",
    "original_text",
    "parse",
    "plain",
    "plain_scalar",
    "references",
    "stored_text",
]

_DEEPEST: Final = 100
_TAGS: Final[dict[str, Kind]] = {"$array": "array", "$image": "image", "$bytes": "bytes"}
_KEPT: Final = (
    "a document may hold None, booleans, numbers, text, datetimes, bytes, numpy arrays, "
    "and lists and dictionaries of these"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """The place of an attachment in a document whose attachments are not loaded."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """A document as it is written.

    Attributes:
        id: the document's id.
        fields: the other fields, as JSON knows them.
        attachments: what the JSON refers to, by name.
    """

    id: str
    fields: dict[str, Any]
    attachments: dict[str, Attachment]

    @property
    def text(self) -> str:
        """The fields as JSON text."""
        return json_text(self.fields)


def new_id() -> str:
    """Return an id that no other document has: 32 hexadecimal digits that grow with time."""
    # Growing ids are neighbours in an index, which keeps inserting as fast in a large store.
    return f"{time.time_ns() // 1000:014x}{os.urandom(9).hex()}"


def encode(document: Mapping[str, Any]) -> Encoded:
    """Return a document as it is written, with an id if it has none.

    Args:
        document: a dictionary with text keys.

    Raises:
        DocumentError: a value is of a type that no store keeps, or a name is no text.
    """
    if not isinstance(document, Mapping):
        raise DocumentError(
            f"{document!r:.100} of type {type(document).__name__} is no document: give a dictionary"
        )
    id = document.get("id")
    if id is None:
        id = new_id()
    elif not isinstance(id, str) or not id:
        raise DocumentError(
            f"the id {id!r:.100} is not text: give a text of at least one character, or none at all"
        )
    writer = _Writer()
    return Encoded(sound_text(str(id), "id"), writer.fields(document), writer.attachments)


class _Writer:
    """Turns the values of one document into what JSON knows."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[object, dict[str, str]]] = {}
        self.attachments: dict[str, Attachment] = {}

    def fields(self, document: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key_text(key, key): value
            if (kind := value.__class__) is int and -(2**63) <= value < 2**63
            else self.value(value, kind, key, 1)
            for key, value in document.items()
            if key != "id"
        }

    def value(self, value: Any, kind: type, field: Any, depth: int) -> Any:
        if kind is str:
            return stored_text(value, field)
        if value is None or kind is bool or (kind is float and value == value):
            return value
        if kind is dict or kind is list or kind is tuple:
            return self._inner(value, field, depth)
        if (scalar := _scalar(value, field)) is not _NO_SCALAR:
            if isinstance(scalar, str):
                return stored_text(scalar, field)
            if isinstance(scalar, datetime):
                return {"$date": date_text(scalar)}
            if isinstance(scalar, float) and scalar != scalar:
                return {"$number": "nan"}
            return scalar
        if isinstance(value, (Mapping, list, tuple)):
            return self._inner(value, field, depth)
        return self._attached(value, field)

    def _inner(self, value: Any, field: Any, depth: int) -> Any:
        if depth > _DEEPEST:
            raise DocumentError(
                f"field {field!r} is nested more than {_DEEPEST} deep (or holds itself): keep it flatter"
            )
        if isinstance(value, Mapping):
            return {
                key_text(key, f"{field}.{key}"): self.value(
                    inner, inner.__class__, f"{field}.{key}", depth + 1
                )
                for key, inner in value.items()
            }
        if _numbers(value):
            return list(value)
        return [
            self.value(inner, inner.__class__, f"{field}[{n}]", depth + 1) for n, inner in enumerate(value)
        ]

    def _attached(self, value: Any, field: Any) -> dict[str, str]:
        if id(value) in self._seen:
            return self._seen[id(value)][1]
        attachment = written(value, field)
        if attachment is None:
            raise DocumentError(
                f"field {field!r} holds a {type(value).__module__}.{type(value).__qualname__}: {_KEPT}"
            )
        name = attachment.file_name
        self.attachments[name] = attachment
        tag = {f"${attachment.kind}": name}
        # The value is held so that its identity stays its own until the document is written.
        self._seen[id(value)] = (value, tag)
        return tag


def _numbers(values: Sequence[Any]) -> bool:
    # A long list of numbers, such as a recording, need not be looked at one by one.
    kinds = set(map(type, values))
    if kinds == {float}:
        return not any(map(math.isnan, values))
    return kinds == {int} and min(values) >= -(2**63) and max(values) < 2**63


_NO_SCALAR: Final = object()


def _scalar(value: Any, field: Any) -> Any:
    try:
        return plain_scalar(value)
    except TypeError:
        return _NO_SCALAR
    except (ValueError, OverflowError) as error:
        raise DocumentError(f"field {field!r} holds {value!r:.100}: {error}") from None


def parse(text: str) -> dict[str, Any]:
    """Return the fields that JSON text holds; attachments appear as :class:`Reference`."""
    fields: dict[str, Any] = json.loads(text)
    # Most documents hold nothing but JSON, and are then read at the speed of the json module.
    if '"$' in text or "%" in text or "\\u0001" in text:
        return {original_key(key): plain(value) for key, value in fields.items()}
    return fields


def plain(value: Any) -> Any:
    """Return what a parsed JSON value stands for; attachments appear as :class:`Reference`."""
    if isinstance(value, str):
        return original_text(value)
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, inner),) = value.items()
        if key in _TAGS:
            return Reference(_TAGS[key], inner)
        if key == "$date":
            return datetime.fromisoformat(inner)
        if key == "$number":
            return math.nan
    return {original_key(key): plain(inner) for key, inner in value.items()}


def references(value: Any) -> Iterator[Reference]:
    """Return the attachments that a value refers to."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, (Reference, dict, list)):
                yield from references(inner)


def complete(value: Any, load: Callable[[Reference], bytes]) -> Any:
    """Return a copy of a plain value with each attachment in its place.

    Args:
        value: what :func:`parse` or :func:`plain` returned.
        load: returns the bytes of an attachment.
    """
    if isinstance(value, Reference):
        return read_attachment(value.kind, load(value))
    if isinstance(value, dict):
        return {key: complete(inner, load) for key, inner in value.items()}
    if isinstance(value, list):
        return [complete(inner, load) for inner in value]
    return value


def chosen(id: str, fields: Mapping[str, Any], select: Iterable[str] | None) -> dict[str, Any]:
    """Return a document of an id and the selected ones of its fields."""
    if select is None:
        return {"id": id, **fields}
    return {"id": id, **{name: fields[name] for name in select if name in fields and name != "id"}}
