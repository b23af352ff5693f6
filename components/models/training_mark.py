"""What tells that a training was cut short by the end of its program."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
from collections.abc import Iterator

from imlkit.errors import ImlkitError, NotFoundError
from imlkit.store import Document, Store

__all__ = ["TrainingMark"]

log = logging.getLogger("imlkit")

COLLECTION = "trainings"

_PROCESS = secrets.token_hex(8)
"""This process: its number alone may be another's later."""


class TrainingMark:
    """A note in the store for as long as a model is being trained.

    Args:
        store: the store that keeps the model.
        id: the model's document there.
    """

    def __init__(self, store: Store, id: str) -> None:
        self._id = id
        self._notes = store.collection(COLLECTION)

    @contextlib.contextmanager
    def standing(self) -> Iterator[None]:
        """Let the note stand for as long as the block runs."""
        self.put()
        try:
            yield
        finally:
            self.remove()

    def put(self) -> None:
        """Note that this process trains the model."""
        note = {"id": self._id, "process": _PROCESS, "pid": os.getpid(), "host": socket.gethostname()}
        with _told():
            self._notes.put(note)

    def remove(self) -> None:
        """Note that it is no longer trained."""
        with _told(), contextlib.suppress(NotFoundError):
            self._notes.remove([self._id])

    @property
    def cut_short(self) -> bool:
        """Whether the model was being trained by a program that is no more."""
        try:
            note = self._notes.get(self._id)
        except NotFoundError:
            return False
        return not _lives(note)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ImlkitError as error:
        # Only the words after a crash are lost by this: no reason not to train.
        log.warning("a training could not be noted in the store: %s", error)


def _lives(note: Document) -> bool:
    if note.get("process") == _PROCESS:
        return True
    if note.get("host") != socket.gethostname():
        # Of another machine nothing is known: it may well be at work.
        return True
    pid = note.get("pid")
    # Elsewhere there is no harmless way to ask for a process.
    if os.name != "posix" or not isinstance(pid, int) or pid <= 0 or pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
