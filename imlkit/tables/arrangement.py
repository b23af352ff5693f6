"""How the rows of a table are put together and in order."""

from __future__ import annotations

from dataclasses import dataclass

from imlkit.errors import DataError

__all__ = ["Group", "Order"]

MOST_BINS = 10_000


@dataclass(frozen=True)
class Group:
    """Rows of one value together, or of one bin of values.

    Args:
        column: the column.
        bins: into how many bins of equal width to put numbers or times; None for a group a value.

    Raises:
        DataError: the number of bins is none.
    """

    column: str
    bins: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.column, str):
            raise DataError(f"A group is of {self.column!r}: give the name of a column.")
        if self.bins is not None and (type(self.bins) is not int or not 1 <= self.bins <= MOST_BINS):
            raise DataError(
                f"{self.bins!r} is no number of bins: give 1 to {MOST_BINS:,}, or None for values."
            )


@dataclass(frozen=True)
class Order:
    """Rows by the values of a column, the least first; rows without a value come last.

    Args:
        column: the column.
        descending: whether the greatest comes first.
    """

    column: str
    descending: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.column, str) or type(self.descending) is not bool:
            raise DataError(
                f"{self.column!r}, {self.descending!r} is no order: give a column, and True or False."
            )
