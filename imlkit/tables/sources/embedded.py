"""Rows on an embedded DuckDB, in types that can be read back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .embedded_rows import EmbeddedRows, quoted

__all__ = ["embedded", "text_literal"]

READABLE = {
    "JSON": "json_extract_string({}, '$')",
    "INTERVAL": "epoch({})",
    "TIME_NS": "CAST({} AS TIME)",
    "UHUGEINT": "CAST({} AS VARCHAR)",
    "BIT": "CAST({} AS VARCHAR)",
    "VARIANT": "CAST({} AS VARCHAR)",
    "BIGNUM": "CAST({} AS VARCHAR)",
}
"""How types that cannot be read as Arrow are asked for."""

NOTES = {
    "JSON": "The values are of several types: they are taken as texts.",
    "INTERVAL": "Durations, in seconds.",
}


def embedded(
    connection: Any,
    rows: str,
    notes: dict[str, str],
    id: str | None = None,
    counted: str = "",
    without: Sequence[str] = (),
    given: Any = None,
) -> EmbeddedRows:
    """Return rows of an embedded DuckDB.

    Args:
        connection: the DuckDB, as an Ibis backend.
        rows: what to read from, in SQL.
        notes: what there is to say of columns, by name; more is added.
        id: what to call the rows' numbers; None where there are ids.
        counted: the rows' numbers, in SQL.
        without: columns to leave out.
        given: the Arrow table that ``rows`` names, where it is one.
    """
    replaced: dict[str, str] = {}
    kinds = _described(connection, rows)
    for name, kind in kinds.items():
        wanted = READABLE.get(kind)
        if wanted is None and ("UNION(" in kind or "GEOMETRY" in kind or _holds_unreadable(kind)):
            wanted = "CAST({} AS VARCHAR)"
        if wanted is not None:
            replaced[name] = wanted.format(quoted(name))
            if kind in NOTES:
                notes.setdefault(name, NOTES[kind])
    columns = "*"
    if without:
        columns += f" EXCLUDE ({', '.join(map(quoted, without))})"
    if replaced:
        told = (f"{how} AS {quoted(name)}" for name, how in replaced.items())
        columns += f" REPLACE ({', '.join(told)})"
    if id is not None:
        columns += f", {counted} AS {quoted(id)}"
    # Ids count from the first row whatever a query sorts or leaves out: they are part of the rows.
    connection.con.execute(f'CREATE VIEW "rows" AS SELECT {columns} FROM {rows}')
    each = {name: replaced.get(name, quoted(name)) for name in kinds if name not in without}
    if id is not None:
        each[id] = counted
    if replaced or without or id is not None:
        kinds = _described(connection, '"rows"')
    return EmbeddedRows(connection, rows, each, kinds, given)


def _described(connection: Any, rows: str) -> dict[str, str]:
    described = connection.con.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()
    return {name: kind for name, kind, *_ in described}


def text_literal(text: str) -> str:
    """Return a text as SQL has it."""
    return "'{}'".format(text.replace("'", "''"))


def _holds_unreadable(kind: str) -> bool:
    nested = kind.endswith("]") or "(" in kind
    return nested and any(
        inner in kind for inner in ("INTERVAL", "JSON", "TIME_NS", "VARIANT", "BIT,", "BIT[")
    )
