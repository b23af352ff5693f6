"""A store's server in a thread of the tests'."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from imlkit.stores.server.accounts.access import Accounts
from imlkit.stores.server.accounts.audit import AuditLog
from imlkit.stores.server.app import Limits, store_app
from imlkit.stores.server.serving import StoreServer
from imlkit.stores.shared_log import SharedStore

__all__ = ["running", "served"]


@contextlib.contextmanager
def served(
    store: SharedStore,
    uploads: Path,
    limits: Limits | None = None,
    accounts: Accounts | None = None,
    audit: AuditLog | None = None,
) -> Iterator[str]:
    """Serve a store on loopback; gives the address. The store is closed at the end."""
    with (
        contextlib.closing(store),
        running(StoreServer(store_app(store, uploads, limits, accounts, audit))) as url,
    ):
        yield url


@contextlib.contextmanager
def running(server: StoreServer) -> Iterator[str]:
    """Run a server in a thread; gives the address."""
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        end = time.monotonic() + 10
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.005)
        yield server.url
    finally:
        server.stop()
        thread.join()
