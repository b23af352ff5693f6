"""What a component does that shows a table, and is linked with others by a state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams import Stream
from imlkit.streams.checked_stream import CheckedStream

from ..linked_state import LinkedState
from ..table import Table
from .linked_view import LinkedView

__all__ = ["LinkedComponent"]


class LinkedComponent(Component):
    """A view of a table, the same in a script, a notebook, a served app and an exported page.

    A subclass names an ES module that exports ``show(element, link)``: it draws, asks questions
    about the table and sets the state. It never needs the rows themselves, so that they can be on
    another machine, and no Python in an exported page.

    Args:
        table: the table, or whatever a :class:`Table` can be made of.
        state: what the component shows, shared with those that are given the same; one of its own
            if left out.
        title: what the person reads above the view.
        config: what the view is given beside, as JSON has it.

    Attributes:
        module: the file of the ES module; a ``.css`` file of the same name is the view's style.
        linked: the state that the component shows, now and from now on.
        config: what the view is given beside; a person may change parts of it.
    """

    module: ClassVar[Path]

    def __init__(
        self,
        table: Table | Any,
        state: LinkedState | None = None,
        title: str = "",
        config: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(title)
        self.table = table if isinstance(table, Table) else Table(table)
        self.linked: Stream[LinkedState] = Stream(state if state is not None else LinkedState())
        self.config: CheckedStream[Any] = CheckedStream(dict(config or {}), self.checked)

    @property
    def state(self) -> LinkedState:
        """The state that the component shows now."""
        state: LinkedState = self.linked.value
        return state

    def link(self, state: LinkedState) -> None:
        """Show this state from now on, as others do that have it."""
        self.linked.set(state)

    def unlink(self) -> LinkedState:
        """Show a state of one's own from now on, at first the same, and return it."""
        self.link(self.state.unlinked())
        return self.state

    def checked(self, config: Any) -> dict[str, Any]:
        """Return what the view may be given.

        A person can change it, so that a subclass looks at every part.

        Raises:
            DataError: it cannot be shown.
        """
        if not isinstance(config, Mapping):
            raise DataError(f"{config!r:.100} is no configuration: give a dictionary.")
        return dict(config)

    def configure(self, **parts: Any) -> None:
        """Change parts of what the view is given. Raises DataError where that cannot be shown."""
        self.config.set({**self.config.value, **parts})

    def prepare(self) -> None:
        """Do what must be done before the component is shown where there is no Python; wait for it."""

    def view(self) -> Viewable:
        return LinkedView(self)
