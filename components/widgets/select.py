"""One choice among several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams import Stream
from imlkit.streams.checked_stream import CheckedStream

from .select_field import SelectField

__all__ = ["Select"]

SHOWN_CHARACTERS = 80
Options = dict[str, Any]


class Select(Component):
    """A choice among options.

    Streams: ``options`` (each label and its value; setting takes what the constructor takes) and
    ``value`` (the chosen option's value, or None while nothing is chosen). When the options
    change, a value that is still among them stays chosen; any other choice is undone.

    Args:
        options: the choices: labels of any text, or a dict from labels to values.
        value: what is chosen at first.
        title: what is chosen; shown on the field.

    Raises:
        DataError: a value that is not among the options, or two options of one label.
    """

    framed = False

    def __init__(
        self, options: Iterable[Any] | Mapping[str, Any] = (), value: Any = None, title: str = ""
    ) -> None:
        super().__init__(title)
        self.options: CheckedStream[Any] = CheckedStream(options, labelled)
        self.value: CheckedStream[Any] = CheckedStream(value, self._checked)
        self._menu: Stream[tuple[list[str], int]] = Stream()
        self._subscriptions = (
            self.options.subscribe(self._keep_valid),
            self.options.subscribe(self._show),
            self.value.subscribe(self._show),
        )

    def _checked(self, value: Any) -> Any:
        if value is None or label_of(value, self.options.value) is not None:
            return value
        labels = list(self.options.value)
        named = ", ".join(repr(shortened(label)) for label in labels[:5]) + (", …" if len(labels) > 5 else "")
        raise DataError(
            f"{shortened(repr(value))} is not an option of the select {self.title!r}: "
            + (f"choose one of {named}" if labels else "it has no options yet; set them first")
        )

    def _keep_valid(self, options: Options) -> None:
        if self.value.value is not None and label_of(self.value.value, options) is None:
            self.value.set(None)

    def _show(self, _change: Any) -> None:
        texts = shown(self.options.value)
        value = self.value.value
        label = label_of(value, self.options.value) if value is not None else None
        chosen = list(texts.values()).index(label) if label is not None else -1
        self._menu.set((list(texts), chosen))

    def _choose(self, text: str) -> None:
        label = shown(self.options.value).get(text)
        # Options may have changed while the person chose.
        if label is not None:
            self.value.set(self.options.value[label])

    def view(self) -> Viewable:
        """Return a new field with a menu."""
        field = SelectField(
            self._choose, label=self.title or "Choose", sizing_mode="stretch_width", margin=10
        )
        self.follow(self._menu, field, SelectField.present)
        return field

    def dispose(self) -> None:
        """Let go of every subscriber."""
        for subscription in self._subscriptions:
            subscription.dispose()
        self._menu.dispose()
        super().dispose()


def labelled(options: Any) -> Options:
    """Return options as a dict from labels to values."""
    if isinstance(options, str):
        raise DataError(f"the options are one text, {shortened(repr(options))}: give a list of texts")
    pairs = options.items() if isinstance(options, Mapping) else ((str(option), option) for option in options)
    result: Options = {}
    for label, value in pairs:
        label = str(label)
        if label in result and not same(result[label], value):
            raise DataError(f"two options are called {shortened(label)!r}: give each a label of its own")
        result.setdefault(label, value)
    return result


def label_of(value: Any, options: Options) -> str | None:
    """Return the label of a value, or None where it is not among the options."""
    return next((label for label, option in options.items() if same(option, value)), None)


def same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    try:
        return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
    except (TypeError, ValueError):  # such as two arrays
        return False


def shown(options: Options) -> dict[str, str]:
    """Return what stands in the menu for each label, and the label."""
    result: dict[str, str] = {}
    for label in options:
        text = shortened(label) if label.strip() else "(empty)"
        number = 2
        while text in result:
            text = f"{shortened(label)} ({number})"
            number += 1
        result[text] = label
    return result


def shortened(text: str) -> str:
    """Return text on one line, short enough for a field."""
    text = re.sub(r"\s+", " ", text[: 4 * SHOWN_CHARACTERS])
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
