"""Rows of a table in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from imlkit.errors import DataError
from imlkit.tables.samples.sample_type import ROW, Sample, SampleType

from .value_words import in_short, in_words

__all__ = ["RowSample"]

SHORT = 60


class RowSample(SampleType):
    """The names and values of a row, one a line."""

    kind = ROW

    def preview(self, value: Any, size: int) -> Sample:
        """Return the values in short."""
        return _lines(value, lambda one: in_short(one, SHORT))

    def detail(self, value: Any) -> Sample:
        """Return the values."""
        return _lines(value, in_words)


def _lines(row: Any, words: Callable[[Any], str]) -> Sample:
    if not isinstance(row, Mapping):
        raise DataError(f"{in_short(row, SHORT)} is no row of a table: give a dictionary of its values.")
    return Sample("text/plain", None, "\n".join(f"{name}: {words(value)}" for name, value in row.items()))
