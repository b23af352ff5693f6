"""Predicates as Ibis expressions, which every engine computes by itself."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from imlkit.errors import DataError

from .condition import Equals, InRange, IsNull, OneOf, Scalar, TextContains
from .exact import exact
from .predicate import All, AnyOf, Not, Predicate
from .text_expression import can_hold, containing, equal_to

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["expressed", "matching"]

WRITTEN = 500
"""The most values of a condition that are written into a query."""


def matching(table: ir.Table, predicate: Predicate) -> ir.Table:
    """Return the rows that meet a predicate.

    Raises:
        DataError: a column is not there, or cannot be compared with what it is compared with.
    """
    if predicate == All():
        return table
    return table.filter(expressed(table, predicate))


def expressed(table: ir.Table, predicate: Predicate) -> ir.BooleanValue:
    """Return a predicate as a condition on a table's rows; where it is null it is not met.

    Raises:
        DataError: as :func:`matching`.
    """
    import ibis

    match predicate:
        case All(parts):
            return _together(table, parts, True)
        case AnyOf(parts):
            return _together(table, parts, False)
        case Not(part):
            # What is unknown is not met, so its negation is.
            return ~ibis.coalesce(expressed(table, part), ibis.literal(False))
        case IsNull(column):
            return _column(table, column).isnull()
        case Equals(column, value):
            return _one_of(table, column, (value,))
        case OneOf(column, values):
            return _one_of(table, column, values)
        case InRange():
            return _in_range(_column(table, predicate.column), predicate)
        case TextContains():
            return _contains(table, predicate)
    raise DataError(f"{predicate!r} cannot be computed: use imlkit's own conditions.")


def _together(table: ir.Table, parts: Iterable[Predicate], every: bool) -> Any:
    import ibis

    conditions = [expressed(table, part) for part in parts]
    if not conditions:
        return ibis.literal(every)
    return ibis.and_(*conditions) if every else ibis.or_(*conditions)


def _column(table: ir.Table, name: str) -> Any:
    if name not in table.columns:
        raise DataError(f"There is no column “{name}”: the table has {_listed(table.columns)}.")
    return table[name]


def _one_of(table: ir.Table, name: str, values: tuple[Scalar, ...]) -> Any:
    import ibis

    column = _column(table, name)
    wanted = [_fitting(column, name, value) for value in values if value == value]
    conditions = []
    if column.type().is_uuid():
        column = column.cast("string")
    if any(isinstance(value, str) for value in wanted):
        backend = _backend(table)
        wanted = [value for value in wanted if can_hold(backend, value)]
        conditions += [equal_to(column, value) for value in wanted if "\0" in value]
        wanted = [value for value in wanted if "\0" not in value]
    if len(wanted) == 1:
        conditions.append(column == wanted[0])
    elif wanted:
        conditions.append(column.isin(_as_column(wanted) if _better_joined(table, wanted) else wanted))
    if any(value != value for value in values):
        _fitting(column, name, math.nan)
        conditions.append(_is_nan(column))
    return ibis.or_(*conditions) if conditions else ibis.literal(False)


def _better_joined(table: ir.Table, values: list[Any]) -> bool:
    # Written out, many values take longer to read than to compare: 73,000 ids ten seconds.
    if len(values) <= WRITTEN or _backend(table).name != "duckdb":
        return False
    return all(type(value) is int for value in values) or all(type(value) is str for value in values)


def _as_column(values: list[Any]) -> Any:
    import ibis
    import pyarrow as pa

    return ibis.memtable(pa.table({"value": pa.array(values)}))["value"]


def _in_range(column: Any, range: InRange) -> Any:
    import ibis

    conditions = []
    if range.low is not None:
        conditions.append(column >= _fitting(column, range.column, range.low))
    if range.high is not None:
        high = _fitting(column, range.column, range.high)
        conditions.append(column <= high if range.closed else column < high)
    if range.low is None and range.high is None:
        conditions.append(column.notnull())
    if range.high in (None, math.inf):
        # To engines NaN is greater than every number.
        conditions.append(~_is_nan(column))
    return ibis.and_(*conditions)


def _is_nan(column: Any) -> Any:
    import ibis

    if column.type().is_floating():
        return column.isnan()
    return column.cast("float64").isnan() if column.type().is_decimal() else ibis.literal(False)


def _contains(table: ir.Table, condition: TextContains) -> Any:
    column = _column(table, condition.column)
    if not column.type().is_string():
        raise DataError(
            f"“{condition.column}” holds {_named(column)}: a text can be looked for in a column of text only."
        )
    return containing(column, _backend(table), condition)


def _fitting(column: Any, name: str, value: Scalar) -> Any:
    """Return a value as the column's engine compares it, or raise DataError."""
    kind = column.type()
    match value:
        case bool():
            fits = kind.is_boolean()
        case int() | float():
            fits = kind.is_numeric() and not kind.is_boolean()
        case str():
            fits = kind.is_string() or kind.is_uuid()
        case _:
            fits = kind.is_timestamp() or kind.is_date()
    if not fits:
        raise DataError(f"“{name}” holds {_named(column)}: it cannot be compared with {value!r}.")
    if isinstance(value, date):
        return _at_time(kind, value)
    return exact(value) if isinstance(value, float) else value


def _at_time(kind: Any, value: date) -> Any:
    import ibis

    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    if kind.is_timestamp() and kind.timezone is not None:
        return ibis.timestamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    if moment.tzinfo:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return ibis.timestamp(moment)


def _backend(table: ir.Table) -> Any:
    return table._find_backend(use_default=True)


def _named(column: Any) -> str:
    kind = column.type()
    if kind.is_boolean():
        return "truth values"
    if kind.is_numeric():
        return "numbers"
    if kind.is_string():
        return "text"
    if kind.is_timestamp() or kind.is_date():
        return "times"
    return f"values of type {kind}"


def _listed(columns: Iterable[str]) -> str:
    names = [f"“{column}”" for column in columns]
    return ", ".join(names) if len(names) <= 10 else f"{', '.join(names[:10])} and {len(names) - 10:,} more"
