"""The bars of a chart: which rows each stands for, those with no usual value included."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

from ..predicates.condition import Equals, InRange, IsNull, OneOf, Scalar
from ..predicates.exact import exact
from ..predicates.moments import Clock, clock_of, milliseconds, moments_between
from ..predicates.predicate import AnyOf, Predicate
from ..predicates.predicate_json import value_to_json
from .bin_choice import fitting, of_whole_numbers
from .bins import Bins
from .spread import Spread, spread
from .value_counts import value_counts

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Bars", "Special", "bars_of", "bars_over"]

Special = Literal["others", "null", "nan", "-inf", "inf"]
"""What a bar stands for beside a bin or a value."""

ABREAST = 64
"""How many values a row is compared with one after another."""


@dataclass(frozen=True)
class Bars:
    """The bars of a chart of one column. Each row is in exactly one, or in none.

    Attributes:
        column: the column's name.
        bins: the bins of the first bars, of a column of numbers or times (in milliseconds since 1970
            UTC); else None.
        values: what the first bars stand for, of any other column.
        specials: what the bars after them stand for.
        type: what the column holds.
        clock: of a column of times, which kind of times.
        distinct: of a column of values, how many different ones there are.
        whole: whether the numbers are whole ones.
    """

    column: str
    bins: Bins | None = None
    values: tuple[Scalar, ...] = ()
    specials: tuple[Special, ...] = ()
    type: Literal["numbers", "times", "values"] = "values"
    clock: Clock | None = None
    distinct: int | None = field(default=None, compare=False)
    whole: bool = False

    @property
    def usual(self) -> int:
        """How many bars stand for a bin or a value."""
        return self.bins.count if self.bins is not None else len(self.values)

    def __len__(self) -> int:
        return self.usual + len(self.specials)

    def place(self, special: str) -> int:
        """Return the number of a special bar; the number of bars where there is none."""
        return self.usual + self.specials.index(special) if special in self.specials else len(self)

    def positions(self, count: int) -> Bars:
        """Return finer bars over the same numbers or times, for a brush; without special ones.

        Raises:
            DataError: it is no chart of numbers or times.
        """
        if self.type == "values":
            raise DataError(f"“{self.column}” is no chart of numbers or times: only those can be brushed.")
        bins = None if self.bins is None else fitting(self.bins.low, self.bins.high, count)
        return Bars(self.column, bins, type=self.type, clock=self.clock)

    def source(self, table: ir.Table) -> ir.Column:
        """Return what a row's bar is found from: float64, times, or values."""
        if self.column not in table.columns:
            raise DataError(f"There is no column “{self.column}” any more: choose another.")
        column = table[self.column]
        kind = column.type()
        if self.type == "numbers" or kind.is_decimal():
            return column.cast("float64")
        return column.cast("string") if kind.is_uuid() else column

    def expression(self, table: ir.Table) -> Any:
        """Return the number of each row's bar, from 0; null for rows in none."""
        import ibis

        column = self.source(table)
        cases: list[tuple[Any, Any]] = []
        if self.type == "times":
            column = milliseconds(column)
        for special in self.specials:
            if special == "null":
                cases.append((column.isnull(), self.place(special)))
            elif special == "nan":
                cases.append((column.isnan(), self.place(special)))
            elif special != "others":
                cases.append((column == exact(float(special)), self.place(special)))
        usual: Any = ibis.null("int64")
        if self.bins is not None:
            usual = self.bins.expression(column)
        elif self.values or "others" in self.specials:
            if "others" in self.specials:
                usual = ibis.ifelse(column.notnull(), self.place("others"), usual)
            cases += self._compared(column)
        return ibis.cases(*cases, else_=usual) if cases else usual

    def _compared(self, column: Any) -> list[tuple[Any, Any]]:
        import ibis

        wanted = [exact(value) if isinstance(value, float) else value for value in self.values]
        alike = [
            (column.isnan() if isinstance(value, float) and math.isnan(value) else column == wanted[n], n)
            for n, value in enumerate(self.values)
        ]
        if len(alike) <= ABREAST:
            return alike
        some = [slice(start, start + ABREAST) for start in range(0, len(alike), ABREAST)]
        return [(column.isin(wanted[part]), ibis.cases(*alike[part])) for part in some]

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
            DataError: there is no such bar.
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
                    parts.append(self._in_bin(self.bins, bar))
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

    def to_json(self) -> dict[str, Any]:
        """Return the bars for a page, in strict JSON; edges of times in milliseconds since 1970 UTC."""
        edges = None if self.type == "values" else [] if self.bins is None else self.bins.edges.tolist()
        said: dict[str, Any] = {
            "column": self.column,
            "type": self.type,
            "edges": edges,
            "values": [value_to_json(value) for value in self.values],
            "specials": list(self.specials),
        }
        if self.clock is not None:
            said["clock"] = self.clock
        if self.whole:
            said["whole"] = True
        return said if self.distinct is None else {**said, "distinct": self.distinct}

    def _in_bin(self, bins: Bins, bar: int) -> Predicate:
        low, high = (float(edge) for edge in bins.edges[bar : bar + 2])
        last = bar == self.usual - 1
        if self.clock is None:
            return InRange(self.column, low, high, last)
        return InRange(self.column, *moments_between(low, high, last, self.clock))


def bars_of(table: ir.Table, column: str, most: int = 20, by_value: bool = False) -> Bars:
    """Return bars that show every row of a column, whatever is in it.

    Args:
        table: an Ibis table.
        column: the column's name.
        most: how many bins, or how many values; the others share a bar.
        by_value: whether numbers are shown each by itself, as codes of something.

    Raises:
        DataError: there is no such column, or it holds what no chart is made of.
    """
    if column not in table.columns:
        raise DataError(f"There is no column “{column}” to make a chart of.")
    kind = table[column].type()
    clock = clock_of(kind)
    if clock is not None or (kind.is_numeric() and not kind.is_boolean() and not by_value):
        return bars_over(column, spread(table, column), most, clock, kind.is_integer())
    if not (kind.is_boolean() or kind.is_numeric() or kind.is_string() or kind.is_uuid()):
        raise DataError(f"“{column}” holds values of type {kind}: charts are of numbers, times and texts.")
    said = value_counts(table, column, most)
    values = tuple(str(value) for value in said.values) if kind.is_uuid() else said.values
    if kind.is_decimal():
        values = tuple(float(value) for value in values)
    rest: dict[Special, int] = {"others": said.others, "null": said.nulls}
    return Bars(column, None, values, _there(rest), distinct=said.distinct)


def bars_over(column: str, found: Spread, most: int, clock: Clock | None = None, whole: bool = False) -> Bars:
    """Return bars of numbers or times that go from one to another.

    Args:
        column: the column's name.
        found: from where to where they go, and what else is there.
        most: how many bins.
        clock: of times, which kind of times.
        whole: whether the numbers are whole ones.
    """
    specials: dict[Special, int] = {
        "null": found.nulls,
        "nan": found.nans,
        "-inf": found.minus_infinities,
        "inf": found.infinities,
    }
    into = of_whole_numbers if whole else fitting
    bins = into(found.low, found.high, most) if found.finite else None
    type: Literal["numbers", "times"] = "numbers" if clock is None else "times"
    return Bars(column, bins, (), _there(specials), type, clock, whole=whole)


def _there(rows: dict[Special, int]) -> tuple[Special, ...]:
    return tuple(special for special, count in rows.items() if count)
