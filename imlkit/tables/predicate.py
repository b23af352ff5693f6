"""What is asked of the rows of a table: a tree of typed conditions, never text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from imlkit.errors import DataError

__all__ = [
    "All",
    "AnyOf",
    "Equals",
    "InRange",
    "IsNull",
    "Not",
    "OneOf",
    "Predicate",
    "Scalar",
    "TextContains",
]

Scalar = bool | int | float | str | datetime | date
"""What a condition compares with."""

MOST_VALUES = 100_000
"""The most values of one condition."""
LONGEST_PATTERN = 1_000
"""The most characters of a text that is looked for."""


class Predicate(ABC):
    """A condition on rows, as a value: equal conditions are equal, and can be dictionary keys.

    A row whose value is missing meets no condition on it but :class:`IsNull`. A condition and its
    negation (:class:`Not`) are together all rows, those with a missing value included.

    ``&``, ``|`` and ``~`` combine predicates.
    """

    @property
    @abstractmethod
    def columns(self) -> frozenset[str]:
        """The columns that are looked at."""

    def __and__(self, other: Predicate) -> All:
        return All((*_parts(self, All), *_parts(other, All)))

    def __or__(self, other: Predicate) -> AnyOf:
        return AnyOf((*_parts(self, AnyOf), *_parts(other, AnyOf)))

    def __invert__(self) -> Predicate:
        return self.part if isinstance(self, Not) else Not(self)


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


@dataclass(frozen=True)
class Equals(OnColumn):
    """The value is this one; NaN equals NaN."""

    value: Scalar

    def __post_init__(self) -> None:
        super().__post_init__()
        _scalar(self.value, self.column)

    def __eq__(self, other: object) -> bool:
        return type(other) is Equals and _key(self) == _key(other)

    def __hash__(self) -> int:
        return hash(_key(self))


@dataclass(frozen=True)
class OneOf(OnColumn):
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

    def __eq__(self, other: object) -> bool:
        return type(other) is OneOf and _key(self) == _key(other)

    def __hash__(self) -> int:
        return hash(_key(self))


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


@dataclass(frozen=True)
class Combined(Predicate):
    """Conditions together."""

    parts: tuple[Predicate, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.parts, tuple):
            object.__setattr__(self, "parts", tuple(self.parts))
        _predicates(self.parts)

    @property
    def columns(self) -> frozenset[str]:
        return frozenset().union(*(part.columns for part in self.parts))


@dataclass(frozen=True)
class All(Combined):
    """Every one of these is met; without any, every row meets it."""


@dataclass(frozen=True)
class AnyOf(Combined):
    """At least one of these is met; without any, no row meets it."""


@dataclass(frozen=True)
class Not(Predicate):
    """This is not met."""

    part: Predicate

    def __post_init__(self) -> None:
        _predicates((self.part,))

    @property
    def columns(self) -> frozenset[str]:
        return self.part.columns


def _scalar(value: object, column: str) -> None:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise DataError(f"“{column}” cannot be compared with so long an integer: give at most 64 bits.")
    if not isinstance(value, Scalar):
        raise DataError(
            f"“{column}” cannot be compared with {value!r}: give a truth value, a number, a text or a time."
        )


def _predicates(parts: tuple[Predicate, ...]) -> None:
    for part in parts:
        if not isinstance(part, Predicate):
            raise DataError(f"{part!r} is no condition: give Equals, InRange, … or All of some.")


def _parts(predicate: Predicate, kind: type[Combined]) -> Iterator[Predicate]:
    if isinstance(predicate, kind):
        yield from predicate.parts
    else:
        yield predicate


def _key(condition: Equals | OneOf) -> object:
    # True equals 1 and NaN nothing; as conditions they are what they are.
    values = (condition.value,) if isinstance(condition, Equals) else condition.values
    return (
        type(condition),
        condition.column,
        frozenset((type(value), value if value == value else "nan") for value in values),
    )
