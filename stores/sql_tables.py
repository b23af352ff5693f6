"""The tables of a store in an SQL database."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, Computed, Float, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.types import UserDefinedType

__all__ = ["attachments", "changes", "documents", "metadata", "writes"]


class AnyValue(UserDefinedType[Any]):
    """A column without a type: each value keeps its own."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return ""


metadata: Final = MetaData()

documents: Final = Table(
    "documents",
    metadata,
    Column("sequence", Integer, primary_key=True, comment="grows with every document created"),
    Column("collection", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("document", Text, nullable=False, comment="the other fields, as JSON"),
    # Nearly every question about instances is about their label, the field y.
    Column("y_kind", Text, Computed("json_type(document, '$.\"y\"')", persisted=False)),
    Column("y_value", AnyValue, Computed("json_extract(document, '$.\"y\"')", persisted=False)),
    Index("documents_by_id", "collection", "id", unique=True),
    Index("documents_in_order", "collection", "sequence"),
    Index("documents_by_label", "collection", "y_kind", "y_value", "sequence"),
)

attachments: Final = Table(
    "attachments",
    metadata,
    Column(
        "document", Integer, primary_key=True, autoincrement=False, comment="the sequence of its document"
    ),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

changes: Final = Table(
    "changes",
    metadata,
    Column("sequence", Integer, primary_key=True, comment="grows by one with every change"),
    Column("collection", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ids", Text, nullable=False, comment="a JSON list"),
)

writes: Final = Table(
    "writes",
    metadata,
    Column("id", Text, primary_key=True, comment="what a client called a write"),
    Column("answer", Text, nullable=False, comment="a JSON list"),
    Column("at", Float, nullable=False, comment="seconds since 1970"),
    Index("writes_by_time", "at"),
)
