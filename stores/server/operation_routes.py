"""How a server is."""

from __future__ import annotations

from importlib.metadata import version

from anyio.to_thread import run_sync
from fastapi import APIRouter, Response

from imlkit.errors import ForbiddenError, StoreError, StoreUnavailableError

from ..shared_log import SharedStore
from .accounts.access import Opened
from .accounts.users import RESERVED
from .answers import Health
from .metrics import CONTENT_TYPE_LATEST, Metrics
from .problems import PROBLEMS

__all__ = ["operation_routes"]


def operation_routes(store: SharedStore, metrics: Metrics | None) -> APIRouter:
    """Return the operations that tell how the server is.

    Args:
        store: what it serves.
        metrics: what it counts; None tells nobody.
    """
    routes = APIRouter(tags=["operations"], responses=PROBLEMS)

    @routes.get("/health", summary="Tell whether the store answers")
    async def health() -> Health:
        try:
            await run_sync(store.collection(f"{RESERVED}health").count)
        except StoreError as error:
            # Whatever is wrong with it, who watches the server is to send people elsewhere.
            raise StoreUnavailableError(str(error)) from error
        return Health(status="ok", version=version("imlkit"))

    if metrics is not None:

        @routes.get(
            "/metrics",
            summary="Tell what the server counts, as Prometheus reads it",
            response_class=Response,
            responses={200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}}},
        )
        async def counted(opened: Opened) -> Response:
            visitor = opened.visitor
            if visitor.role != "admin":
                raise ForbiddenError(
                    f"as {visitor.called} you may not see what the server counts: that is for administrators"
                )
            return Response(await run_sync(metrics.text), media_type=CONTENT_TYPE_LATEST)

    return routes
