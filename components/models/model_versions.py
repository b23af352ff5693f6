"""The versions of a model that a store keeps: which one is in use, what they differ in, going back to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError, NotFoundError
from imlkit.question import Question
from imlkit.store import Store
from imlkit.streams import ErrorReport, Stream

from .stored_model import StoredModel
from .version_record import VersionRecord
from .versions_view import VersionsView

__all__ = ["ModelVersions"]

LONGEST_NOTE = 300


class ModelVersions(Component):
    """The versions of one model: all that follow its name have the one in use.

    Args:
        store: where the model is kept.
        name: the model's.
        title: what the person reads above the view.

    Attributes:
        versions: every version that is kept, the newest first.
        current: the number of the one in use; None while there is none.
        selected: the numbers that the person ticked, to compare.
        message: why the last thing that was asked for could not be done, or "".
        work: what to do off the page's thread, one after another.
    """

    def __init__(self, store: Store, name: str, title: str = "Versions") -> None:
        super().__init__(title)
        self.model = name
        self._place = StoredModel(store, name)
        self.versions: Stream[tuple[VersionRecord, ...]] = Stream(())
        self.current: Stream[int | None] = Stream(None)
        self.selected: Stream[tuple[int, ...]] = Stream(())
        self.message: Stream[str] = Stream("")
        self.work: Stream[Callable[[], Any]] = Stream()
        self._looks: Stream[None] = Stream(None)
        changes = (self._place.changes, self._place.versions.changes)
        self._relays = [each.subscribe(lambda _: self._looks.set(None)) for each in changes]
        self._looks.compute(lambda _: self._look(), "latest").subscribe(self._found)
        self.work.compute(lambda work: work())
        self.session.errors.filter(self.explains).subscribe(lambda report: self.message.set(report.message))

    def use(self, number: int) -> None:
        """Make a version the one in use, for everybody who follows the model's name.

        Raises:
            NotFoundError: it is gone.
        """
        try:
            self._place.use(number)
        except NotFoundError as error:
            raise NotFoundError(f"Version {number} was removed meanwhile: choose another one.") from error

    def say(self, number: int, note: str) -> None:
        """Say something of a version; one with a note is kept for good.

        Raises:
            NotFoundError: it is gone.
        """
        self._place.versions.say(number, note.strip()[:LONGEST_NOTE])

    def remove(self, number: int) -> None:
        """Forget a version.

        Raises:
            DataError: it is the one in use.
        """
        kept = self._place.kept
        if kept is not None and kept.version == number:
            raise DataError(f"Version {number} is in use: use another one, then remove it.")
        self._place.versions.remove(number)

    def view(self) -> Viewable:
        """Return a table of the versions."""
        view = VersionsView(self.title or "", self.model, self._asked)
        self.follow(self.versions, view, VersionsView.show_versions)
        self.follow(self.current, view, VersionsView.mark)
        self.follow(self.selected, view, VersionsView.tick)
        self.follow(self.message, view, VersionsView.tell)
        return view

    def explains(self, report: ErrorReport) -> bool:
        """Whether this is an error of what the person asked for here, which the view tells."""
        return report.component is self

    def dispose(self) -> None:
        """Stop following the store, and let go of every subscriber."""
        for relay in self._relays:
            relay.dispose()
        super().dispose()

    def _look(self) -> tuple[tuple[VersionRecord, ...], int | None]:
        kept = self._place.kept
        return tuple(self._place.versions.read()), None if kept is None else kept.version

    def _found(self, found: tuple[tuple[VersionRecord, ...], int | None]) -> None:
        versions, current = found
        self.versions.set(versions)
        self.current.set(current)
        there = {version.number for version in versions}
        if not there.issuperset(self.selected.value):
            self.selected.set(tuple(number for number in self.selected.value if number in there))

    def _asked(self, message: Mapping[str, Any]) -> None:
        self.message.set("")
        match message:
            case {"type": "use", "number": int(number)}:
                self.work.set(lambda: self.use(number))
            case {"type": "say", "number": int(number), "note": str(note)}:
                self.work.set(lambda: self.say(number, note))
            case {"type": "remove", "number": int(number)}:
                self._ask_to_remove(number)
            case {"type": "select", "numbers": list(numbers)}:
                self.selected.set(self._there(numbers))

    def _there(self, numbers: Sequence[Any]) -> tuple[int, ...]:
        return tuple(version.number for version in self.versions.value if version.number in numbers)

    def _ask_to_remove(self, number: int) -> None:
        def remove() -> None:
            self.work.set(lambda: self.remove(number))

        question = Question(
            "Remove this version?",
            f"Version {number} of “{self.model:.60}” is forgotten for good: nobody can go back to it.",
            {"Keep it": lambda: None, "Remove it": remove},
            destructive=True,
        )
        if not self.session.ask(question):
            remove()
