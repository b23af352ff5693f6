"""One answer on a scale, as questionnaires ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams.checked_stream import CheckedStream

from .likert_scale import LikertScale

__all__ = ["AGREEMENT", "Likert"]

AGREEMENT: Final = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
"""The five levels that Likert's scale has most often."""

_MOST = 11


class Likert(Component):
    """A statement, and the levels of a scale of which a person chooses one.

    Streams: ``value`` (which level, counted from 1; None while nothing is chosen).

    Args:
        statement: what is judged, such as "It was easy to teach the computer."
        levels: the words of the scale, in their order.
        value: which level is chosen at first, counted from 1.
        required: whether it has to be answered; the view says so. One that need not be has a
            button that takes the answer back.

    Raises:
        DataError: an empty statement, fewer than two levels or more than eleven, an empty level or
            one given twice, or a value that is no level.
    """

    framed = False

    def __init__(
        self,
        statement: str,
        levels: Sequence[str] = AGREEMENT,
        value: int | None = None,
        required: bool = False,
    ) -> None:
        if not str(statement).strip():
            raise DataError(f"a scale's statement is {statement!r}: write what is to be judged")
        self.levels = _checked_levels(levels)
        self.required = required
        super().__init__(str(statement))
        self.value: CheckedStream[int | None] = CheckedStream(value, self._checked)

    @property
    def words(self) -> str:
        """The words of the level that is chosen; empty while nothing is."""
        value = self.value.value
        return self.levels[value - 1] if value else ""

    def view(self) -> Viewable:
        """Return a new scale."""
        scale = LikertScale(self._chosen, self.title, self.levels, self.required)
        self.follow(self.value, scale, LikertScale.present)
        return scale

    def _chosen(self, value: int | None) -> None:
        if value != self.value.value:
            self.value.set(value)

    def _checked(self, value: Any) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= len(self.levels):
            raise DataError(f"{value!r} is no level of {self.title!r}: give 1 to {len(self.levels)}, or None")
        return value


def _checked_levels(levels: Sequence[str]) -> tuple[str, ...]:
    if isinstance(levels, str):
        raise DataError(f"the levels are one text, {levels!r}: give a list of texts")
    words = tuple(str(level) for level in levels)
    if not 2 <= len(words) <= _MOST:
        raise DataError(f"a scale of {len(words)} levels was asked for: give 2 to {_MOST}")
    if not all(word.strip() for word in words) or len(set(words)) < len(words):
        raise DataError(f"the levels {words!r} cannot be told apart: give each words of its own")
    return words
