"""Where the classes of a dataset are kept, beside its instances."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Collection, Iterable, Mapping
from itertools import count
from typing import Any

from imlkit.errors import DataError, DuplicateIdError
from imlkit.store import Document

from .class_balance import ClassEntry, short_name
from .dataset import Dataset

__all__ = ["COLOURS", "ClassStore"]

_COLLECTION = "classes/"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#7f7f7f")
"""Colours that people with any colour vision tell apart (Okabe and Ito, 2008), and a grey."""


class ClassStore:
    """The classes of a dataset in its store. Every method may be called from any thread.

    Args:
        dataset: whose classes.
        names: the classes that an empty store begins with.
    """

    def __init__(self, dataset: Dataset, names: tuple[str, ...]) -> None:
        self._dataset = dataset
        self._first_names = names
        self._turn = threading.Lock()
        self.entries = dataset.store.collection(_COLLECTION + dataset.name)

    def look(self) -> tuple[ClassEntry, ...]:
        """Return every class with how many examples it has."""
        counts = {label: n for label, n in self._dataset.distinct("y").items() if isinstance(label, str)}
        kept = self.entries.find()
        if not kept and not counts:
            for name, colour in zip(self._first_names, COLOURS, strict=False):
                self._keep(ClassEntry(_id(name, ()), name, colour))
            kept = self.entries.find()
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

    def add(self, name: str = "") -> ClassEntry:
        """Add a class; without a name it gets one that is free. Raises DataError for a name in use."""
        with self._turn:
            entries = self.look()
            names = {entry.name for entry in entries}
            if not name:
                name = next(f"Class {n}" for n in range(1, len(names) + 2) if f"Class {n}" not in names)
            name = _checked(name, "", entries)
            taken = [entry.colour for entry in entries]
            colour = min(COLOURS, key=taken.count)
            kept = self.entries.create({"name": name, "colour": colour})
        return ClassEntry(kept["id"], name, colour)

    def rename(self, id: str, name: str) -> None:
        """Give a class and all its examples another name. Raises DataError for an empty one or one in use."""
        with self._turn:
            entries = self.look()
            name = _checked(name, id, entries)
            entry = self._kept(id, entries)
            if name != entry.name:
                self.entries.patch(id, {"name": name})
                self._dataset.patch_many(self._examples(entry.name), {"y": name})

    def recolour(self, id: str, colour: str) -> None:
        """Give a class another colour. Raises DataError for what is none."""
        if not _is_colour(colour):
            raise DataError(f"{colour!r} is no colour: give one as #rrggbb")
        self._kept(id, self.look())
        self.entries.patch(id, {"colour": colour})

    def restore(self, classes: Iterable[tuple[str, str]]) -> None:
        """Add classes by name and colour; one of a name that is here already takes the colour."""
        with self._turn:
            restored = set()
            for name, colour in classes:
                name = " ".join(name.split())
                entries = self.look()
                known = next((entry for entry in entries if entry.name == name), None)
                if not name or not _is_colour(colour):
                    continue
                restored.add(name)
                if known is None:
                    self.entries.create({"name": name, "colour": colour})
                else:
                    self._kept(known.id, entries)
                    self.entries.patch(known.id, {"colour": colour})
            # Last, since an empty list would begin anew.
            if restored:
                self._clear_untouched(restored)

    def remove(self, entry: ClassEntry) -> None:
        """Remove a class with its examples."""
        with self._turn:
            self.entries.remove({"id": entry.id})
            self._dataset.remove(self._examples(entry.name))

    def capture(self, fields: Mapping[str, Any], id: str) -> Document:
        """Keep an example of a class. Raises DataError where the class is gone: nothing is kept then."""
        entry = self._kept(id, self.look())
        kept = self._dataset.create({**fields, "y": entry.name})
        if not self._is_kept(entry):
            # Removed while it was being stored: the example must not bring it back.
            self._dataset.remove(kept["id"])
            raise DataError(f"The class “{short_name(entry.name)}” was removed: choose another one.")
        return kept

    def _clear_untouched(self, wanted: Collection[str]) -> None:
        # The classes that an empty list begins with are only in the way of those that come with a file.
        first = {
            _id(name, ()): (name, colour) for name, colour in zip(self._first_names, COLOURS, strict=False)
        }
        for entry in self.look():
            begun = entry.examples or (entry.name, entry.colour) != first.get(entry.id)
            if not begun and entry.name not in wanted:
                self.entries.remove({"id": entry.id})

    def _keep(self, entry: ClassEntry) -> None:
        with contextlib.suppress(DuplicateIdError):
            # Another page keeps the same class at the same time.
            self.entries.create({"id": entry.id, "name": entry.name, "colour": entry.colour})

    def _kept(self, id: str, entries: tuple[ClassEntry, ...]) -> ClassEntry:
        entry = next((entry for entry in entries if entry.id == id), None)
        if entry is None:
            raise DataError("The class is not there any more: choose another one, or add it again.")
        if not self._is_kept(entry):
            self._keep(entry)
        return entry

    def _is_kept(self, entry: ClassEntry) -> bool:
        return bool(self.entries.find({"id": entry.id}, limit=1))

    def _examples(self, name: str) -> list[str]:
        return [found["id"] for found in self._dataset.find({"y": name}, select=["id"])]


def _checked(name: str, id: str, entries: tuple[ClassEntry, ...]) -> str:
    name = " ".join(name.split())
    if not name:
        raise DataError("A class needs a name: type one.")
    if any(entry.name == name and entry.id != id for entry in entries):
        raise DataError(f"There is a class “{short_name(name)}” already: choose another name.")
    return name


def _is_colour(text: str) -> bool:
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def _id(name: str, taken: Collection[str]) -> str:
    """Return an id made of the name, so that two pages that keep a class at once keep one."""
    made = (hashlib.sha256(f"{n}#{name}".encode("utf-8", "surrogatepass")).hexdigest()[:24] for n in count())
    return next(id for id in made if id not in taken)
