"""Text that people give, as every store can keep it."""

from __future__ import annotations

__all__ = ["words"]


def words(text: object, most: int = 2_000) -> str:
    """Return something as text without halves of character pairs, and not longer than this."""
    return str(text)[:most].encode("utf-8", "replace").decode("utf-8")
