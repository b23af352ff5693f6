"""Conditions on one column."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import date, datetime

from imlkit.errors import DataError

from .predicate import Predicate

__all__ = ["Equals", "InRange", "IsNull", "OneOf", "Scalar", "TextContains"]

Scalar = bool | int | float | str | datetime | date
"""What a condition compares with."""

MOST_VALUES = 100_000
"""The most values of one condition."""
LONGEST_PATTERN = 1_000
"""The most characters of a text that is looked for."""


@dataclass(frozen=True)
class OnColumn(Predicate):
    """A condition on one column."""

    column: str

    def __post_init__(self) -> None:
        if not isinstance(self.column, str):
            raise DataError(f"A condition is on {self.column!r}: give the name of a column.")

    @property
    def columns(self) -> frozenset[str]:
        return frozenset((self.column,))


class OnValues(OnColumn):
    """A condition on one column that names values: True is not 1, and NaN equals NaN."""

    @property
    @abstractmethod
    def _named(self) -> tuple[Scalar, ...]: ...

    @property
    def _key(self) -> object:
        values = frozenset((type(value), value if value == value else "nan") for value in self._named)
        return self.column, values

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, OnValues) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@dataclass(frozen=True, eq=False)
class Equals(OnValues):
    """The value is this one."""

    value: Scalar

    def __post_init__(self) -> None:
        super().__post_init__()
        _scalar(self.value, self.column)

    @property
    def _named(self) -> tuple[Scalar, ...]:
        return (self.value,)


@dataclass(frozen=True, eq=False)
class OneOf(OnValues):
    """The value is one of these. Their order does not count."""

    values: tuple[Scalar, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.values, tuple):
            object.__setattr__(self, "values", tuple(self.values))
        for value in self.values:
            _scalar(value, self.column)
        if len(self.values) > MOST_VALUES:
            raise DataError(
                f"A condition on “{self.column}” has {len(self.values):,} values: "
                f"give at most {MOST_VALUES:,}, or a range."
            )

    @property
    def _named(self) -> tuple[Scalar, ...]:
        return self.values


@dataclass(frozen=True)
class InRange(OnColumn):
    """The value is at least ``low`` and below ``high``, as in the bins of a histogram.

    Args:
        column: a column of numbers or times.
        low: the least value; None for no bound.
        high: the bound above; None for no bound.
        closed: whether ``high`` itself is included, as in a histogram's last bin.

    Raises:
        DataError: a bound is no number and no time, or ``high`` is below ``low``.
    """

    low: float | datetime | date | None = None
    high: float | datetime | date | None = None
    closed: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for bound in (self.low, self.high):
            fits = isinstance(bound, (int, float, datetime, date)) and not isinstance(bound, bool)
            if bound is not None and (not fits or bound != bound):
                raise DataError(f"{bound!r} is no bound of “{self.column}”: give a number or a time.")
        try:
            backwards = self.low is not None and self.high is not None and self.high < self.low  # type: ignore[operator]
        except TypeError as error:
            raise DataError(
                f"The range of “{self.column}” is from {self.low!r} to {self.high!r}: give two of one kind."
            ) from error
        if backwards:
            raise DataError(
                f"The range of “{self.column}” is from {self.low!r} to {self.high!r}: give the lower first."
            )


@dataclass(frozen=True)
class IsNull(OnColumn):
    """There is no value. NaN is one: ``Equals(column, math.nan)`` finds it."""


@dataclass(frozen=True)
class TextContains(OnColumn):
    """A text is in the value.

    Args:
        column: a column of text.
        text: what is looked for.
        case: whether capitals count.
        whole_word: whether it must stand for itself, with no letter, digit or underscore beside it.
        regex: whether ``text`` is a regular expression, in the engine's own dialect.
    """

    text: str
    case: bool = False
    whole_word: bool = False
    regex: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.text, str) or len(self.text) > LONGEST_PATTERN:
            raise DataError(
                f"What is looked for in “{self.column}” is no text of at most {LONGEST_PATTERN:,} characters."
            )


def _scalar(value: object, column: str) -> None:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise DataError(f"“{column}” cannot be compared with so long an integer: give at most 64 bits.")
    if not isinstance(value, Scalar):
        raise DataError(
            f"“{column}” cannot be compared with {value!r}: give a truth value, a number, a text or a time."
        )
