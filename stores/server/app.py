"""The app of a store's server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from anyio.to_thread import run_sync
from fastapi import FastAPI

from ..shared_log import SharedStore
from .accounts.access import Access, Accounts
from .accounts.audit import AuditLog
from .accounts.login_routes import login_routes
from .asset_routes import asset_routes
from .body_limit import BodyLimit
from .change_hub import ChangeHub
from .change_routes import change_routes
from .document_routes import document_routes
from .loopback_only import LoopbackOnly
from .metrics import Metrics
from .operation_routes import operation_routes
from .problems import answer_problems
from .upload_folder import UploadFolder
from .watching import Watching

__all__ = ["Limits", "store_app"]


@dataclass(frozen=True)
class Limits:
    """How much a server takes at once.

    Attributes:
        body: bytes of one request about documents.
        asset: bytes of one asset.
        followers: connections that follow changes.
    """

    body: int = 256 * 1024 * 1024
    asset: int = 16 * 1024 * 1024 * 1024
    followers: int = 500


def store_app(
    store: SharedStore,
    uploads: Path,
    limits: Limits | None = None,
    accounts: Accounts | None = None,
    audit: AuditLog | None = None,
    metrics: bool = True,
) -> FastAPI:
    """Return the app that serves a store over HTTP.

    Args:
        store: the store.
        uploads: the folder of uploads that are on their way.
        limits: how much it takes at once.
        accounts: who may use it; None where everybody may do everything.
        audit: the log of writes and logins; None keeps none.
        metrics: whether ``/metrics`` is answered.
    """
    limits = limits or Limits()
    access = Access(store, accounts, audit or AuditLog(None))
    hub = ChangeHub(store.log, limits.followers)
    counted = Metrics(lambda: hub.listeners)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        hub.start()
        yield
        await run_sync(hub.stop)

    app = FastAPI(
        title="imlkit store",
        version=version("imlkit"),
        description="Documents and assets that several people and programs share.",
        lifespan=lifespan,
        # Pages that fetch scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    app.state.hub = hub
    app.state.access = access
    answer_problems(app)
    app.include_router(document_routes(counted))
    app.include_router(change_routes(hub))
    app.include_router(asset_routes(UploadFolder(uploads, limits.asset), counted))
    app.include_router(login_routes(access))
    app.include_router(operation_routes(store, counted if metrics else None))
    # The last one is the first to see a request.
    app.add_middleware(BodyLimit, most=limits.body)
    if accounts is None:
        app.add_middleware(LoopbackOnly)
    app.add_middleware(Watching, metrics=counted)
    return app
