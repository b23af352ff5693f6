"""The classes that a person teaches: named, coloured, with how many examples each has."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import count
from typing import Any

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError, DuplicateIdError
from imlkit.question import Question
from imlkit.store import Document
from imlkit.streams import ErrorReport, Stream

from .class_balance import ClassEntry, balance_words, missing_words, short_name
from .class_rows import ClassRows
from .dataset import Dataset

__all__ = ["COLOURS", "ClassList"]

_COLLECTION = "classes/"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#7f7f7f")
"""Colours that people with any colour vision tell apart (Okabe and Ito, 2008), and a grey."""


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
        self._first_names = names
        self._turn = threading.Lock()
        self._begun = False
        self._entries = dataset.store.collection(_COLLECTION + dataset.name)
        self.classes: Stream[tuple[ClassEntry, ...]] = Stream(())
        self.chosen: Stream[str] = Stream("")
        self.ready: Stream[bool | str] = Stream("The classes are being read.")
        self.balance: Stream[str] = Stream("")
        self.message: Stream[str] = Stream("")
        self.work: Stream[Callable[[], Any]] = Stream()
        self._looks: Stream[None] = Stream(None)
        self._relay = self._entries.changes.subscribe(lambda _: self._looks.set(None))
        dataset.counts.subscribe(lambda _: self._looks.set(None))
        self._looks.compute(lambda _: self._look(), "latest").subscribe(self._found)
        self.work.compute(lambda work: work())
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
        with self._turn:
            entries = self._look()
            names = {entry.name for entry in entries}
            if not name:
                name = next(f"Class {n}" for n in range(1, len(names) + 2) if f"Class {n}" not in names)
            name = self._checked(name, "", entries)
            taken = [entry.colour for entry in entries]
            colour = min(COLOURS, key=taken.count)
            kept = self._entries.create({"name": name, "colour": colour})
        return ClassEntry(kept["id"], name, colour)

    def rename(self, id: str, name: str) -> None:
        """Give a class and all its examples another name.

        Raises:
            DataError: the name is empty, or another class has it.
        """
        with self._turn:
            entries = self._look()
            name = self._checked(name, id, entries)
            entry = self._kept(id, entries)
            if name == entry.name:
                return
            self._entries.patch(id, {"name": name})
            self.dataset.patch_many(self._examples(entry.name), {"y": name})

    def restore(self, classes: Iterable[tuple[str, str]]) -> None:
        """Add classes by name and colour; one of a name that is here already takes the colour."""
        with self._turn:
            for name, colour in classes:
                name = " ".join(name.split())
                entries = self._look()
                known = next((entry for entry in entries if entry.name == name), None)
                if not name or not _is_colour(colour):
                    continue
                if known is None:
                    self._entries.create({"name": name, "colour": colour})
                else:
                    self._kept(known.id, entries)
                    self._entries.patch(known.id, {"colour": colour})

    def recolour(self, id: str, colour: str) -> None:
        """Give a class another colour, as ``#rrggbb``."""
        if not _is_colour(colour):
            raise DataError(f"{colour!r} is no colour: give one as #rrggbb")
        self._kept(id, self._look())
        self._entries.patch(id, {"colour": colour})

    def remove(self, id: str) -> None:
        """Remove a class; the person is asked first where it has examples, which go with it."""
        entry = next((entry for entry in self.classes.value if entry.id == id), None)
        if entry is None:
            return
        examples = f"{entry.examples:,} {'example' if entry.examples == 1 else 'examples'}"
        question = Question(
            "Remove this class?",
            f"“{short_name(entry.name)}” has {examples}, which are removed with it. This cannot be undone.",
            {"Keep it": lambda: None, "Remove it": lambda: self.work.set(lambda: self._remove(entry))},
        )
        if not entry.examples or not self.session.ask(question):
            self.work.set(lambda: self._remove(entry))

    def capture(self, fields: Mapping[str, Any], id: str | None = None) -> Document:
        """Keep an example of a class, the chosen one if left out; return it once it is stored.

        Raises:
            DataError: the class is not there, or was removed meanwhile: nothing is kept then.
        """
        entries = self._look()
        entry = self._kept(self.chosen.value if id is None else id, entries)
        kept = self.dataset.create({**fields, "y": entry.name})
        if not self._is_kept(entry):
            # Removed while it was being stored: the example must not bring it back.
            self.dataset.remove(kept["id"])
            raise DataError(f"The class “{short_name(entry.name)}” was removed: choose another one.")
        return kept

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
        self.follow(self.ready, rows, ClassRows.tell_ready)
        self.follow(self.message, rows, ClassRows.tell)
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
        with self._turn:
            self._entries.remove({"id": entry.id})
            self.dataset.remove(self._examples(entry.name))

    def _examples(self, name: str) -> list[str]:
        return [found["id"] for found in self.dataset.find({"y": name}, select=["id"])]

    def _checked(self, name: str, id: str, entries: tuple[ClassEntry, ...]) -> str:
        name = " ".join(name.split())
        if not name:
            raise DataError("A class needs a name: type one.")
        if any(entry.name == name and entry.id != id for entry in entries):
            raise DataError(f"There is a class “{short_name(name)}” already: choose another name.")
        return name

    def _look(self) -> tuple[ClassEntry, ...]:
        counts = {label: n for label, n in self.dataset.distinct("y").items() if isinstance(label, str)}
        kept = self._entries.find()
        if not kept and not counts:
            for name, colour in zip(self._first_names, COLOURS, strict=False):
                self._keep(ClassEntry(_id(name, ()), name, colour))
            kept = self._entries.find()
        found = [
            ClassEntry(each["id"], each["name"], each["colour"], counts.get(each["name"], 0)) for each in kept
        ]
        # A label that is in no class yet came with an upload, or is just being renamed: it is a
        # class, and kept as one as soon as somebody does something with it.
        names, ids = {entry.name for entry in found}, {entry.id for entry in found}
        for name in (name for name in counts if name not in names):
            colour = COLOURS[len(found) % len(COLOURS)]
            found.append(ClassEntry(_id(name, ids), name, colour, counts[name]))
        return tuple(found)

    def _keep(self, entry: ClassEntry) -> None:
        with contextlib.suppress(DuplicateIdError):
            # Another page keeps the same class at the same time.
            self._entries.create({"id": entry.id, "name": entry.name, "colour": entry.colour})

    def _kept(self, id: str, entries: tuple[ClassEntry, ...]) -> ClassEntry:
        entry = _of(id, entries)
        if not self._is_kept(entry):
            self._keep(entry)
        return entry

    def _is_kept(self, entry: ClassEntry) -> bool:
        return bool(self._entries.find({"id": entry.id}, limit=1))

    def _found(self, entries: tuple[ClassEntry, ...]) -> None:
        self.classes.set(entries)
        if entries and not self._begun:
            self._begun = True
            self.chosen.set(entries[0].id)
        elif self.chosen.value not in {entry.id for entry in entries}:
            # Not another one: what a camera records must not go where nobody wanted it.
            self.chosen.set("")
        self.balance.set(balance_words(entries, self.minimum))
        self.ready.set(missing_words(entries, self.minimum) or True)


def _is_colour(text: str) -> bool:
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def _of(id: str, entries: tuple[ClassEntry, ...]) -> ClassEntry:
    for entry in entries:
        if entry.id == id:
            return entry
    raise DataError("The class is not there any more: choose another one, or add it again.")


def _id(name: str, taken: Collection[str]) -> str:
    """Return an id made of the name, so that two pages that keep a class at once keep one."""
    made = (hashlib.sha256(f"{n}#{name}".encode("utf-8", "surrogatepass")).hexdigest()[:24] for n in count())
    return next(id for id in made if id not in taken)
