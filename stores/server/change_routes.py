"""The stream of changes, as server-sent events."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from typing import Annotated, Final

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from imlkit.errors import StoreError
from imlkit.store import Change

from .accounts.access import Opened
from .accounts.guarded_store import GuardedStore
from .change_hub import ChangeHub, event_text
from .problems import PROBLEMS, store_problem

__all__ = ["change_routes"]

log = logging.getLogger("imlkit")

_NUMBER: Final = re.compile(r"[0-9]{1,18}")


def change_routes(hub: ChangeHub) -> APIRouter:
    """Return the operation that follows changes."""
    routes = APIRouter(prefix="/v1", tags=["changes"], responses=PROBLEMS)

    @routes.get(
        "/changes",
        summary="Follow the changes of all collections",
        response_class=StreamingResponse,
        responses={
            200: {
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
                "description": "Events with numbers: “change” with a JSON object of kind, collection and "
                "ids; “here”, which tells the number of the last change when nothing is new.",
            }
        },
    )
    async def changes(
        store: Opened,
        after: Annotated[int | None, Query(ge=0, lt=2**63, description="The last event's number.")] = None,
        last_event_id: Annotated[str | None, Header(description="The same, as browsers send it.")] = None,
    ) -> StreamingResponse:
        if after is None and last_event_id is not None and _NUMBER.fullmatch(last_event_id):
            after = int(last_event_id)
        return _Events(hub, await hub.place() if after is None else after, store)

    return routes


class _Events(StreamingResponse):
    """Tells one listener what they may know, for as long as they are there."""

    def __init__(self, hub: ChangeHub, after: int, store: GuardedStore) -> None:
        super().__init__(
            _told(hub, after, store),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            # Here rather than before: who is gone before they are answered is not counted.
            with self._hub.listening():
                await super().__call__(scope, receive, send)
        except StoreError as error:
            await store_problem(error)(scope, receive, send)


async def _told(hub: ChangeHub, after: int, store: GuardedStore) -> AsyncIterator[bytes]:
    try:
        async for number, events in hub.events(after):
            texts: list[bytes] = []
            for event in events:
                change = event.change
                if not change.collection or store.rights(change.collection).read == "all":
                    texts.append(event.text)
                else:
                    texts.append(event_text(event.number, await _known(change, store)))
            yield b"".join(texts) or event_text(number, None)
    except StoreError as error:
        # The answer has begun: who listens comes back, and is told what is wrong.
        log.debug("telling of changes: %s", error)


async def _known(change: Change, store: GuardedStore) -> Change | None:
    """Return what a user who may not read all of a collection may know of a change."""
    if store.rights(change.collection).read == "none":
        return None
    if change.kind == "removed":
        # Whose they were is not known any more.
        return Change("reset", change.collection)
    ids = await run_sync(store.collection(change.collection).told, change.ids)
    return Change(change.kind, change.collection, ids) if ids else None
