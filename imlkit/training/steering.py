"""What pages ask of a run, as the run hears it."""

from __future__ import annotations

import logging
import threading
from collections import deque
from datetime import UTC, datetime
from typing import Any, Final

from ..errors import ImlkitError
from ..store import Change, Document, Store
from .run_record import COMMANDS

__all__ = ["Command", "Steering", "ask"]

log = logging.getLogger("imlkit")

KINDS: Final = ("pause", "resume", "stop", "rate")


class Command:
    """Something that a page asked for.

    Args:
        id: of its document.
        kind: ``"pause"``, ``"resume"``, ``"stop"`` or ``"rate"``.
        value: the learning rate asked for, of ``"rate"``.
    """

    def __init__(self, id: str, kind: str, value: float | None) -> None:
        self.id = id
        self.kind = kind
        self.value = value


class Steering:
    """Hears what pages ask of one run.

    Args:
        store: where they ask.
        run: the run's id.

    Attributes:
        heard: set whenever something new was asked.
    """

    def __init__(self, store: Store, run: str) -> None:
        self._commands = store.collection(COMMANDS)
        self._run = run
        self._known: set[str] = set()
        self._waiting: deque[Command] = deque()
        self.heard = threading.Event()
        self._subscription = self._commands.changes.subscribe(self._changed)

    def take(self) -> Command | None:
        """Return what was asked next; None if nothing was."""
        self.heard.clear()
        return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        """Hear nothing more."""
        self._subscription.dispose()

    def _changed(self, change: Change) -> None:
        if change.kind in ("removed", "updated"):
            return
        query: dict[str, Any] = {"run": self._run, "state": "asked"}
        if change.ids:
            query["id"] = {"$in": list(change.ids)}
        try:
            found = self._commands.find(query)
        except ImlkitError as error:
            log.warning("What a page asked of the run could not be read: %s", error)
            return
        for document in found:
            self._take(document)

    def _take(self, document: Document) -> None:
        kind, value = document.get("kind"), document.get("value")
        if document["id"] in self._known or kind not in KINDS:
            return
        self._known.add(document["id"])
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        self._waiting.append(Command(document["id"], kind, number))
        self.heard.set()


def ask(store: Store, run: str, kind: str, value: float | None = None, by: str = "") -> str:
    """Ask something of a run; return the id of the document that tells what becomes of it.

    The document's ``state`` is ``"asked"``, then ``"done"`` or ``"refused"``, with the words ``said``.

    Raises:
        ImlkitError: the store does not take it.
    """
    asked = {
        "run": run,
        "kind": kind,
        "value": value,
        "by": by,
        "at": datetime.now(UTC),
        "state": "asked",
        "said": "",
    }
    return str(store.collection(COMMANDS).create(asked)["id"])
