"""What a component is: streams, and views that talk to it through them alone."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

from panel.viewable import Viewable, Viewer

from .follow import follow
from .notebook import prepare_notebook
from .session import Session
from .streams import ErrorReport, Stream

__all__ = ["Component"]

V = TypeVar("V")
T = TypeVar("T")


class Component(Viewer):
    """A part of an app: state, computation and interaction behind streams.

    A subclass sets its streams as attributes with plain nouns (``images``, ``value``) and builds
    a new view at each call of :meth:`view`. It works without any view: whatever a person can do
    in a view, code can do by setting a stream or calling a method.

    Args:
        title: what the person reads above the view; empty for none.
    """

    framed = True
    """Whether layouts put the view on a card with the title above it."""

    def __init__(self, title: str = "") -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.title = title
        self.session = Session.current()
        self.session.components.append(self)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Stream) and value.owner is None:
            value.owner = self
            value.name = name
        super().__setattr__(name, value)

    @abstractmethod
    def view(self) -> Viewable:
        """Return a new view of this component."""

    def __panel__(self) -> Viewable:
        prepare_notebook()
        return self.view()

    def streams(self) -> dict[str, Stream[Any]]:
        """Return the component's own public streams by name."""
        return {
            name: stream
            for name, stream in vars(self).items()
            if isinstance(stream, Stream) and not name.startswith("_") and stream.owner is self
        }

    def follow(self, stream: Stream[T], view: V, update: Callable[[V, T], Any]) -> None:
        """Call ``update(view, value)`` on the page, now and whenever the stream changes.

        While one update waits for the page, newer values replace it. It ends when nothing else
        holds the view, so ``update`` must not: it gets the view as its argument.
        """
        follow(self.session, stream, view, update)

    def explains(self, report: ErrorReport) -> bool:
        """Whether a view of this component tells the person of this error in its own place.

        Then no notification repeats it.
        """
        return False

    def dispose(self) -> None:
        """Let go of every subscriber of the component's streams, and of what it holds open."""
        for stream in self.streams().values():
            stream.dispose()
