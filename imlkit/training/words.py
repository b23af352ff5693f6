"""Text that people give, as every store can keep it."""

from __future__ import annotations

from typing import Final

__all__ = ["NAME_LENGTH", "name_words", "words"]

NAME_LENGTH: Final = 300
"""The most letters of a name: of a run, a checkpoint, a tag, a label."""


def words(text: object, most: int = 2_000) -> str:
    """Return something as text without halves of character pairs, and not longer than this."""
    return str(text)[:most].encode("utf-8", "replace").decode("utf-8")


def name_words(text: object) -> str:
    """Return something as the text of a name."""
    return words(text, NAME_LENGTH)
