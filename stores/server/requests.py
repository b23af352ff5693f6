"""What clients send to a store's server."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Count",
    "Create",
    "Distinct",
    "Find",
    "Finish",
    "Page",
    "Patch",
    "Remove",
    "SentDocument",
    "Update",
]

Fields = dict[str, Any]
Query = Annotated[
    dict[str, Any] | None,
    Field(
        description='A filter in the query language of stores; times are {"$date": …}.',
        examples=[{"y": "cat"}],
    ),
]
Attachments = Annotated[
    dict[str, str], Field(description="Contents in base64, by the names that documents refer to them by.")
]
Write = Annotated[
    str | None,
    Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        description="What the write is called, at random: sent again under that name, it is not done again "
        "but gets the same answer, for 30 days.",
    ),
]
Select = Annotated[list[str] | None, Field(description="The fields to return; all if left out.")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    collection: Annotated[str, Field(description="The collection's name: any text.", examples=["cases"])]


class SentDocument(BaseModel):
    """A document as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, Field(min_length=1)]
    fields: Fields


class Create(_Request):
    """Keep documents, all or none; one that is there already with the same content is no error."""

    documents: list[SentDocument]
    attachments: Attachments = {}


class Find(_Request):
    """Find documents."""

    query: Query = None
    sort: dict[str, Literal[1, -1]] | None = None
    skip: Annotated[int, Field(ge=0, lt=2**63)] = 0
    limit: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    select: Select = None


class Page(_Request):
    """Walk documents in the order in which they were created, while others write."""

    query: Query = None
    select: Select = None
    limit: Annotated[int, Field(ge=1, le=10_000)] = 100
    cursor: Annotated[str | None, Field(description="What the page before gave; nothing at the start.")] = (
        None
    )


class Update(_Request):
    """Replace a document."""

    id: Annotated[str, Field(min_length=1)]
    fields: Fields
    attachments: Attachments = {}
    write: Write = None


class Patch(_Request):
    """Set fields of documents, all or none."""

    ids: list[str]
    fields: Fields
    attachments: Attachments = {}
    must_exist: Annotated[bool, Field(description="Whether a document that is not there is an error.")] = (
        False
    )
    write: Write = None


class Remove(_Request):
    """Remove documents by id or by a query, all or none."""

    ids: list[str] | None = None
    query: Query = None
    must_exist: bool = False
    write: Write = None


class Count(_Request):
    """Count documents."""

    query: Query = None


class Distinct(_Request):
    """Count the values of a field."""

    field: str
    query: Query = None


class Finish(BaseModel):
    """Make an asset of an upload that is whole."""

    model_config = ConfigDict(extra="forbid", strict=True)

    media_type: str = "application/octet-stream"
    size: Annotated[int, Field(ge=0)]
