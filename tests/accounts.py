"""A store's server with accounts, and an app on it, for tests of logging in."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import requests

from imlkit.stores.server.accounts.access import Accounts
from imlkit.stores.server.accounts.audit import AuditLog
from imlkit.stores.server.accounts.rules import Rules
from imlkit.stores.server.accounts.tokens import Tokens
from imlkit.stores.server.accounts.users import Users
from imlkit.stores.sqlite import SQLiteStore
from tests.e2e.served import Served
from tests.stores.serving import served

__all__ = ["NOTES", "PASSWORD", "Clock", "form_of", "served_notes", "served_store"]

PASSWORD = "a good password"
OWN = "create in *, read own in *, update own in *, remove own in *"
NOTES = """\
from imlkit import Button, Dashboard, Text, TextInput, data_store

notes = data_store("notes").collection("notes")
typed, add, shown = TextInput("Note"), Button("Add"), Text(title="Notes")

def show(*_):
    shown.value.set("\\n".join(note["text"] for note in notes.find(sort={"text": 1})) or "none yet")

def keep(_):
    notes.create({"text": typed.value.value})

add.clicks.subscribe(keep)
notes.changes.subscribe(show)
show()
board = Dashboard("Notes app")
board.page("Main").use(typed, add, shown)
board.servable()
"""


class Clock:
    """The server's clock, which can be set forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@contextlib.contextmanager
def served_store(
    folder: Path,
    users: Mapping[str, str],
    clock: Clock | None = None,
    lifetime: float = 3600.0,
    rules: str = OWN,
) -> Iterator[str]:
    """Serve a store whose annotators see what is their own; gives its address.

    Args:
        folder: where it is kept, and the log ``audit.jsonl``.
        users: each one's role; their password is :data:`PASSWORD`.
        clock: the server's.
        lifetime: seconds for which a token holds.
        rules: of annotators.
    """
    store = SQLiteStore(folder / "shared")
    known = Users(store)
    for name, role in users.items():
        known.add(name, role, PASSWORD)
    tokens = Tokens(b"s" * 43, lifetime, clock or Clock())
    accounts = Accounts(known, tokens, Rules({"annotator": rules}))
    with served(store, folder / "uploads", accounts=accounts, audit=AuditLog(folder / "audit.jsonl")) as url:
        yield url


@contextlib.contextmanager
def served_notes(folder: Path, store: str, *options: str) -> Iterator[Served]:
    """Serve an app that keeps notes in a server's store."""
    script = folder / "notes.py"
    script.write_text(NOTES)
    command = [sys.executable, "-m", "imlkit", "serve", str(script), "--store", store, *options]
    command += [] if "--port" in options else ["--port", "0"]
    # Whoever runs the tests may be logged in somewhere: that is of no use to the app.
    app = Served(command, folder, {"IMLKIT_QUEUE": str(folder / "queue"), "XDG_CONFIG_HOME": str(folder)})
    try:
        yield app
    finally:
        app.stop()


def form_of(answer: requests.Response) -> str:
    """Return what a login page's form must send along."""
    return answer.text.partition('name="_xsrf" value="')[2].partition('"')[0]
