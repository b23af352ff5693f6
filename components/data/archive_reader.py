"""A zip file's instances added to a dataset: all that can be, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from os import PathLike
from typing import TYPE_CHECKING, Any, BinaryIO

from imlkit.errors import DuplicateIdError
from imlkit.store import Document

from .archive import Progress, Uploaded
from .archive_contents import Contents, contents
from .archive_safety import LIMITS, Limits, opened

if TYPE_CHECKING:
    from .dataset import Dataset

__all__ = ["read_archive"]

_BATCH = 50


def read_archive(
    dataset: Dataset,
    file: str | PathLike[str] | BinaryIO,
    process: Callable[[Any], Any] | None = None,
    progress: Callable[[Progress], None] | None = None,
    limits: Limits = LIMITS,
) -> Uploaded:
    """Add the instances of a zip file (see :mod:`.archive`) to a dataset.

    Everything is read and checked before anything is stored; what fails later is taken back.
    Instances whose id is here already are left as they are.

    Args:
        dataset: where to add them.
        file: a path or an open binary file.
        process: makes the features ``x`` of each image (H, W, 3) of plain folders; None keeps the
            image as ``x``.
        progress: called after each instance; what it raises ends the work and takes it back.
        limits: the most that the archive may hold.

    Raises:
        ArchiveError: the file is damaged, unsafe, or holds no instance.
    """
    with opened(file, limits) as archive:
        for _ in _reported(contents(archive), "Checking", progress):
            pass
        return Storing(dataset).store(contents(archive, process), progress)


class Storing:
    """The second walk through an archive: what it adds can be taken back."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._created: list[str] = []
        self._present = 0
        self._changed = 0

    def store(self, found: Contents, progress: Callable[[Progress], None] | None) -> Uploaded:
        """Add what was found, or nothing."""
        try:
            batch: list[Document] = []
            for instance in _reported(found, "Storing", progress):
                batch.append(instance)
                if len(batch) == _BATCH:
                    self._add(batch)
                    batch = []
            self._add(batch)
        except BaseException:
            self._dataset.remove(self._created)
            raise
        return Uploaded(len(self._created), self._present, self._changed, tuple(found.skipped))

    def _add(self, batch: list[Document]) -> None:
        while True:
            ids = [instance["id"] for instance in batch]
            here = {instance["id"] for instance in self._dataset.find({"id": {"$in": ids}}, select=["id"])}
            new = [instance for instance in batch if instance["id"] not in here]
            try:
                self._dataset.create(new)
            except DuplicateIdError:
                # Someone else has just stored one of them: look again.
                continue
            break
        self._created += [instance["id"] for instance in new]
        for instance in batch:
            if instance["id"] in here:
                self._compare(instance)

    def _compare(self, instance: Document) -> None:
        try:
            # Creating what is here already, the same, changes nothing.
            self._dataset.create(instance)
            self._present += 1
        except DuplicateIdError:
            self._changed += 1


def _reported(found: Contents, task: str, progress: Callable[[Progress], None] | None) -> Iterator[Document]:
    for done, instance in enumerate(found, 1):
        yield instance
        if progress is not None:
            progress(Progress(task, done, max(found.total, done)))
