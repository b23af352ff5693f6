"""What is asked of the rows of a table: a tree of typed conditions, never text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from imlkit.errors import DataError

__all__ = ["All", "AnyOf", "Combined", "Not", "Predicate"]


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


def _predicates(parts: tuple[Predicate, ...]) -> None:
    for part in parts:
        if not isinstance(part, Predicate):
            raise DataError(f"{part!r} is no condition: give Equals, InRange, … or All of some.")


def _parts(predicate: Predicate, kind: type[Combined]) -> Iterator[Predicate]:
    if isinstance(predicate, kind):
        yield from predicate.parts
    else:
        yield predicate
