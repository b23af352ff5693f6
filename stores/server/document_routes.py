"""The operations on documents."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Response

from imlkit.errors import NotFoundError, QueryError
from imlkit.scalars import date_text

from ..stored import Cursor
from ..wire import documents_json, query_from_json, received, received_attachments
from .accounts.access import Opened
from .answers import Counted, Created, Documents, Ids, Names, Value, Values
from .metrics import Metrics
from .problems import PROBLEMS
from .requests import Count, Create, Distinct, Find, Page, Patch, Remove, Update

__all__ = ["document_routes"]

Again = Annotated[
    bool,
    Query(
        description="Whether this may have come before, with ids that nobody else can have made: what others "
        "did to the documents since then stays."
    ),
]


def document_routes(metrics: Metrics) -> APIRouter:
    """Return the operations on documents.

    Args:
        metrics: where documents are counted that are written.
    """
    routes = APIRouter(prefix="/v1", tags=["documents"], responses=PROBLEMS)

    def written(ids: list[str], action: str) -> Ids:
        metrics.wrote(action, len(ids))
        return Ids(ids=ids)

    @routes.get("/collections", summary="List the collections that hold documents")
    async def collections(store: Opened) -> Names:
        return Names(collections=await run_sync(store.collections))

    @routes.post("/create", summary="Keep documents")
    async def create(asked: Create, store: Opened, again: Again = False) -> Created:
        def work() -> Created:
            attachments = received_attachments(asked.attachments)
            encoded = [received(each.id, each.fields, attachments) for each in asked.documents]
            collection = store.collection(asked.collection)
            collection.keep(encoded, again=again)
            metrics.wrote("create", len(encoded))
            return Created(ids=[each.id for each in encoded], added=collection.added)

        return await run_sync(work)

    @routes.post("/find", summary="Find documents", response_model=Documents)
    async def find(asked: Find, store: Opened) -> Response:
        def work() -> str:
            collection = store.collection(asked.collection)
            query = query_from_json(asked.query)
            found = collection.stored(query, asked.sort, asked.skip, asked.limit, asked.select)
            return documents_json(found)

        return _json(await run_sync(work))

    @routes.post("/page", summary="Walk documents", response_model=Documents)
    async def page(asked: Page, store: Opened) -> Response:
        def work() -> str:
            collection = store.collection(asked.collection)
            at = _cursor(asked.cursor)
            found, then = collection.stored_page(query_from_json(asked.query), asked.select, asked.limit, at)
            return f'{documents_json(found)[:-1]},"cursor":{json.dumps(_said(then))}}}'

        return _json(await run_sync(work))

    @routes.post("/update", summary="Replace a document")
    async def update(asked: Update, store: Opened) -> Ids:
        def work() -> list[str]:
            attachments = received_attachments(asked.attachments)
            encoded = received(asked.id, asked.fields, attachments)
            collection = store.collection(asked.collection)
            return collection.change(
                [asked.id], encoded, keep_others=False, must_exist=True, write=asked.write
            )

        return written(await run_sync(work), "update")

    @routes.post("/patch", summary="Set fields of documents")
    async def patch(asked: Patch, store: Opened) -> Ids:
        def work() -> list[str]:
            attachments = received_attachments(asked.attachments)
            # The fields are those of several documents: the id is only what a document has to have.
            encoded = received("several", asked.fields, attachments)
            collection = store.collection(asked.collection)
            return collection.change(
                asked.ids, encoded, keep_others=True, must_exist=asked.must_exist, write=asked.write
            )

        return written(await run_sync(work), "patch")

    @routes.post("/remove", summary="Remove documents")
    async def remove(asked: Remove, store: Opened) -> Ids:
        def work() -> list[str]:
            collection = store.collection(asked.collection)
            if (asked.ids is None) == (asked.query is None):
                raise QueryError("documents are removed by ids or by a query: give one of them")
            if asked.ids is None:
                return collection.remove(query_from_json(asked.query), write=asked.write)
            if asked.must_exist and len(asked.ids) == 1:
                return collection.remove(asked.ids[0], write=asked.write)
            return collection.remove(asked.ids, write=asked.write)

        return written(await run_sync(work), "remove")

    @routes.post("/count", summary="Count documents")
    async def count(asked: Count, store: Opened) -> Counted:
        query = query_from_json(asked.query)
        return Counted(count=await run_sync(store.collection(asked.collection).count, query))

    @routes.post("/distinct", summary="Count the values of a field")
    async def distinct(asked: Distinct, store: Opened) -> Values:
        query = query_from_json(asked.query)
        values = await run_sync(store.collection(asked.collection).distinct, asked.field, query)
        return Values(values=[Value(value=_value(value), count=times) for value, times in values.items()])

    return routes


def _json(text: str) -> Response:
    return Response(text, media_type="application/json")


def _value(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return {"$date": date_text(value)}
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {"$number": str(value)}
    return value


def _said(cursor: Cursor | None) -> str | None:
    # No client is to reckon with what is in it.
    return None if cursor is None else base64.urlsafe_b64encode(b"%d.%d" % cursor).decode("ascii")


def _cursor(said: str | None) -> Cursor | None:
    if said is None:
        return None
    try:
        after, end = (int(part) for part in base64.urlsafe_b64decode(said.encode()).split(b"."))
        if 0 <= after < 2**63 and 0 <= end < 2**63:
            return after, end
    except (ValueError, binascii.Error):
        pass
    raise NotFoundError(f"{said!r:.100} is no cursor that a page gave: begin anew without one")
