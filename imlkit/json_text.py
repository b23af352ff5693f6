"""Text, names and numbers as JSON that databases and other programs read alike."""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

from .errors import DocumentError

__all__ = [
    "has_surrogate",
    "json_text",
    "key_text",
    "original_key",
    "original_text",
    "sound_text",
    "stored_text",
]

_ODD_IN_NAMES: Final = re.compile(r'^\$|[%"\\\x00-\x1f\x7f]')
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_in_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def has_surrogate(text: str) -> bool:
    """Return whether text holds half of a character pair, which no file or database can keep."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def sound_text(text: str, field: Any) -> str:
    """Return text that can be kept. Raises DocumentError, naming the field, if it cannot."""
    if has_surrogate(text):
        raise DocumentError(
            f"field {field!r} holds half of a character pair, which is no Unicode text: {text!r:.100}"
        )
    return text


def stored_text(text: str, field: Any = "") -> str:
    """Return text as it is written: without NUL, in the same order as before."""
    sound_text(text, field)
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
    return _key_text(sound_text(key, field))


@lru_cache(maxsize=1024)
def _key_text(key: str) -> str:
    return _ODD_IN_NAMES.sub(lambda odd: f"%{ord(odd[0]):02X}", str(key))


def original_key(key: str) -> str:
    """Undo :func:`key_text`."""
    return unquote(key) if "%" in key else key


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
