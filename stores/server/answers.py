"""What a store's server answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from .requests import SentDocument

__all__ = [
    "Asset",
    "Assets",
    "Counted",
    "Created",
    "Documents",
    "Health",
    "Ids",
    "Names",
    "Problem",
    "Uploaded",
    "Value",
    "Values",
]


class Problem(BaseModel):
    """Why something was not done, and what to do about it."""

    error: Annotated[str, Field(examples=["NotFoundError"])]
    message: str


class Documents(BaseModel):
    """Documents, and what they refer to."""

    documents: list[SentDocument]
    attachments: dict[str, str]
    cursor: str | None = None


class Ids(BaseModel):
    """The documents that were written."""

    ids: list[str]


class Created(Ids):
    """The documents that were kept."""

    added: Annotated[dict[str, Any], Field(description="Fields that documents without them were given.")] = {}


class Counted(BaseModel):
    """How many documents there are."""

    count: int


class Value(BaseModel):
    """A value of a field, and how many documents have it."""

    value: Annotated[Any, Field(description='Text, a number, a boolean, null, or a time as {"$date": …}.')]
    count: int


class Values(BaseModel):
    """Values of a field, in the order of first creation."""

    values: list[Value]


class Names(BaseModel):
    """The names of collections."""

    collections: list[str]


class Asset(BaseModel):
    """What is known of an asset."""

    id: str
    media_type: str
    size: int


class Assets(BaseModel):
    """Assets in the order of their ids."""

    assets: list[Asset]


class Uploaded(BaseModel):
    """How much of an upload has come."""

    offset: int


class Health(BaseModel):
    """How the server is."""

    status: str
    version: str
