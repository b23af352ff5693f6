"""What linked views have in common: filters, groups, selection, hover and order, as streams."""

from __future__ import annotations

import threading
from typing import Any

from imlkit.streams import Stream
from imlkit.streams.checked_stream import CheckedStream

from .predicates.predicate import All, Predicate
from .seen import Id, Seen, as_filters, as_groups, as_ids, as_sort

__all__ = ["LinkedState"]

STEPS = 100
"""How many steps can be taken back."""


class LinkedState:
    """The state that the views of a table share.

    Views that share one show the same rows and follow one another. Every part is a stream, to be
    read and set from Python; what a person does sets it as well, and can be taken back.

    Attributes:
        filters: what the rows shown meet, :class:`All` of some conditions. Any predicate can be
            set, and None for no condition.
        groups: how rows are put together: a tuple of :class:`Group`.
        selection: the ids of the selected rows, without repetition.
        sort: the order of rows: a tuple of :class:`Order`.
        hover: the id of the row that is pointed at, or None.
        showing: all of it but ``hover``, as one value: a :class:`Seen` whenever a step is done.
        undoable: how many steps can be taken back.
        redoable: how many steps that were taken back can be taken again.

    Example:
        >>> state = LinkedState()
        >>> state.filter(InRange("age", 20, 30))
        >>> state.filter(InRange("age", 25, 30))
        >>> state.filters.value.parts
        (InRange(column='age', low=25, high=30, closed=False),)
        >>> state.undo()
        >>> state.filters.value.parts
        (InRange(column='age', low=20, high=30, closed=False),)
    """

    def __init__(self, seen: Seen | None = None) -> None:
        seen = seen if seen is not None else Seen()
        self.filters: CheckedStream[Any] = CheckedStream(seen.filters, as_filters)
        self.groups: CheckedStream[Any] = CheckedStream(seen.groups, as_groups)
        self.selection: CheckedStream[Any] = CheckedStream(seen.selection, as_ids)
        self.sort: CheckedStream[Any] = CheckedStream(seen.sort, as_sort)
        self.hover: Stream[Id | None] = Stream(None)
        self.showing: Stream[Seen] = Stream(seen)
        self.undoable: Stream[int] = Stream(0)
        self.redoable: Stream[int] = Stream(0)
        self._turn = threading.Lock()
        self._now = self.seen
        self._moving = False
        self._past: list[Seen] = []
        self._future: list[Seen] = []
        for stream in (self.filters, self.groups, self.selection, self.sort):
            stream.subscribe(self._changed)

    @property
    def seen(self) -> Seen:
        """What is shown now, as a value."""
        return Seen(self.filters.value, self.groups.value, self.selection.value, self.sort.value)

    def filter(self, condition: Predicate) -> None:
        """Add a condition, in the place of the one on the same columns, if there is one."""
        parts = list(self.filters.value.parts)
        same = [n for n, part in enumerate(parts) if part.columns == condition.columns]
        if same:
            parts[same[0]] = condition
            parts = [part for n, part in enumerate(parts) if n not in same[1:]]
        else:
            parts.append(condition)
        self.filters.set(All(tuple(parts)))

    def unfilter(self, *columns: str) -> None:
        """Remove the condition on exactly these columns; without any, all conditions."""
        self.filters.set(self.filters_without(*columns) if columns else All())

    def filter_on(self, *columns: str) -> Predicate | None:
        """Return the condition on exactly these columns, or None."""
        wanted = frozenset(columns)
        return next((part for part in self.filters.value.parts if part.columns == wanted), None)

    def filters_without(self, *columns: str) -> All:
        """Return the conditions but the one on exactly these columns.

        A chart of a column counts what meets these, so that it still shows what one could choose.
        """
        left = frozenset(columns)
        return All(tuple(part for part in self.filters.value.parts if part.columns != left))

    def show(self, seen: Seen) -> None:
        """Show this instead, as one step."""
        with self._turn:
            if seen == self._now:
                return
            self._record(seen)
        self._go_to(seen)

    def undo(self) -> None:
        """Take back the last step; without any, do nothing."""
        self._step(self._past, self._future)

    def redo(self) -> None:
        """Take again the step taken back last; without any, do nothing."""
        self._step(self._future, self._past)

    def to_json(self) -> str:
        """Return what is shown as JSON."""
        return self.seen.to_json()

    @classmethod
    def from_json(cls, text: str) -> LinkedState:
        """Return a state that shows what JSON describes. Raises DataError where it describes none."""
        return cls(Seen.from_json(text))

    def to_url(self, url: str = "") -> str:
        """Return an address with what is shown in it. Raises DataError where that is too long."""
        return self.seen.to_url(url)

    @classmethod
    def from_url(cls, url: str) -> LinkedState:
        """Return a state that shows what an address holds. Raises DataError where that is no state."""
        return cls(Seen.from_url(url))

    def unlinked(self) -> LinkedState:
        """Return a state of its own that shows the same now."""
        return LinkedState(self.seen)

    def dispose(self) -> None:
        """Let go of every subscriber."""
        for stream in (self.filters, self.groups, self.selection, self.sort, self.hover):
            stream.dispose()
        for count in (self.undoable, self.redoable):
            count.dispose()
        self.showing.dispose()

    def _changed(self, _value: Any) -> None:
        with self._turn:
            now = self.seen
            if self._moving or now == self._now:
                return
            self._record(now)
        self._tell()

    def _record(self, now: Seen) -> None:
        self._past.append(self._now)
        del self._past[:-STEPS]
        self._future.clear()
        self._now = now

    def _step(self, source: list[Seen], target: list[Seen]) -> None:
        with self._turn:
            if not source:
                return
            target.append(self._now)
            seen = self._now = source.pop()
        self._go_to(seen)

    def _go_to(self, seen: Seen) -> None:
        self._moving = True
        try:
            for name in ("filters", "groups", "selection", "sort"):
                stream, value = getattr(self, name), getattr(seen, name)
                if stream.value != value:
                    stream.set(value)
        finally:
            self._moving = False
        self._tell()

    def _tell(self) -> None:
        for stream, steps in ((self.undoable, self._past), (self.redoable, self._future)):
            if stream.value != len(steps):
                stream.set(len(steps))
        if self.showing.value != self.seen:
            self.showing.set(self.seen)
