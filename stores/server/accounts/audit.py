"""The log of who wrote what, and who logged in."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any, Final

from imlkit.errors import CommandError

__all__ = ["AuditLog"]

_log: Final = logging.getLogger("imlkit")


class AuditLog:
    """Adds a line of JSON for everything that was done to a file that its owner alone may read.

    The file may be moved away at any time, as logrotate does: a new one is begun.

    Args:
        path: the file; its folder is there. None keeps no log.

    Raises:
        CommandError: it cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        self._file: _File | None = None
        if path is None:
            return
        try:
            self._file = _File(path, encoding="utf-8")
        except OSError as error:
            raise CommandError(
                f"the log of writes {str(path)!r} cannot be written ({error.strerror}): check its folder"
            ) from error

    def add(self, user: str | None, address: str, action: str, **more: Any) -> None:
        """Add what was done.

        Args:
            user: who did it, if that is known.
            address: from where.
            action: what, such as ``"create"`` or ``"login"``.
            more: such as the collection and the ids.
        """
        if self._file is not None:
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            line = json.dumps({"at": at, "user": user, "address": address, "action": action, **more})
            self._file.handle(logging.makeLogRecord({"msg": line}))

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()


class _File(WatchedFileHandler):
    """A file whose failing undoes nothing of what it would have told of."""

    _failed = False

    def _open(self) -> Any:
        os.close(os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        # Once is enough: a full disk would fill the other log too.
        level = logging.DEBUG if self._failed else logging.ERROR
        _log.log(level, "the log of writes cannot be written: %s", sys.exc_info()[1])
        self._failed = True
