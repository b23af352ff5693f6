"""A table of instances, on whatever engine it lies."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from imlkit.errors import DataError

from .column import Column, Kind, recognised
from .linked_state import LinkedState
from .predicate import All, OneOf, Predicate
from .predicate_expression import matching
from .rows import Rows
from .table_source import open_source

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Table"]

SAMPLE = 1_000
"""How many rows are looked at to recognise what columns hold."""


class Table:
    """A table, one instance a row.

    Args:
        source: a DataFrame of pandas or polars, an Arrow table, a dictionary of columns, a list of
            dictionaries, Parquet or CSV files (a path, a folder, several), or an Ibis table on any
            engine that Ibis speaks. Nothing is copied that need not be.
        id: the column that names each row; ``"id"`` if left out, or where there is none the rows'
            numbers from 0.
        kinds: what columns are to be taken for where it is not recognised: see
            :data:`imlkit.tables.column.Kind`.
        title: what people call it.

    Attributes:
        expression: the table as an Ibis table.
        id: the name of the column of ids.

    Raises:
        DataError: the source is no table, ids repeat or are missing, a column is not there.
    """

    def __init__(
        self, source: Any, id: str | None = None, kinds: Mapping[str, Kind] | None = None, title: str = ""
    ) -> None:
        self.title = title
        self._corrected = {name: Column(name, kind) for name, kind in (kinds or {}).items()}
        self.expression, self.id = _with_ids(open_source(source), id)
        for name, column in self._corrected.items():
            if name not in self.expression.columns:
                raise DataError(f"There is no column “{name}” to be taken for {column.kind!r}.")

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The columns by name, in their order."""
        schema = self.expression.schema()
        sample = self.expression.limit(SAMPLE).to_pyarrow()
        return {
            name: self._corrected.get(name) or recognised(name, kind, sample.column(name).to_pylist())
            for name, kind in schema.items()
        }

    def count(self, predicate: Predicate | None = None) -> int:
        """Return how many rows meet a predicate; all if left out.

        Raises:
            DataError: the predicate does not fit the columns.
        """
        return len(self.where(predicate if predicate is not None else All()))

    def where(self, predicate: Predicate) -> Rows:
        """Return the rows that meet a predicate.

        Raises:
            DataError: the predicate does not fit the columns.
        """
        return Rows(matching(self.expression, predicate))

    def filtered(self, state: LinkedState) -> Rows:
        """Return the rows that a state's filters leave, in its order."""
        rows = matching(self.expression, state.filters.value)
        return Rows(rows.order_by(*_orders(rows, state)) if state.sort.value else rows)

    def selected(self, state: LinkedState) -> Rows:
        """Return the rows that are selected in a state, whether its filters leave them or not."""
        return self.where(OneOf(self.id, state.selection.value))


def _orders(rows: ir.Table, state: LinkedState) -> list[Any]:
    orders = []
    for order in state.sort.value:
        if order.column not in rows.columns:
            raise DataError(f"There is no column “{order.column}” to sort by.")
        column = rows[order.column]
        orders.append(column.desc(nulls_first=False) if order.descending else column.asc(nulls_first=False))
    return orders


def _with_ids(table: ir.Table, id: str | None) -> tuple[ir.Table, str]:
    if id is None and "id" not in table.columns:
        import ibis

        return table.mutate(id=ibis.row_number()), "id"
    name = "id" if id is None else id
    if name not in table.columns:
        raise DataError(f"There is no column “{name}” of ids: name the one that has them with id=….")
    column = table[name]
    if not (column.type().is_integer() or column.type().is_string()):
        raise DataError(f"The ids in “{name}” are of type {column.type()}: ids are texts or whole numbers.")
    repeated = table.group_by(name).agg(rows=table.count()).filter(lambda groups: groups.rows > 1)
    checked = table.aggregate(rows=table.count(), ids=column.nunique(), named=column.count()).to_pyarrow()
    rows, ids, named = (checked.column(part)[0].as_py() for part in ("rows", "ids", "named"))
    if named < rows:
        raise DataError(f"{rows - named:,} rows have no id in “{name}”: give them one, or another column.")
    if ids < rows:
        example = repeated.order_by(name).limit(1).to_pyarrow().column(name)[0].as_py()
        raise DataError(
            f"The ids in “{name}” repeat, {example!r} for one: give a column in which every row has its own."
        )
    return table, name
