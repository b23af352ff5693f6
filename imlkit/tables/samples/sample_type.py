"""How the samples of a table are shown: a picture, a sound or words, made in Python.

Types are found by the kind of column they show (see :data:`imlkit.tables.column.Kind`) through
the entry-point group ``imlkit.samples``; a script adds its own with :func:`register`. Whatever
passes the suite in ``tests/contracts/sample_type_contract.py`` is one.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from imlkit.errors import DataError
from imlkit.registry import found

__all__ = ["ROW", "Sample", "SampleType", "register", "sample_type"]

ROW = "row"
"""The kind of a whole row, a dictionary of its values by column."""

GROUP = "imlkit.samples"
PLAIN = "text"

_known: dict[str, SampleType] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Sample:
    """Something a browser can show.

    Attributes:
        media_type: ``image/…``, ``audio/…``, or ``text/plain`` for what is said in ``text`` alone.
        data: the picture's or sound's file; None for text.
        text: the sample in words, shown as plain text and to those who do not see the picture.
    """

    media_type: str
    data: bytes | None
    text: str


class SampleType(ABC):
    """Shows the values of one kind of column. Its methods are called on several threads at once."""

    kind: ClassVar[str]
    """The kind of column that it shows."""

    of_files: ClassVar[bool] = False
    """Whether a value that is a text names a file: it is then given as a ``pathlib.Path``."""

    @abstractmethod
    def preview(self, value: Any, size: int) -> Sample:
        """Return a value in small.

        Args:
            value: from the table, never None; where :attr:`of_files`, a path may stand for it.
            size: the most pixels each way.

        Raises:
            DataError: it cannot be shown; the message says why and is shown in its place.
        """

    @abstractmethod
    def detail(self, value: Any) -> Sample:
        """Return a value in full. Raises DataError as :meth:`preview` does."""


def register(type: SampleType) -> None:
    """Show columns of this type's kind with it from now on, in the place of the one there was.

    Raises:
        DataError: it is no sample type.
    """
    if not isinstance(type, SampleType) or not isinstance(getattr(type, "kind", None), str):
        raise DataError(
            f"{type!r} is no sample type: give an object of a subclass of SampleType with a kind."
        )
    with _lock:
        _known[type.kind] = type


def sample_type(kind: str) -> SampleType:
    """Return what shows a kind of column, or a whole row (:data:`ROW`); words for want of anything better."""
    with _lock:
        if kind not in _known:
            installed = found(GROUP)
            name = kind if kind in installed else PLAIN
            if name not in _known:
                _known[name] = installed[name].load()()
            return _known[name]
        return _known[kind]
