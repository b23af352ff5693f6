"""The tables of a store in PostgreSQL."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Integer, LargeBinary, MetaData, Table
from sqlalchemy.dialects.postgresql import JSONB, TEXT, TIMESTAMP

__all__ = ["SCHEMA", "assets", "attachments", "changes", "documents", "meta", "metadata", "pieces", "writes"]

SCHEMA: Final = "imlkit"
"""All tables are in a schema of their own: other programs' tables in the database stay apart."""

metadata: Final = MetaData(schema=SCHEMA)

_Text: Final = TEXT(collation="C")
"""Text ordered by code point, as in every store."""

meta: Final = Table(
    "meta", metadata, Column("name", _Text, primary_key=True), Column("value", _Text, nullable=False)
)

documents: Final = Table(
    "documents",
    metadata,
    Column("sequence", BigInteger, Identity(always=True), primary_key=True),
    Column("collection", _Text, nullable=False),
    Column("id", _Text, nullable=False),
    # JSONB forgets the order of fields and the sign of zero: the text is what is given back.
    Column("document", TEXT, nullable=False, comment="the other fields, as JSON"),
    Column("fields", JSONB, nullable=False, comment="what questions are about: without lists, exact numbers"),
    Index("documents_by_id", "collection", "id", unique=True),
    Index("documents_in_order", "collection", "sequence"),
)

attachments: Final = Table(
    "attachments",
    metadata,
    Column(
        "document",
        BigInteger,
        ForeignKey(documents.c.sequence, ondelete="CASCADE"),
        primary_key=True,
        comment="the sequence of its document",
    ),
    Column("name", _Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

changes: Final = Table(
    "changes",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False, comment="grows by one"),
    Column("collection", _Text, nullable=False),
    Column("kind", _Text, nullable=False),
    Column("ids", TEXT, nullable=False, comment="a JSON list"),
)

assets: Final = Table(
    "assets",
    metadata,
    Column("id", _Text, primary_key=True, comment="the SHA-256 of the content"),
    Column("media_type", _Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("upload", _Text, nullable=False, comment="whose pieces these are"),
)

pieces: Final = Table(
    "pieces",
    metadata,
    Column("upload", _Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("added", TIMESTAMP(timezone=True), nullable=False),
)

writes: Final = Table(
    "writes",
    metadata,
    Column("id", _Text, primary_key=True, comment="what a client called a write"),
    Column("answer", TEXT, nullable=False, comment="a JSON list"),
    Column("at", TIMESTAMP(timezone=True), nullable=False),
    Index("writes_by_time", "at"),
)
