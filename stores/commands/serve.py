"""``imlkit store``: serve a store to other programs and machines."""

from __future__ import annotations

import hashlib
import logging
import shlex
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from imlkit.cli.port import chosen_port
from imlkit.errors import CommandError, StoreError

from ..disk import made_folder
from ..server.accounts.access import Accounts
from ..server.accounts.audit import AuditLog
from ..server.accounts.rules import Rules
from ..server.accounts.secret_file import secret_of
from ..server.accounts.tokens import LIFETIME, Tokens
from ..server.accounts.users import Users
from ..server.app import Limits, store_app
from ..server.loopback_only import is_loopback
from ..server.request_log import set_up_log
from ..server.serving import StoreServer
from ..server.settings import Settings
from ..shared_log import SharedStore
from .place import check_folder, hidden, make_private

__all__ = ["serve_store"]

log = logging.getLogger("imlkit")


def serve_store(settings: Settings, first_port: int) -> int:
    """Serve a store until the process is told to stop.

    Args:
        settings: how.
        first_port: from where on a free port is looked for if none is given.

    Raises:
        CommandError: the settings cannot be followed.
    """
    local = is_loopback(settings.address)
    if settings.accounts is False and not local:
        raise CommandError(
            f"{settings.address!r} is an address that others reach, where the server has to know who asks: "
            "leave out accounts = false, or listen on 127.0.0.1"
        )
    port = chosen_port(settings.address, settings.port, first_port)
    set_up_log(settings.log)
    with ExitStack() as stack:
        place = _opened(settings, stack)
        said: list[str] = []
        accounts = None
        # Whoever has given a store users wants them asked for, however it is started.
        has_users = bool(Users(place.store).all())
        if settings.accounts or not local or (has_users and settings.accounts is None):
            accounts, said = _accounts(settings, place)
        elif has_users:
            said.append(
                "Nobody has to log in (accounts = false), although there are users: any program of this "
                "machine may read and write everything."
            )
        if not local:
            said.append("Others can read what is sent unless a proxy with HTTPS stands before this server.")
        audit = _audit(settings, place, accounts is not None)
        stack.callback(audit.close)
        _make_indexes(settings, place)
        limits = Limits()
        limits = Limits(settings.body or limits.body, settings.asset or limits.asset)
        app = store_app(place.store, place.uploads, limits, accounts, audit, settings.metrics)
        server = StoreServer(app, settings.address, port)
        print("\n".join((f"Store: {server.url}", *said, "Stop it with Ctrl+C.")), flush=True)
        server.run()
    return 0


@dataclass(frozen=True)
class _Place:
    """A store, and where the server keeps what is its own.

    Attributes:
        store: the store.
        uploads: the folder of uploads that are on their way.
        kept: the folder of the secret and the log of writes.
        named: the store as arguments name it.
        shared: whether other machines may serve it too.
    """

    store: SharedStore
    uploads: Path
    kept: Path
    named: str
    shared: bool


def _opened(settings: Settings, stack: ExitStack) -> _Place:
    if settings.database is None:
        from ..sqlite import SQLiteStore

        folder = settings.data or "imlkit-data"
        check_folder(folder)
        found = SQLiteStore(folder)
        stack.callback(found.close)
        uploads = made_folder(found.folder / "uploads")
        return _Place(found, uploads, found.folder, f"--data {shlex.quote(folder)}", False)
    from imlkit.user_folders import state_folder

    from ..postgresql import PostgreSQLStore

    store = PostgreSQLStore(settings.database)
    stack.callback(store.close)
    uploads = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imlkit-uploads-")))
    # A folder for each database: their logs are not to be mixed.
    name = hashlib.sha256(store.location.encode()).hexdigest()[:12]
    kept = state_folder() / "servers" / name
    return _Place(store, uploads, kept, f"--database {shlex.quote(store.location)}", True)


def _accounts(settings: Settings, place: _Place) -> tuple[Accounts, list[str]]:
    """Return who may come in, and what whoever starts the server is told of it."""
    path = settings.secret or place.kept / "server-secret"
    lifetime = LIFETIME if settings.token_hours is None else settings.token_hours * 3600
    users = Users(place.store)
    accounts = Accounts(users, Tokens(secret_of(path), lifetime), Rules(settings.rules))
    said = ["Who asks has to log in."]
    if not place.shared:
        make_private(place.kept)
    else:
        said.append(f"Secret: {path} (other servers of this database need the same one)")
    if not users.all():
        said.append(f"There are no users yet: imlkit store user add NAME --role admin {hidden(place.named)}")
    return accounts, said


def _audit(settings: Settings, place: _Place, has_accounts: bool) -> AuditLog:
    if settings.audit is False or (settings.audit is None and place.shared and not has_accounts):
        return AuditLog(None)
    return AuditLog(settings.audit or place.kept / "audit.jsonl")


def _make_indexes(settings: Settings, place: _Place) -> None:
    wanted = settings.indexes
    if wanted is None:
        return
    if not place.shared:
        place.store.declare_indexes(wanted)
        return

    def work() -> None:
        try:
            place.store.declare_indexes(wanted)
        except StoreError as error:
            log.error("the indexes that the settings declare are not all there: %s", error)

    # Nobody has to wait for it: PostgreSQL makes them while documents are read and written.
    threading.Thread(target=work, name="imlkit indexes", daemon=True).start()
