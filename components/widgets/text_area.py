"""A field for several lines of text."""

from __future__ import annotations

from typing import Any

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams.checked_stream import CheckedStream

from .text_area_field import TextAreaField

__all__ = ["TextArea"]


class TextArea(Component):
    """A question that a person answers in their own words.

    Streams: ``value`` (the text; it follows when the person pauses or leaves the field).

    Args:
        title: what is asked; shown above the field.
        value: the first text.
        placeholder: an example, shown while the field is empty.
        required: whether it has to be answered; the view says so.
        longest: how many characters it takes; what is longer is cut off.

    Raises:
        DataError: an empty title, or no room for a text.
    """

    framed = False

    def __init__(
        self,
        title: str,
        value: str = "",
        placeholder: str = "",
        required: bool = False,
        longest: int = 5000,
    ) -> None:
        if not str(title).strip():
            raise DataError(f"a text area's title is {title!r}: write what is asked")
        if longest < 1:
            raise DataError(f"a text area for {longest!r} characters takes none: give 1 or more")
        super().__init__(str(title))
        self.placeholder = placeholder
        self.required = required
        self.longest = longest
        self.value: CheckedStream[str] = CheckedStream(value, self._checked)

    def view(self) -> Viewable:
        """Return a new field."""
        field = TextAreaField(self._typed, self.title, self.placeholder, self.required, self.longest)
        self.follow(self.value, field, TextAreaField.present)
        return field

    def _typed(self, text: str) -> None:
        if text[: self.longest] != self.value.value:
            self.value.set(text)

    def _checked(self, value: Any) -> str:
        return ("" if value is None else str(value))[: self.longest]
