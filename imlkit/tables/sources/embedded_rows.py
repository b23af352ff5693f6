"""The rows of a wide table on an embedded DuckDB, a few columns at a time."""

from __future__ import annotations

import weakref
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["EmbeddedRows", "quoted"]

KEPT = 64
"""How many views of some columns are kept for whoever asks for the same ones next."""


class EmbeddedRows:
    """Rows on an embedded DuckDB: all their columns, or views of the few that are asked for.

    To bind a query DuckDB goes through all columns of what it reads from, and so does Ibis to make
    one: a view of some columns is as quick to ask as if the table had no others.

    Args:
        connection: the DuckDB, as an Ibis backend.
        rows: what to read from, in SQL; the view “rows” is made of it.
        columns: how each column is told of there, in SQL, by name.
        kinds: DuckDB's types of all columns of the view, by name.
        given: the Arrow table that is read from, where it is one.

    Attributes:
        expression: all columns.
    """

    def __init__(
        self,
        connection: Any,
        rows: str,
        columns: Mapping[str, str],
        kinds: Mapping[str, str],
        given: Any = None,
    ) -> None:
        self._connection = connection
        self._rows = rows
        self._columns = columns
        self._given = given
        self._made = 0
        self._kept: OrderedDict[tuple[str, ...], ir.Table] = OrderedDict()
        self._unused: deque[int] = deque()
        self.expression = self._expressed("rows", kinds)

    def cut(self, columns: Iterable[str]) -> ir.Table:
        """Return the rows with some columns only, with one at least. Call it in the table's turn."""
        wanted = tuple(dict.fromkeys(columns)) or (next(iter(self._columns)),)
        found = self._kept.get(wanted)
        if found is None:
            found = self._kept[wanted] = self._cut(wanted)
        self._kept.move_to_end(wanted)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    def _cut(self, wanted: tuple[str, ...]) -> ir.Table:
        self._tidy()
        self._made += 1
        rows, name = self._rows, f"rows {self._made}"
        if self._given is not None:
            rows = quoted(f"given {self._made}")
            self._connection.con.register(f"given {self._made}", self._given.select(wanted))
        told = ", ".join(f"{self._columns[column]} AS {quoted(column)}" for column in wanted)
        self._connection.con.execute(f"CREATE VIEW {quoted(name)} AS SELECT {told} FROM {rows}")
        schema = self.expression.schema()
        found = self._of_schema(name, {column: schema[column] for column in wanted})
        # Whoever holds an expression made of it can ask it.
        weakref.finalize(found.op(), self._unused.append, self._made).atexit = False
        return found

    def _tidy(self) -> None:
        while self._unused:
            number = self._unused.popleft()
            self._connection.con.execute(f"DROP VIEW {quoted(f'rows {number}')}")
            if self._given is not None:
                self._connection.con.unregister(f"given {number}")

    def _expressed(self, name: str, kinds: Mapping[str, str]) -> ir.Table:
        from ibis.backends.sql.datatypes import DuckDBType

        # What connection.table does, which takes seconds for thousands of columns.
        types = {kind: DuckDBType.from_string(kind) for kind in set(kinds.values())}
        return self._of_schema(name, {column: types[kind] for column, kind in kinds.items()})

    def _of_schema(self, name: str, types: Mapping[str, Any]) -> ir.Table:
        import ibis
        import ibis.expr.operations as ops

        return ops.DatabaseTable(
            name, schema=ibis.schema(types), source=self._connection, namespace=ops.Namespace()
        ).to_expr()


def quoted(name: str) -> str:
    """Return a name as SQL has it."""
    return '"{}"'.format(name.replace('"', '""'))
