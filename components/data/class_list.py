"""The classes that a person teaches: named, coloured, with how many examples each has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.question import Question
from imlkit.store import Document
from imlkit.streams import ErrorReport, Stream

from .class_balance import ClassEntry, balance_words, missing_words, short_name
from .class_rows import ClassRows
from .class_store import ClassStore
from .dataset import Dataset

__all__ = ["ClassList"]


class ClassList(Component):
    """The classes of a dataset, also those that have no example yet; they are kept beside it.

    Labels that are in the dataset and not yet in the list are added to it.

    Args:
        dataset: whose classes.
        minimum: how many examples a class needs before training makes sense.
        names: the classes that an empty list begins with.
        title: what the person reads above it.

    Attributes:
        classes: every class, in the order in which they were added.
        chosen: the id of the class that new examples are for, or "" while there is none.
        ready: True once two classes have enough examples, else what is missing, in words.
        balance: what to do about classes with many more examples than others, or "".
        message: what the person is told about the list itself, or "".
        work: what to do off the page's thread, one after another.
    """

    def __init__(
        self,
        dataset: Dataset,
        minimum: int = 3,
        names: tuple[str, ...] = ("Class 1", "Class 2"),
        title: str = "Classes",
    ) -> None:
        super().__init__(title)
        self.dataset = dataset
        self.minimum = minimum
        self._begun = False
        self._store = ClassStore(dataset, names)
        self.classes: Stream[tuple[ClassEntry, ...]] = Stream(())
        self.chosen: Stream[str] = Stream("")
        self.ready: Stream[bool | str] = Stream("The classes are being read.")
        self.balance: Stream[str] = Stream("")
        self.message: Stream[str] = Stream("")
        self.work: Stream[Callable[[], Any]] = Stream()
        self._gone: Stream[str] = Stream("")
        self._looks: Stream[None] = Stream(None)
        self._relay = self._store.entries.changes.subscribe(lambda _: self._looks.set(None))
        dataset.counts.subscribe(lambda _: self._looks.set(None))
        self._looks.compute(lambda _: self._store.look(), "latest").subscribe(self._found)
        self.work.compute(lambda work: work())
        self.chosen.subscribe(lambda id: self._gone.set("") if id else None)
        self.session.errors.filter(self.explains).subscribe(lambda report: self.message.set(report.message))

    @property
    def label(self) -> str:
        """The name of the chosen class, or "" while there is none."""
        return next((entry.name for entry in self.classes.value if entry.id == self.chosen.value), "")

    def add(self, name: str = "") -> ClassEntry:
        """Add a class; without a name it gets one that can be changed.

        Raises:
            DataError: there is a class of that name.
        """
        return self._store.add(name)

    def rename(self, id: str, name: str) -> None:
        """Give a class and all its examples another name.

        Raises:
            DataError: the name is empty, or another class has it.
        """
        self._store.rename(id, name)

    def recolour(self, id: str, colour: str) -> None:
        """Give a class another colour, as ``#rrggbb``.

        Raises:
            DataError: it is no colour.
        """
        self._store.recolour(id, colour)

    def restore(self, classes: Iterable[tuple[str, str]]) -> None:
        """Add classes by name and colour; one of a name that is here already takes the colour.

        Those that an empty list begins with go, unless something was done with them.
        """
        # Then another one is chosen, where the one that was chosen goes.
        self._begun = False
        self._store.restore(classes)

    def rename_label(self, label: Any, name: str) -> None:
        """Give the class of a label another name, for what renames by labels.

        Raises:
            DataError: the name is empty, another class has it, or no class has the label.
        """
        entry = next((entry for entry in self.classes.value if entry.name == label), None)
        if entry is None:
            raise DataError(f"There is no class “{short_name(str(label))}” any more: choose another one.")
        self.rename(entry.id, name)

    def remove(self, id: str) -> None:
        """Remove a class; the person is asked first where it has examples, which go with it."""
        entry = next((entry for entry in self.classes.value if entry.id == id), None)
        if entry is None:
            return
        removed = "example, which is" if entry.examples == 1 else "examples, which are"
        question = Question(
            "Remove this class?",
            f"“{short_name(entry.name)}” has {entry.examples:,} {removed} removed with it. "
            "This cannot be undone.",
            {"Keep it": lambda: None, "Remove it": lambda: self._remove(entry)},
            destructive=True,
        )
        if not entry.examples or not self.session.ask(question):
            self._remove(entry)

    def capture(self, fields: Mapping[str, Any], id: str | None = None) -> Document:
        """Keep an example of a class, the chosen one if left out; return it once it is stored.

        Raises:
            DataError: the class is not there, or was removed meanwhile: nothing is kept then.
        """
        return self._store.capture(fields, self.chosen.value if id is None else id)

    def view(self) -> Viewable:
        """Return a list in which classes are added, named, coloured and removed."""
        return self._rows("edit")

    def choice(self) -> Viewable:
        """Return a list in which the class is chosen that new examples are for."""
        return self._rows("choose")

    def explains(self, report: ErrorReport) -> bool:
        """Whether this is an error of the list's own work, which its view tells."""
        return report.component is self and isinstance(report.error, DataError)

    def dispose(self) -> None:
        """Stop following the store, and let go of every subscriber. The classes stay."""
        self._relay.dispose()
        super().dispose()

    def _rows(self, mode: str) -> Viewable:
        rows = ClassRows(mode, self._asked)
        self.follow(self.classes, rows, lambda rows, classes: rows.show_classes(classes, self.minimum))
        self.follow(self.chosen, rows, ClassRows.choose)
        self.follow(self.balance, rows, ClassRows.tell_balance)
        self.follow(self.message if mode == "edit" else self._gone, rows, ClassRows.tell)
        return rows

    def _asked(self, message: Mapping[str, Any]) -> None:
        self.message.set("")
        match message:
            case {"type": "add"}:
                self.work.set(self.add)
            case {"type": "rename", "id": str(id), "name": str(name)}:
                self.work.set(lambda: self._renamed(id, name))
            case {"type": "recolour", "id": str(id), "colour": str(colour)}:
                self.work.set(lambda: self.recolour(id, colour))
            case {"type": "remove", "id": str(id)}:
                self.remove(id)
            case {"type": "choose", "id": str(id)} if any(id == each.id for each in self.classes.value):
                self.chosen.set(id)

    def _renamed(self, id: str, name: str) -> None:
        try:
            self.rename(id, name)
        finally:
            # The field shows the name that counts, also where another one was refused.
            self._looks.set(None)

    def _remove(self, entry: ClassEntry) -> None:
        self.work.set(lambda: self._store.remove(entry))

    def _found(self, entries: tuple[ClassEntry, ...]) -> None:
        gone = short_name(self.label)
        self.classes.set(entries)
        if entries and not self._begun:
            self._begun = True
            if self.chosen.value not in {entry.id for entry in entries}:
                self.chosen.set(entries[0].id)
        elif self.chosen.value not in {entry.id for entry in entries}:
            # Not another one: what a camera records must not go where nobody wanted it.
            self.chosen.set("")
            if gone:
                self._gone.set(f"“{gone}” was removed: choose the class that new examples are for.")
        self.balance.set(balance_words(entries, self.minimum))
        self.ready.set(missing_words(entries, self.minimum) or True)
