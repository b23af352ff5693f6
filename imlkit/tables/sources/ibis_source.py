"""Tables that lie on an engine already."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from imlkit.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["of_ibis"]

LONGEST_NAME = 63
"""How many bytes of a name PostgreSQL does not cut off."""


def of_ibis(table: ir.Table) -> ir.Table:
    """Return an Ibis table such that its engine means by what is asked of it what every other does.

    Columns of types that cannot be read from it become texts (identifiers, addresses, ranges, Spark's
    durations) or float64 (PostgreSQL's numbers without a fixed count of digits).

    Raises:
        DataError: its engine cannot tell its columns apart.
    """
    backend = table._find_backend(use_default=True)
    if backend.name == "postgres":
        return _on_postgresql(table)
    if backend.name != "pyspark":
        return table
    from .spark_engine import on_spark

    if backend._session.conf.get("spark.sql.caseSensitive") != "true":
        _check_capitals(table)
    return _replaced(on_spark(table, backend), _readable_from_spark)


def _on_postgresql(table: ir.Table) -> ir.Table:
    for name in table.columns:
        if len(name.encode()) > LONGEST_NAME:
            raise DataError(
                f"The column “{name}” has too long a name: PostgreSQL cuts names after {LONGEST_NAME} bytes. "
                "Give it a shorter one."
            )
    return _replaced(table, _readable_from_postgresql)


def _replaced(table: ir.Table, readable: Callable[[Any], str | None]) -> ir.Table:
    wanted = {name: readable(kind) for name, kind in table.schema().items()}
    replaced = {name: table[name].cast(kind) for name, kind in wanted.items() if kind is not None}
    return table.mutate(**replaced) if replaced else table


def _readable_from_spark(kind: Any) -> str | None:
    """Return what a type of Spark must become to be read; None where it can be."""
    return "string" if kind.is_interval() else None


def _readable_from_postgresql(kind: Any) -> str | None:
    """Return what a type of PostgreSQL must become to be read; None where it can be."""
    if kind.is_decimal():
        if kind.precision is None:
            return "float64"
        # This is how money is told of, which comes as text and is numbers when asked for as such.
        return "decimal(38, 4)" if (kind.precision, kind.scale) == (19, 4) else None
    is_text = kind.is_uuid() or kind.is_inet() or kind.is_macaddr() or kind.is_unknown()
    return "string" if is_text or kind.is_geospatial() else None


def _check_capitals(table: ir.Table) -> None:
    names: dict[str, str] = {}
    for name in table.columns:
        other = names.setdefault(name.lower(), name)
        if other != name:
            raise DataError(
                f"The columns “{other}” and “{name}” differ in capitals only, which Spark takes for one: "
                "rename one of them, or set spark.sql.caseSensitive to true."
            )
