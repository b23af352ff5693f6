"""Documents on their way between a store's server and its clients.

A document travels as ``{"id": …, "fields": {…}}``, with fields as :mod:`imlkit.documents` writes them;
its attachments beside it, by name, in base64. Values in queries travel as fields do.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from imlkit.attachments import Attachment, Kind
from imlkit.documents import Encoded
from imlkit.errors import DocumentError, QueryError
from imlkit.json_text import has_surrogate, json_text, key_text, original_key
from imlkit.scalars import date_text

from .stored import Stored

__all__ = [
    "attached",
    "documents_json",
    "query_from_json",
    "query_to_json",
    "received",
    "received_attachments",
]

_DEEPEST: Final = 102
_KINDS: Final[dict[str, Kind]] = {"npy": "array", "png": "image", "bin": "bytes"}
_NAME: Final = re.compile(r"[0-9a-f]{64}\.(npy|png|bin)")
_BEGINS: Final = {"npy": b"\x93NUMPY", "png": b"\x89PNG\r\n\x1a\n", "bin": b""}
_ENDINGS: Final = {"$array": "npy", "$image": "png", "$bytes": "bin"}
_ESCAPE: Final = re.compile("\x01[^\x01\x02]|\x01$|\x00")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def documents_json(documents: Iterable[Stored]) -> str:
    """Return documents as they travel: ``{"documents": […], "attachments": {…}}``."""
    attachments: dict[str, str] = {}
    texts: list[str] = []
    for document in documents:
        # What is written is JSON already: it need not be read to be passed on.
        texts.append(f'{{"id":{json.dumps(document.id)},"fields":{document.text}}}')
        for name, content in document.attachments.items():
            if name not in attachments:
                attachments[name] = base64.b64encode(content).decode("ascii")
    return f'{{"documents":[{",".join(texts)}],"attachments":{json_text(attachments)}}}'


def attached(attachments: Mapping[str, Attachment]) -> dict[str, str]:
    """Return attachments as they travel."""
    return {name: base64.b64encode(each.content).decode("ascii") for name, each in attachments.items()}


def received_attachments(given: Mapping[str, str]) -> dict[str, Attachment]:
    """Return attachments that came from outside, checked.

    Raises:
        DocumentError: a name is not that of its content, or the content not what the name says.
    """
    found: dict[str, Attachment] = {}
    for name, text in given.items():
        match = _NAME.fullmatch(name)
        try:
            content = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if match is None or not content.startswith(_BEGINS[match[1]]):
            raise DocumentError(f"{name!r:.100} is no attachment that a document can have")
        attachment = Attachment(_KINDS[match[1]], content)
        if attachment.file_name != name:
            raise DocumentError(
                f"the content of the attachment {name!r} is not what its name says: send it anew"
            )
        found[name] = attachment
    return found


def received(id: str, fields: Mapping[str, Any], attachments: Mapping[str, Attachment]) -> Encoded:
    """Return a document that came from outside, checked.

    Args:
        id: its id.
        fields: the other fields, as :mod:`imlkit.documents` writes them.
        attachments: what came with it, by name.

    Raises:
        DocumentError: it is not as documents are written.
    """
    if not isinstance(id, str) or not id or has_surrogate(id):
        raise DocumentError(f"{id!r:.100} is no id of a document: give a text of at least one character")
    used: dict[str, Attachment] = {}
    _Checked(attachments, used).fields(fields, "", 1)
    return Encoded(id, dict(fields), used)


class _Checked:
    """Looks through fields, and collects the attachments they refer to."""

    def __init__(self, attachments: Mapping[str, Attachment], used: dict[str, Attachment]) -> None:
        self._attachments = attachments
        self._used = used

    def fields(self, fields: Mapping[str, Any], where: str, depth: int) -> None:
        for key, value in fields.items():
            if key_text(original_key(key)) != key or (depth == 1 and key == "id"):
                raise DocumentError(f"{key!r:.100} is not how a field's name is written, in {where!r:.100}")
            self.value(value, key, depth)

    def value(self, value: Any, field: str, depth: int) -> None:
        kind = value.__class__
        if kind is str:
            if has_surrogate(value) or (("\x00" in value or "\x01" in value) and not _sound(value)):
                raise DocumentError(f"field {field!r:.100} holds text that is not written as texts are")
        elif kind is int:
            if not -(2**63) <= value < 2**63:
                raise DocumentError(f"field {field!r:.100} holds {value!r:.50}: whole numbers have 64 bits")
        elif kind is float:
            if value != value:
                raise DocumentError(f'field {field!r:.100} holds NaN: it is written {{"$number": "nan"}}')
        elif kind is list or kind is dict:
            if depth > _DEEPEST:
                raise DocumentError(f"field {field!r:.100} is nested too deep: keep it flatter")
            if kind is list:
                for inner in value:
                    self.value(inner, field, depth + 1)
            elif not self._tagged(value, field):
                self.fields(value, field, depth + 1)
        elif value is not None and kind is not bool:
            raise DocumentError(f"field {field!r:.100} holds a {kind.__name__}, which no document can")

    def _tagged(self, value: Mapping[str, Any], field: str) -> bool:
        if len(value) != 1:
            return False
        ((key, inner),) = value.items()
        if not key.startswith("$"):
            return False
        if key == "$date" and isinstance(inner, str) and _is_date(inner):
            return True
        if key == "$number" and inner == "nan":
            return True
        if key in _ENDINGS and isinstance(inner, str) and inner.endswith(f".{_ENDINGS[key]}"):
            if inner not in self._attachments:
                raise DocumentError(f"field {field!r:.100} refers to an attachment that did not come with it")
            self._used[inner] = self._attachments[inner]
            return True
        raise DocumentError(f"field {field!r:.100} holds {value!r:.100}, which stands for nothing")


def _sound(text: str) -> bool:
    return _ESCAPE.search(re.sub("\x01[\x01\x02]", "", text)) is None


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        return date_text(datetime.fromisoformat(text)) == text
    except ValueError:
        return False


def query_to_json(value: Any) -> Any:
    """Return a query in strict JSON."""
    if isinstance(value, Mapping):
        return {str(key): query_to_json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [query_to_json(inner) for inner in value]
    if isinstance(value, datetime):
        return {"$date": value.isoformat()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$number": str(value)}
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        return query_to_json(value.item())
    return value


def query_from_json(value: Any) -> Any:
    """Undo :func:`query_to_json`.

    Raises:
        QueryError: a time or number is none.
    """
    if isinstance(value, list):
        return [query_from_json(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and isinstance(inner := next(iter(value.values())), str):
        try:
            if "$date" in value:
                return datetime.fromisoformat(inner)
            if "$number" in value:
                return float(inner)
        except ValueError:
            raise QueryError(f"{value!r:.100} is no time or number to compare with") from None
    return {key: query_from_json(inner) for key, inner in value.items()}
