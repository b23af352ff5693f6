"""Which features describe an instance: what it records, and how it is told from others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from imlkit.errors import DataError
from imlkit.store import Change, Document, Query, Store
from imlkit.streams import Stream

__all__ = [
    "FIELD",
    "Pictured",
    "Way",
    "checked_ways",
    "features_by",
    "make_sure",
    "stale",
    "stamp_of",
    "stamped",
]

FIELD = "features"
"""The field in which an instance records what described it."""


class Way(Protocol):
    """What describes images by numbers, such as HogFeatures. It may be called from any thread."""

    @property
    def length(self) -> int: ...

    def process(self, image: NDArray[np.uint8], /) -> NDArray[np.float32]: ...

    def dispose(self) -> None: ...


class Pictured(Protocol):
    """What is needed of a dataset whose instances keep their image."""

    name: Any
    store: Store
    changes: Stream[Change]

    def count(self, query: Query | None = None) -> int: ...

    def find(
        self,
        query: Query | None = None,
        sort: Any = None,
        skip: int = 0,
        limit: int | None = None,
        select: Iterable[str] | None = None,
    ) -> list[Document]: ...

    def iterate(
        self, query: Query | None = None, select: Sequence[str] | None = None, batch: int = 100
    ) -> Iterator[Document]: ...

    def patch(self, id: str, fields: Mapping[str, Any]) -> Document: ...

    def patch_many(self, ids: Sequence[str], fields: Mapping[str, Any]) -> list[str]: ...


def stamp_of(name: str, way: Way) -> str:
    """Return what an instance records that was described so: the way's name and how many numbers."""
    return f"{name}/{way.length}"


def stale(stamp: str, but: Iterable[str] = ()) -> Query:
    """Return the query for the instances that record another stamp or none, but for some ids."""
    others: Query = {FIELD: {"$ne": stamp}}
    passed_over = list(but)
    return {"$and": [others, {"id": {"$nin": passed_over}}]} if passed_over else others


def stamped(instance: Document, way: Way) -> bool:
    """Whether an instance with no stamp was described by this way: no two ways give as many numbers."""
    x = instance.get("x")
    return FIELD not in instance and isinstance(x, np.ndarray | list) and np.shape(x) == (way.length,)


def features_by(way: Way, images: Sequence[Any]) -> list[NDArray[np.float32] | None]:
    """Return the features of each image, and None for what is no image or an empty one."""
    known = [image for image in images if image is not None]
    try:
        batch = getattr(way, "process_batch", None)
        rows = [_row(way, x) for x in (batch(known) if batch else map(way.process, known))]
    except DataError:
        if len(images) > 1:
            return [features_by(way, [image])[0] for image in images]
        return [None] * len(images)
    found = iter(rows)
    return [None if image is None else next(found) for image in images]


def _row(way: Way, x: Any) -> NDArray[np.float32]:
    row = np.asarray(x, np.float32)
    if row.shape != (way.length,) or not np.isfinite(row).all():
        # No DataError: it is the way that is at fault, not an image.
        raise TypeError(
            f"{type(way).__name__} gave an array of shape {row.shape}, or values that are not finite: "
            f"it must give {way.length:,} numbers"
        )
    return row


def checked_ways(ways: Mapping[str, Any]) -> dict[str, Way]:
    """Return ways to describe images by name. Raises DataError where they are no choice."""
    if len(ways) < 2:
        raise DataError(f"A choice needs at least two ways to describe images, not {len(ways)}: give more.")
    lengths: dict[int, str] = {}
    for name, way in ways.items():
        if not name.strip():
            raise DataError(f"A way to describe images is called {name!r}: give it a name that can be read.")
        if way.length in lengths:
            raise DataError(
                f"“{lengths[way.length]}” and “{name}” both give {way.length:,} numbers, so that nothing "
                "would tell what a model was trained on: give one of them another length."
            )
        lengths[way.length] = name
    return dict(ways)


def make_sure(way: Way) -> None:
    """Describe a small image, after which the way is ready. Raises what keeps it from that."""
    image = np.zeros((32, 32, 3), np.uint8)
    image[8:24, 8:24] = 255
    features_by(way, [image])
