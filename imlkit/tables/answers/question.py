"""A question about a table that came from a page: read part by part, nothing of it trusted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from imlkit.errors import DataError

from ..arrangement import Group, Order
from ..predicates.predicate import All
from ..predicates.predicate_json import predicate_from_json
from ..seen import Id, as_filters, as_ids

__all__ = ["Question"]

MOST_PARTS = 20
"""Into how many groups rows are divided at once."""
Chart = tuple[str, int]
"""A column, and how many bins or values of it."""


class Question:
    """What a view asks of a table.

    Every method reads one part and raises :class:`DataError` where it is missing or of another kind.

    Args:
        said: what came, as JSON was read.
    """

    def __init__(self, said: Any) -> None:
        if not isinstance(said, Mapping):
            raise DataError(f"{said!r:.100} is no question about a table.")
        self._said = said

    @property
    def kind(self) -> str:
        """What is asked for."""
        return self.text("ask")

    def text(self, part: str) -> str:
        """Return a text."""
        value = self._said.get(part)
        if not isinstance(value, str):
            raise self._wrong(part, "a text")
        return value

    def optional_text(self, part: str) -> str | None:
        """Return a text, or None."""
        return None if self._said.get(part) is None else self.text(part)

    def integer(self, part: str, least: int, most: int) -> int:
        """Return a whole number within bounds."""
        value = self._said.get(part)
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int or not least <= value <= most:
            raise self._wrong(part, f"a whole number from {least:,} to {most:,}")
        return value

    def flag(self, part: str) -> bool:
        """Return whether a part is true; left out, it is not."""
        value = self._said.get(part, False)
        if type(value) is not bool:
            raise self._wrong(part, "true or false")
        return value

    def filters(self) -> All:
        """Return the conditions on rows; without any, all rows are meant."""
        given = self._said.get("filters")
        return as_filters(predicate_from_json(given) if given is not None else None)

    def divided(self) -> list[All] | None:
        """Return what the rows of each group meet, or None where rows are not divided."""
        if self._said.get("parts") is None:
            return None
        return [as_filters(predicate_from_json(each)) for each in self._several("parts", MOST_PARTS)]

    def chart(self, part: str) -> Chart:
        """Return a chart."""
        return _chart(self._said.get(part), part)

    def optional_chart(self, part: str) -> Chart | None:
        """Return a chart, or None."""
        return None if self._said.get(part) is None else self.chart(part)

    def charts(self, part: str, most: int = 1_000) -> list[Chart]:
        """Return several charts."""
        return [_chart(each, part) for each in self._several(part, most)]

    def columns(self, part: str, most: int = 1_000) -> list[str] | None:
        """Return names of columns, each once; None for all of them."""
        if self._said.get(part) is None:
            return None
        names = self._several(part, most)
        if not all(isinstance(name, str) for name in names):
            raise self._wrong(part, "a list of names of columns")
        return list(dict.fromkeys(names))

    def ids(self, part: str, most: int) -> tuple[Id, ...]:
        """Return ids of rows, each once."""
        return as_ids(self._several(part, most))

    def sort(self) -> tuple[Order, ...]:
        """Return the order of rows; none if left out."""
        return tuple(_made(Order, each) for each in self._several("sort", 100, ()))

    def groups(self) -> tuple[Group, ...]:
        """Return how rows are put together."""
        return tuple(_made(Group, each) for each in self._several("groups", 10))

    def numbers(self, part: str, count: int) -> list[float] | None:
        """Return so many finite numbers, or None."""
        return None if self._said.get(part) is None else _finite(self._said[part], count, part)

    def points(self, part: str, most: int) -> list[list[float]]:
        """Return points, each of two finite numbers."""
        return [_finite(each, 2, part) for each in self._several(part, most)]

    def _several(self, part: str, most: int, default: Any = None) -> list[Any]:
        value = self._said.get(part, default)
        if not isinstance(value, (list, tuple)) or len(value) > most:
            raise self._wrong(part, f"a list of at most {most:,}")
        return list(value)

    def _wrong(self, part: str, wanted: str) -> DataError:
        return DataError(f"{self._said.get(part)!r:.100} is given as “{part}”: it must be {wanted}.")


def _chart(given: Any, part: str) -> Chart:
    match given:
        case [str(column), int(most)] if type(most) is int and 1 <= most <= 10_000:
            return column, most
    raise DataError(f"{given!r:.100} is no chart, in “{part}”: give a column and a number of bars.")


def _made(kind: type[Any], given: Any) -> Any:
    try:
        return kind(**given)
    except TypeError as error:
        raise DataError(
            f"{given!r:.100} is no {kind.__name__}: give what LinkedState.to_json gives."
        ) from error


def _finite(given: Any, count: int, part: str) -> list[float]:
    fits = isinstance(given, (list, tuple)) and len(given) == count
    if not fits or not all(type(one) in (int, float) and math.isfinite(one) for one in given):
        raise DataError(f"{given!r:.100} is given in “{part}”: it must be {count} finite numbers.")
    return [float(one) for one in given]
