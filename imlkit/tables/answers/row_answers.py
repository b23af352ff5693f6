"""Answers about the rows of a table: how many, which, and how they come together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from imlkit.errors import DataError

from ..arrangement import Group
from ..counting.bars import Bars
from ..counting.counting import Counting
from ..ordering import ordered
from ..predicates.condition import Equals, InRange, IsNull, OneOf
from ..predicates.predicate import All, Predicate
from ..predicates.predicate_expression import matching
from ..predicates.predicate_json import predicate_to_json, value_to_json
from ..table import Table
from .question import Question
from .value_json import LONGEST, shown

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["by_id", "count", "groups", "ids", "rows", "samples"]

MOST_ROWS = 2_000
"""The most rows that are shown at once."""
MOST_IDS = 200_000
"""The most rows that are selected at once."""
MOST_GROUPS = 10_000


def count(table: Table, question: Question) -> dict[str, Any]:
    """Return how many rows meet the filters, and how many there are."""
    filters = question.filters()
    total = table.count()
    return {"count": table.count(filters) if filters.parts else total, "total": total}


def rows(table: Table, question: Question) -> dict[str, Any]:
    """Return some of the rows that meet the filters, in an order."""
    start = question.integer("start", 0, 2**53)
    stop = question.integer("stop", start, start + MOST_ROWS)
    filters = question.filters()
    needed = _needed(table, question) + _shown_columns(table, question)
    found = ordered(matching(table.narrow(needed), filters), question.sort(), table.id)
    asked = _chosen(table, found, question).limit(stop - start, offset=start)
    with table.turn:
        values = asked.to_pyarrow()
    return {"total": table.count(filters), "rows": _shown(values)}


def by_id(table: Table, question: Question) -> dict[str, Any]:
    """Return the rows of some ids, in their order; those that are not there are left out.

    Long texts are shortened, unless they are asked for whole.
    """
    wanted = question.ids("ids", MOST_ROWS)
    longest = None if question.flag("whole") else LONGEST
    rows = table.narrow(_shown_columns(table, question))
    asked = _chosen(table, matching(rows, OneOf(table.id, wanted)), question)
    with table.turn:
        found = _shown(asked.to_pyarrow(), longest)
    named = {_key(row[table.id]): row for row in found}
    return {"rows": [named[id] for id in wanted if id in named]}


def ids(table: Table, question: Question) -> dict[str, Any]:
    """Return the ids of the rows that meet the filters, in an order, and how many there are."""
    most = question.integer("most", 0, MOST_IDS)
    filters = question.filters()
    rows = table.narrow(_needed(table, question))
    found = ordered(matching(rows, filters), question.sort(), table.id)
    with table.turn:
        values = found.select(table.id).limit(most).to_pyarrow()
    return {"ids": values.column(table.id).to_pylist(), "total": table.count(filters)}


def samples(table: Table, question: Question) -> dict[str, Any]:
    """Return what a page shows of some rows' images, sounds and other samples."""
    from ..samples.samples import samples as made

    return {
        "samples": made(
            table,
            question.optional_text("column"),
            question.ids("ids", MOST_ROWS),
            question.integer("size", 8, 4_096),
            whole=question.flag("whole"),
        )
    }


def groups(table: Table, question: Question) -> dict[str, Any]:
    """Return the groups of the rows that meet the filters, how many rows each has and what they meet."""
    most = question.integer("most", 1, MOST_GROUPS)
    asked = question.groups()
    if not asked:
        raise DataError("The rows are put together by no column: name one or several in “groups”.")
    filters, divided = question.filters(), question.divided()
    within = [All((*filters.parts, *part.parts)) for part in divided or ()]
    parts = None if divided is None else [_grouped(table, asked, each, most) for each in within]
    return {**_grouped(table, asked, filters, most), "parts": parts}


def _grouped(table: Table, asked: Sequence[Group], filters: All, most: int) -> dict[str, Any]:
    import ibis

    needed = [*filters.columns, *(group.column for group in asked)]
    found = matching(table.narrow(needed), filters)
    keys = [Key(table, group) for group in asked]
    names = [f"key {n}" for n in range(len(keys))]
    grouped = (
        found.select(**{name: key.expression(found) for name, key in zip(names, keys, strict=True)})
        .group_by(names)
        .agg(rows=ibis._.count())
    )
    with table.turn:
        total = int(grouped.count().to_pyarrow().as_py())
        counted = grouped.order_by(ibis.desc("rows"), *names).limit(most).to_pyarrow()
    rows = counted.column("rows").to_pylist()
    parts = [
        [key.part(value) for value in counted.column(name).to_pylist()]
        for name, key in zip(names, keys, strict=True)
    ]
    return {
        "groups": [
            {
                "key": [part.key for part in combined],
                "filters": predicate_to_json(All(tuple(part.predicate for part in combined))),
                "count": count,
            }
            for combined, count in _in_order(list(zip(*parts, strict=True)), rows)
        ],
        "others": total - len(rows),
    }


class Part:
    """What one column of a group is."""

    def __init__(self, key: Any, predicate: Predicate, place: float | None) -> None:
        self.key = key
        self.predicate = predicate
        self.place = place


class Key:
    """How one column puts rows together."""

    def __init__(self, table: Table, group: Group) -> None:
        self._column = group.column
        if group.column not in table.columns:
            raise DataError(f"There is no column “{group.column}” to group by.")
        self._bars: Bars | None = None
        if group.bins is not None:
            self._bars = Counting.of(table).bars(group.column, group.bins)

    def expression(self, rows: ir.Table) -> Any:
        """Return the group of each row."""
        return rows[self._column] if self._bars is None else self._bars.expression(rows)

    def part(self, value: Any) -> Part:
        """Return what a value of the expression stands for."""
        if self._bars is None:
            if value is None:
                return Part(None, IsNull(self._column), None)
            if isinstance(value, Decimal):
                value = float(value)
            number = isinstance(value, (int, float)) and value == value
            place = float(value) if number else value.timestamp() if hasattr(value, "timestamp") else None
            return Part(shown(value), Equals(self._column, value), place)
        predicate = self._bars.predicate([value])
        match predicate:
            case InRange(_, low, high, closed):
                bounds = [None if bound is None else value_to_json(bound) for bound in (low, high)]
                return Part({"range": bounds, "closed": closed}, predicate, value)
            case Equals(_, one):
                return Part(value_to_json(one), predicate, value)
            case IsNull():
                return Part(None, predicate, None)
        return Part(predicate_to_json(predicate), predicate, value)


def _in_order(
    combined: Sequence[tuple[Part, ...]], rows: Sequence[int]
) -> list[tuple[tuple[Part, ...], int]]:
    sizes: dict[tuple[int, Any], int] = {}
    for parts, count in zip(combined, rows, strict=True):
        for n, part in enumerate(parts):
            sizes[n, str(part.key)] = sizes.get((n, str(part.key)), 0) + count

    def order(each: tuple[tuple[Part, ...], int]) -> list[tuple[Any, ...]]:
        return [
            (
                part.key is None,
                part.place is None,
                part.place if part.place is not None else -sizes[n, str(part.key)],
                str(part.key),
            )
            for n, part in enumerate(each[0])
        ]

    return sorted(zip(combined, rows, strict=True), key=order)


def _needed(table: Table, question: Question) -> list[str]:
    return [table.id, *question.filters().columns, *(order.column for order in question.sort())]


def _shown_columns(table: Table, question: Question) -> list[str]:
    names = question.columns("columns")
    return list(table.columns) if names is None else [table.id, *names]


def _chosen(table: Table, found: ir.Table, question: Question) -> ir.Table:
    names = question.columns("columns")
    if names is None:
        return found
    for name in names:
        if name not in found.columns:
            raise DataError(f"There is no column “{name}” to show.")
    return found.select(list(dict.fromkeys([table.id, *names])))


def _shown(values: Any, longest: int | None = LONGEST) -> list[dict[str, Any]]:
    columns = {
        name: [shown(value, longest) for value in values.column(name).to_pylist()]
        for name in values.column_names
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _key(id: Any) -> Any:
    return int(id["integer"]) if isinstance(id, dict) else id
