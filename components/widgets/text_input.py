"""A field for a line of text, which never takes a person's text from under their hands."""

from __future__ import annotations

import threading
from typing import Any

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.streams import Stream
from imlkit.streams.stream import Joining

from .text_field import TextField

__all__ = ["TextInput", "TypedText"]


class TextInput(Component):
    """A line of text that a person types and the program may suggest.

    What a person has typed is theirs until it has been used. It is used when a pipeline takes it
    (``snapshot``, or reading ``value.value``) after they have left the field, or at
    :meth:`settle`. Until then ``value.set(text)`` becomes an :meth:`offer`; clearing with
    ``value.set("")`` applies as soon as they have left the field. A text that nobody typed, or
    that has been used, gives way to any set.

    Streams: ``value`` (the text, at every keystroke), ``offered`` (the latest offer, or "").

    Args:
        title: what is to be typed; shown on the field.
        value: the first text.
        placeholder: an example, shown while the field is empty.
    """

    framed = False

    def __init__(self, title: str = "", value: str = "", placeholder: str = "") -> None:
        super().__init__(title)
        self.placeholder = placeholder
        self.offered: Stream[str] = Stream("")
        self.value: TypedText = TypedText(self, as_text(value))
        self._turn = threading.Lock()
        self._typing = False
        self._unused = False

    def offer(self, text: str) -> None:
        """Suggest a text.

        It fills the field, unless the person's own unused text is there: then it is shown
        beneath, on a button that takes it.
        """
        text = as_text(text)
        with self._turn:
            fills = not self._unused
        self.offered.set(text)
        if fills:
            self.value.put(text)

    def settle(self) -> None:
        """Say that the typed text has been used, so that the next offer may replace it."""
        with self._turn:
            self._typing = self._unused = False
        self._withdraw()

    def view(self) -> Viewable:
        """Return a new field."""
        field = TextField(
            self._typed,
            self._left,
            label=self.title,
            placeholder=self.placeholder,
            sizing_mode="stretch_width",
            margin=10,
        )
        self.follow(self.value, field, TextField.present)
        self.follow(self.offered, field, TextField.suggest)
        return field

    def _typed(self, text: str, taken: bool, refused: str) -> None:
        with self._turn:
            self._typing = not taken
            self._unused = True
        if refused:
            self.offered.set(refused)
        self.value.put(text)

    def _left(self) -> None:
        with self._turn:
            self._typing = False
            self._unused = self._unused and self.value.latest != ""

    def _taken_by_pipeline(self) -> None:
        with self._turn:
            self._unused = self._unused and self._typing

    def _set_by_program(self, text: str) -> None:
        with self._turn:
            applies = not self._unused or (text == "" and not self._typing)
            if applies:
                self._unused = False
        if applies:
            self._withdraw()
            self.value.put(text)
        else:
            self.offered.set(text)

    def _withdraw(self) -> None:
        if self.offered.value:
            self.offered.set("")


class TypedText(Stream[str]):
    """The text of a field: setting it gives way to what a person is typing."""

    def __init__(self, field: TextInput, value: str) -> None:
        super().__init__(value)
        self._field = field

    @property
    def value(self) -> str:
        """The latest text. Reading it uses it: see :class:`TextInput`."""
        self._field._taken_by_pipeline()
        return self.latest

    @property
    def latest(self) -> str:
        """The latest text, only looked at."""
        return str(self._value)

    def set(self, value: Any) -> None:
        """Make this the text, or only offer it while the field holds a person's unused text."""
        if isinstance(value, Joining):
            super().set(value)  # type: ignore[arg-type]
        else:
            self._field._set_by_program(as_text(value))

    on_next = set

    def put(self, text: str) -> None:
        """Make this the text whatever the field holds."""
        super().set(text)


def as_text(value: Any) -> str:
    """Return any value as a line of text; None is empty."""
    return "" if value is None else str(value)
