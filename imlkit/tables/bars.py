"""The bars of a chart: which rows each stands for, those with no usual value included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

from .bins import Bins
from .exact import exact
from .histogram import histogram, value_counts
from .predicate import AnyOf, Equals, InRange, IsNull, OneOf, Predicate, Scalar

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Bars", "bars_of"]

Special = Literal["others", "null", "nan", "-inf", "inf"]
"""What a bar stands for beside a bin or a value."""


@dataclass(frozen=True)
class Bars:
    """The bars of a chart of one column. Each row is in exactly one, or in none.

    Attributes:
        column: the column's name.
        bins: the bins of the first bars, of a column of numbers; else None.
        values: what the first bars stand for, of any other column.
        specials: what the bars after them stand for.
    """

    column: str
    bins: Bins | None = None
    values: tuple[Scalar, ...] = ()
    specials: tuple[Special, ...] = ()

    @property
    def usual(self) -> int:
        """How many bars stand for a bin or a value."""
        return self.bins.count if self.bins is not None else len(self.values)

    def __len__(self) -> int:
        return self.usual + len(self.specials)

    def expression(self, table: ir.Table) -> Any:
        """Return the number of each row's bar, from 0; null for rows in none."""
        import ibis

        column = table[self.column]
        places = {special: self.usual + n for n, special in enumerate(self.specials)}
        cases = []
        if "null" in places:
            cases.append((column.isnull(), places["null"]))
        if "nan" in places:
            cases.append((column.isnan(), places["nan"]))
        for infinity in ("-inf", "inf"):
            if infinity in places:
                cases.append((column.cast("float64") == exact(float(infinity)), places[infinity]))
        if self.bins is not None:
            usual = self.bins.expression(column)
        else:
            cases += [(column == value, n) for n, value in enumerate(self.values)]
            rest = column.notnull()
            usual = ibis.ifelse(rest, places["others"], ibis.null("int64")) if "others" in places else None
        if not cases:
            return usual if usual is not None else ibis.null("int64")
        return ibis.cases(*cases, else_=usual) if usual is not None else ibis.cases(*cases)

    def counts(self, table: ir.Table) -> npt.NDArray[np.int64]:
        """Return how many of the rows are in each bar, int64 of shape (bars,)."""
        import ibis

        found = table.select(bar=self.expression(table)).group_by("bar").agg(rows=ibis._.count()).to_pyarrow()
        counts = np.zeros(len(self), np.int64)
        for bar, rows in zip(found.column("bar").to_pylist(), found.column("rows").to_pylist(), strict=True):
            if bar is not None:
                counts[bar] = rows
        return counts

    def predicate(self, chosen: Iterable[int]) -> Predicate:
        """Return the condition that a row is in one of some bars.

        Raises:
            DataError: there is no such bar, or one of them is of all other values.
        """
        parts: list[Predicate] = []
        values: list[Scalar] = []
        for bar in sorted(set(chosen)):
            if not 0 <= bar < len(self):
                raise DataError(f"The chart of “{self.column}” has no bar {bar!r}: it has {len(self)}.")
            if bar < self.usual:
                if self.bins is None:
                    values.append(self.values[bar])
                else:
                    low, high = (float(edge) for edge in self.bins.edges[bar : bar + 2])
                    parts.append(InRange(self.column, low, high, bar == self.usual - 1))
            elif self.specials[bar - self.usual] == "others":
                # The others are all but those shown.
                parts.append(~(OneOf(self.column, self.values) | IsNull(self.column)))
            elif self.specials[bar - self.usual] == "null":
                parts.append(IsNull(self.column))
            else:
                parts.append(Equals(self.column, float(self.specials[bar - self.usual])))
        if values:
            parts.insert(0, OneOf(self.column, tuple(values)))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def bars_of(table: ir.Table, column: str, most: int = 20) -> Bars:
    """Return bars that show every row of a column, whatever is in it.

    Args:
        table: an Ibis table.
        column: the column's name.
        most: how many bins, or how many values; the others share a bar.

    Raises:
        DataError: there is no such column.
    """
    if column in table.columns and table[column].type().is_numeric():
        found = histogram(table, column, most)
        numbers = {
            "null": found.nulls,
            "nan": found.nans,
            "-inf": found.minus_infinities,
            "inf": found.infinities,
        }
        return Bars(column, found.bins, (), tuple(name for name, rows in numbers.items() if rows))  # type: ignore[misc]
    said = value_counts(table, column, most)
    rest = {"others": said.others, "null": said.nulls}
    return Bars(column, None, said.values, tuple(name for name, rows in rest.items() if rows))  # type: ignore[misc]
