"""One step of a wizard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable
from reactivex import Observable

from ..streams import Stream
from .page import Placed, column, place, slug

__all__ = ["Step"]


class Step:
    """A step of a wizard: a title, words, components; when it opens, and where it leads.

    Args:
        name: its title; its address is made of it.

    Attributes:
        closed: why the step cannot be entered yet, or "" while it is open.
        told: what the summary says was done here, or "".
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.slug = slug(name)
        self.closed: Stream[str] = Stream("", name="closed")
        self.told: Stream[str] = Stream("", name="told")
        self._words = ""
        self._items: list[Placed] = []
        self._choose: Callable[[], str | None] | None = None
        self._built: Viewable | None = None

    def text(self, words: str) -> Step:
        """Say in Markdown what to do here; return the step."""
        self._words = words
        self._built = None
        return self

    def use(self, *items: Placed) -> Step:
        """Add components, lists of them side by side, or text as headings; return the step."""
        self._items.extend(items)
        self._built = None
        return self

    def opens_when(self, ready: Observable[Any], why: str) -> Step:
        """Keep the step closed until a stream says True; return the step.

        Args:
            ready: what it says decides: a true value opens the step, a false one closes it, and a
                text closes it and says why ("" opens it).
            why: what a person reads while it is closed and the stream gave no words of its own.
        """
        self.closed.set(why)

        def decide(said: Any) -> None:
            if isinstance(said, str):
                self.closed.set(said)
            else:
                self.closed.set("" if said else why)

        ready.subscribe(decide)
        return self

    def leads_to(self, choose: Callable[[], str | None]) -> Step:
        """Let a function of what was done choose the next step; return the step.

        Args:
            choose: returns the name of the next step, or None for the one that follows. It is
                called whenever the way ahead is shown or taken: it must be quick and change nothing.
        """
        self._choose = choose
        return self

    def tells(self, done: Observable[Any]) -> Step:
        """Say in the summary what was done here, as a stream of texts; return the step."""
        done.subscribe(lambda said: self.told.set(str(said)))
        return self

    def chosen(self) -> str | None:
        """Return the name of the step that this one leads to, or None for the one that follows."""
        return self._choose() if self._choose is not None else None

    def view(self) -> Viewable:
        """Return the step's words and components, built at the first call."""
        if self._built is None:
            words = [pmui.Typography(self._words, margin=0)] if self._words else []
            self._built = column([*words, *map(place, self._items)])
        return self._built
