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
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from .attachments import Attachment, Kind, read_attachment, written
from .errors import DocumentError

if TYPE_CHECKING:
    from .query import Scalar

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
_ODD_IN_NAMES: Final = re.compile(r'^\$|[%"\\\x00-\x1f\x7f]')
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
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
    return Encoded(_sound(str(id), "id"), writer.fields(document), writer.attachments)


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
        if value is None or kind is bool:
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


_NO_SCALAR: Final = object()
_in_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def _scalar(value: Any, field: Any) -> Any:
    try:
        return plain_scalar(value)
    except TypeError:
        return _NO_SCALAR
    except (ValueError, OverflowError) as error:
        raise DocumentError(f"field {field!r} holds {value!r:.100}: {error}") from None


def plain_scalar(value: Any) -> Scalar:
    """Return a value without parts as one of Python's own types.

    Args:
        value: None, a boolean, number, text or datetime, or a numpy scalar of these.

    Raises:
        TypeError: it is something else.
        ValueError: it is an integer beyond 64 bits, text that is no Unicode, or no moment in time.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if not value.isascii() and _SURROGATE.search(value):
            raise ValueError("the text has half of a character pair, which is no Unicode text")
        return str(value)
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise ValueError("an integer must fit into 64 bits: keep it as a float or as text")
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, datetime):
        return _moment(value)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic) and value.dtype.kind in "biufUM":
        if value.dtype.kind == "M":
            value = value.astype("datetime64[us]")
        if value.dtype.kind == "f":
            return float(value)
        if (item := value.item()) is not None:
            return plain_scalar(item)
        raise ValueError("it is no moment in time")
    raise TypeError(f"{type(value).__name__} has no order")


def _moment(value: datetime) -> datetime:
    try:
        zoned = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        moment = zoned.astimezone(UTC)
    except (OverflowError, ValueError, TypeError):
        raise ValueError("it is no moment between the years 1 and 9999 in UTC") from None
    return datetime(
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.microsecond,
        UTC,
    )


def date_text(moment: datetime) -> str:
    """Return a datetime in UTC as text that sorts as time does."""
    return moment.strftime("%Y").zfill(4) + moment.strftime("-%m-%dT%H:%M:%S.%fZ")


def _sound(text: str, field: Any) -> str:
    if not text.isascii() and _SURROGATE.search(text):
        raise DocumentError(
            f"field {field!r} holds half of a character pair, which is no Unicode text: {text!r:.100}"
        )
    return text


def stored_text(text: str, field: Any = "") -> str:
    """Return text as it is written: without NUL, in the same order as before."""
    _sound(text, field)
    if "\x00" in text or "\x01" in text:
        return text.replace("\x01", "\x01\x02").replace("\x00", "\x01\x01")
    return text


def original_text(stored: str) -> str:
    """Undo :func:`stored_text`."""
    if "\x01" in stored:
        return re.sub(
            "\x01(.)", lambda pair: "\x00" if pair[1] == "\x01" else "\x01", stored, flags=re.DOTALL
        )
    return stored


def key_text(key: Any, field: Any = "") -> str:
    """Return a field's name as it is written."""
    if not isinstance(key, str):
        raise DocumentError(
            f"the name {key!r:.100} in field {field!r} is a {type(key).__name__}: names are text"
        )
    return _key_text(_sound(key, field))


@lru_cache(maxsize=1024)
def _key_text(key: str) -> str:
    return _ODD_IN_NAMES.sub(lambda odd: f"%{ord(odd[0]):02X}", str(key))


def json_text(value: Any) -> str:
    """Return JSON text, in which an infinity is a number too large for any reader."""
    try:
        return _in_json(value)
    except ValueError:
        return _with_infinities(value)


def _with_infinities(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json_text(key)}:{json_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    return "9e999" if value == math.inf else "-9e999"


def parse(text: str) -> dict[str, Any]:
    """Return the fields that JSON text holds; attachments appear as :class:`Reference`."""
    fields: dict[str, Any] = json.loads(text)
    # Most documents hold nothing but JSON, and are then read at the speed of the json module.
    if '"$' in text or "%" in text or "\\u0001" in text:
        return {_original_key(key): plain(value) for key, value in fields.items()}
    return fields


def _original_key(key: str) -> str:
    return unquote(key) if "%" in key else key


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
    return {_original_key(key): plain(inner) for key, inner in value.items()}


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
