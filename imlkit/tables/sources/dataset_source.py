"""The instances of a live dataset as columns, kept up to date."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from imlkit.errors import DataError, NotFoundError
from imlkit.store import Change, Document, Query
from imlkit.streams import Stream

from ..column import Kind
from .arrow_source import ArrowSource, of_columns

__all__ = ["DatasetRows", "LiveDataset"]

GATHERING = 0.05
"""Seconds that a change waits for others, so that many are taken in at once."""
DEEPEST = 4
"""How many dictionaries within one another become columns."""
MOST_PARTS = 50
"""The most keys of a dictionary that becomes columns."""
AT_ONCE = 500
WHOLE = 1_000
"""How many of the first instances are read with their images, to know what is an image."""
WHOLE_AT_END = 100


@runtime_checkable
class LiveDataset(Protocol):
    """What a table needs of a dataset."""

    name: Any

    @property
    def changes(self) -> Stream[Change]:
        """What changes, whoever changed it."""

    def iterate(
        self, query: Query | None = None, select: Sequence[str] | None = None, batch: int = 100
    ) -> Iterator[Document]:
        """Walk the instances."""

    def find(self, query: Query | None = None) -> list[Document]:
        """Return the instances that match."""

    def get(self, id: str, select: Iterable[str] | None = None) -> Document:
        """Return one instance."""


class DatasetRows:
    """The instances of a dataset as flat rows. Its methods may be called from any thread.

    An image (a ``uint8`` array of two or three dimensions) is not kept: in its place is the
    instance's id, under which the dataset has it.

    Args:
        dataset: the dataset.

    Attributes:
        images: the fields that hold images, by the names of their columns.
    """

    def __init__(self, dataset: LiveDataset) -> None:
        self.dataset = dataset
        self._turn = threading.Lock()
        self._news: deque[Change] = deque()
        self._rows: dict[str, dict[str, Any]] = {}
        self._images: set[str] = set()
        self.images: dict[str, str] = {}
        self._read = 0
        self._shown = 0
        self._take: Callable[[], None] | None = None
        # The stream tells a newcomer its latest value, which is no news here.
        self._told = dataset.changes.value
        with dataset.changes.session.entered():
            self._taken = dataset.changes.do_action(self._hear).compute(self._take_in, "latest")
        self.read()

    def read(self) -> None:
        """Read all instances again.

        The first and the last ones are read whole, to know which fields there are and which are
        images; of the others all fields but images, as opening many images takes long.
        """
        with self._turn:
            self._read += 1
            self._rows = {}
            places = dict.fromkeys(self._ids())
            whole = list(places)[:WHOLE] + list(places)[WHOLE:][-WHOLE_AT_END:]
            for instance in self._found(whole):
                self._rows[instance["id"]] = self._flat(instance)
            if len(places) > len(whole):
                self._read_rest()
            self._rows = {id: self._rows[id] for id in places if id in self._rows}

    def _ids(self) -> list[str]:
        return [instance["id"] for instance in self.dataset.iterate(None, [], AT_ONCE)]

    def _read_rest(self) -> None:
        names = list(dict.fromkeys(name.partition(".")[0] for row in self._rows.values() for name in row))
        images = [name for name in names if name in self._images]
        told = [name for name in names if name not in self._images]
        with_image = {
            name: {
                instance["id"] for instance in self.dataset.iterate({name: {"$exists": True}}, [], AT_ONCE)
            }
            for name in images
        }
        for instance in self.dataset.iterate(None, told, AT_ONCE):
            id = instance["id"]
            if id not in self._rows:
                shown = {name: id for name in images if id in with_image[name]}
                self._rows[id] = self._flat(instance) | shown

    def follow(self, take: Callable[[], None], changed: Callable[[], None]) -> None:
        """Call two functions whenever changes have been taken in.

        However many changes come while others are taken in, they are taken in together.

        Args:
            take: called off the page's thread; it asks for :meth:`source`.
            changed: called after it, on the page.
        """
        with self._turn:
            self._take = take
            behind = self._shown != self._read
        with self.dataset.changes.session.entered():
            self._taken.filter(bool).subscribe(lambda _: changed())
        if behind:
            take()
            changed()

    def dispose(self) -> None:
        """Follow the dataset no longer."""
        self._taken.dispose()

    def source(self) -> ArrowSource:
        """Return the rows as columns: ``id`` first, the others as they first come."""
        with self._turn:
            self._shown = self._read
            rows = list(self._rows.values())
            images = set(self._images)
        names = list(dict.fromkeys(["id", *(name for row in rows for name in row)]))
        columns = [_column([row.get(name) for row in rows], name == "id") for name in names]
        found = of_columns(names, columns)
        self.images = {
            new: name for name, new in zip(names, found.table.column_names, strict=True) if name in images
        }
        kinds: dict[str, Kind] = dict.fromkeys(self.images, "image")
        return ArrowSource(found.table, found.notes, found.kinds | kinds)

    def image(self, column: str, id: str) -> Any:
        """Return the image of an instance, uint8 of shape (H, W) or (H, W, channels).

        Args:
            column: one of ``images``.
            id: the instance's id.

        Raises:
            DataError: the instance, or its image, is no longer there.
        """
        name = self.images[column]
        try:
            instance = self.dataset.get(id, [name, name.partition(".")[0]])
        except NotFoundError as error:
            raise DataError(f"The instance {id!r} is no longer in the dataset.") from error
        for part, value in _parts(instance):
            if part == name and isinstance(value, np.ndarray):
                return value
        raise DataError(f"The instance {id!r} has no image “{name}” any more.")

    def _hear(self, change: Change) -> None:
        told, self._told = self._told, None
        if change is not told:
            self._news.append(change)

    def _take_in(self, _change: Change) -> bool:
        if not self._news:
            return False
        time.sleep(GATHERING)
        news = [self._news.popleft() for _ in range(len(self._news))]
        if any(change.kind == "reset" for change in news):
            self.read()
        else:
            self._patch(news)
        with self._turn:
            take = self._take
        if take is None:
            return False
        take()
        return True

    def _patch(self, news: Sequence[Change]) -> None:
        touched = list(dict.fromkeys(id for change in news for id in change.ids))
        with self._turn:
            self._read += 1
            there = {instance["id"]: self._flat(instance) for instance in self._found(touched)}
            for id in touched:
                if id in there:
                    self._rows[id] = there[id]
                else:
                    self._rows.pop(id, None)

    def _found(self, ids: Sequence[str]) -> Iterator[Document]:
        for start in range(0, len(ids), AT_ONCE):
            yield from self.dataset.find({"id": {"$in": list(ids[start : start + AT_ONCE])}})

    def _flat(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for name, value in _parts(instance):
            if isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim in (2, 3):
                self._images.add(name)
                row[name] = instance["id"]
            else:
                row[name] = _plain(value)
        return row


def _parts(instance: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for key, value in instance.items():
        name = f"{prefix}{key}"
        small = isinstance(value, Mapping) and 0 < len(value) <= MOST_PARTS and depth < DEEPEST
        if small:
            yield from _parts(value, f"{name}.", depth + 1)
        else:
            yield name, value


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value if value.ndim == 1 else value.tolist()
    if isinstance(value, (list, tuple)):
        if value and all(type(part) in (int, float) for part in value):
            return np.asarray(value, np.float64)
        if all(isinstance(part, str) for part in value):
            return list(value)
        return json.dumps(value, default=str, ensure_ascii=False)
    if isinstance(value, Mapping):
        return json.dumps(value, default=str, ensure_ascii=False)
    if isinstance(value, np.generic):
        return value.item()
    return value


def _column(values: list[Any], of_ids: bool) -> Any:
    import pyarrow as pa

    if of_ids:
        return pa.array(values, pa.string())
    present = [value for value in values if value is not None]
    vectors = [value for value in present if isinstance(value, np.ndarray)]
    if vectors and len(vectors) == len(present) and all(value.dtype.kind in "fiub" for value in vectors):
        lengths = [0 if value is None else len(value) for value in values]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        single = all(value.dtype.itemsize <= 4 and value.dtype.kind == "f" for value in vectors)
        flat = np.concatenate(vectors).astype(np.float32 if single else np.float64)
        missing = pa.array([value is None for value in values])
        return pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(flat), mask=missing)
    return [value.tolist() if isinstance(value, np.ndarray) else value for value in values]
