"""The operations on assets: sent and fetched in pieces, continued where they were broken off."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import islice
from typing import Annotated, BinaryIO

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from imlkit.errors import NotFoundError, StoreUnavailableError

from .accounts.access import Opened
from .answers import Asset, Assets, Uploaded
from .media_types import check_media_type
from .metrics import Metrics
from .problems import PROBLEMS
from .requests import Finish
from .upload_folder import UploadFolder

__all__ = ["asset_routes"]

_PIECE = 1 << 18
_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?")
_PAGE = 1_000


def asset_routes(uploads: UploadFolder, metrics: Metrics) -> APIRouter:
    """Return the operations on assets.

    Args:
        uploads: where those are kept that are on their way.
        metrics: where bytes are counted.
    """
    routes = APIRouter(prefix="/v1", tags=["assets"], responses=PROBLEMS)

    @routes.get("/assets", summary="List assets")
    async def listed(
        store: Opened, after: str = "", limit: Annotated[int, Query(ge=1, le=_PAGE)] = _PAGE
    ) -> Assets:
        def work() -> list[Asset]:
            later = (each for each in store.assets() if each.id > after)
            return [Asset(id=e.id, media_type=e.media_type, size=e.size) for e in islice(later, limit)]

        return Assets(assets=await run_sync(work))

    @routes.get("/assets/{id}/info", summary="Tell what is known of an asset")
    async def info(id: str, store: Opened) -> Asset:
        found = await run_sync(store.asset, id)
        return Asset(id=found.id, media_type=found.media_type, size=found.size)

    @routes.get(
        "/assets/{id}",
        summary="Fetch an asset",
        response_class=Response,
        responses={
            200: {"content": {"application/octet-stream": {}}, "description": "The bytes."},
            206: {"content": {"application/octet-stream": {}}, "description": "Some of the bytes."},
            416: {"description": "The asset has no such bytes."},
        },
    )
    async def fetch(id: str, store: Opened, range: Annotated[str | None, Header()] = None) -> Response:
        found = await run_sync(store.asset, id)
        start, end = 0, found.size
        match = _RANGE.fullmatch(range or "")
        if match is not None:
            start = int(match[1])
            end = min(int(match[2]) + 1, found.size) if match[2] else found.size
            if start >= max(end, 1):
                return Response(status_code=416, headers={"Content-Range": f"bytes */{found.size}"})
        file = await run_sync(store.open_asset, id)
        headers = {
            "Content-Length": str(end - start),
            "Accept-Ranges": "bytes",
            # Whatever it is, a browser is to keep it as a file rather than to run it here.
            "Content-Disposition": "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
            "X-Media-Type": found.media_type,
        }
        if match is not None:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
        pieces = _pieces(file, start, end, metrics)
        return StreamingResponse(pieces, 206 if match else 200, headers, "application/octet-stream")

    @routes.delete("/assets/{id}", summary="Forget an asset", status_code=204)
    async def remove(id: str, store: Opened) -> None:
        await run_sync(store.remove_asset, id)

    @routes.get("/uploads/{id}", summary="Tell how much of an upload has come")
    async def upload(id: str, store: Opened) -> Uploaded:
        store.may_send()
        return Uploaded(offset=await run_sync(uploads.offset, store.visitor.name or "", id))

    @routes.put(
        "/uploads/{id}",
        summary="Send the next bytes of an upload",
        openapi_extra={
            "requestBody": {
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
            }
        },
    )
    async def add(
        id: str, request: Request, store: Opened, offset: Annotated[int, Query(ge=0, lt=2**63)] = 0
    ) -> Uploaded:
        store.may_send()
        owner = store.visitor.name or ""
        await run_sync(uploads.begin, owner, id)
        return Uploaded(offset=await uploads.add(owner, id, offset, _counted(request, metrics)))

    @routes.post("/uploads/{id}/finish", summary="Make an asset of an upload")
    async def finish(id: str, asked: Finish, store: Opened) -> Asset:
        def work() -> Asset:
            store.may_send()
            owner = store.visitor.name or ""
            try:
                file = uploads.whole(owner, id, asked.size)
            except NotFoundError:
                # Asked again for want of an answer, or another who sent the same was sooner.
                with suppress(NotFoundError):
                    there = store.asset(id)
                    return Asset(id=there.id, media_type=there.media_type, size=there.size)
                raise
            with file:
                check_media_type(asked.media_type, file)
                kept = store.keep_asset(file, asked.media_type)
            uploads.forget(owner, id)
            return Asset(id=kept.id, media_type=kept.media_type, size=kept.size)

        return await run_sync(work)

    return routes


async def _pieces(file: BinaryIO, start: int, end: int, metrics: Metrics) -> AsyncIterator[bytes]:
    try:
        await run_sync(file.seek, start)
        while start < end:
            piece = await run_sync(file.read, min(_PIECE, end - start))
            if not piece:
                return
            start += len(piece)
            metrics.sent(len(piece))
            yield piece
    finally:
        file.close()


async def _counted(request: Request, metrics: Metrics) -> AsyncIterator[bytes]:
    try:
        async for piece in request.stream():
            metrics.received(len(piece))
            yield piece
    except ClientDisconnect:
        # No fault of the server's, and what came is kept: they come back for the rest.
        raise StoreUnavailableError(
            "the connection was lost while the upload came: go on from there"
        ) from None
