"""Conditions on texts, in each engine's own dialect.

What is a letter and which capital belongs to it is Unicode's, but for PostgreSQL, which goes by the
locale of the database: in one of locale C only the letters of ASCII are letters.
"""

from __future__ import annotations

import re
from typing import Any

from imlkit.errors import DataError

from .condition import TextContains

__all__ = ["can_hold", "containing", "equal_to"]

WORD = {"postgres": "[:alnum:]_"}
"""What a word is made of, in each engine's regular expressions; elsewhere as below."""
WORD_ELSEWHERE = r"\p{L}\p{M}\p{N}_"

ANY_CASE = {"pyspark": "(?iu)"}
"""What begins a regular expression to which capitals do not count; elsewhere as below."""
ANY_CASE_ELSEWHERE = "(?i)"

WITHOUT_NUL = frozenset(["postgres"])
"""Engines whose texts cannot hold the character NUL."""

NUL = "\0"


def can_hold(backend: Any, text: str) -> bool:
    """Return whether a text can be among an engine's values at all.

    Half a surrogate pair is no text to any; NUL is none to PostgreSQL.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return NUL not in text or backend.name not in WITHOUT_NUL


def equal_to(column: Any, text: str) -> Any:
    """Return the condition that a text is this one."""
    # Not every engine reads a query with NUL in it, but a pattern can name it.
    return column.re_search(rf"\A{_escaped(text)}\z") if NUL in text else column == text


def containing(column: Any, backend: Any, condition: TextContains) -> Any:
    """Return the condition that a text is in the values of an Ibis column of texts.

    Raises:
        DataError: it is no regular expression to this engine.
    """
    import ibis

    text = condition.text
    if not can_hold(backend, text):
        if condition.regex:
            raise DataError(f"{text!r} is no regular expression of this table's engine: it is no text there.")
        return ibis.literal(False)
    if not (condition.regex or condition.whole_word or NUL in text):
        if condition.case:
            return column.contains(text)
        return _any_case(column, text).contains(_any_case(ibis.literal(text), text))
    pattern = text.replace(NUL, r"\x00") if condition.regex else _escaped(text)
    given = pattern
    if condition.whole_word:
        word = WORD.get(backend.name, WORD_ELSEWHERE)
        pattern = f"(?:^|[^{word}])(?:{pattern})(?:$|[^{word}])"
    if not condition.case:
        pattern = ANY_CASE.get(backend.name, ANY_CASE_ELSEWHERE) + pattern
    if condition.regex:
        for one in dict.fromkeys((given, pattern)):
            _check(backend, text, one)
    return column.re_search(pattern)


def _any_case(texts: Any, wanted: str) -> Any:
    # Engines differ in which small letter a capital becomes at a word's end, as Σ does.
    return texts.lower() if wanted.isascii() else texts.lower().upper()


def _escaped(text: str) -> str:
    return re.escape(text).replace(NUL, r"\x00")


def _check(backend: Any, given: str, pattern: str) -> None:
    import ibis

    try:
        backend.to_pyarrow(ibis.literal("").re_search(pattern))
    except Exception as error:
        reason = str(error).strip().split("\n")[0]
        raise DataError(f"“{given}” is no regular expression of this table's engine: {reason}") from error
