"""The log of requests: who asked for what and how it went, never what was in it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final, Literal

from .asgi import Scope

__all__ = ["log_request", "set_up_log"]

_log: Final = logging.getLogger("imlkit.requests")
_SLOW: Final = 1.0
"""Seconds after which a request is told of even where all is well."""


def set_up_log(form: Literal["text", "json"]) -> None:
    """Let this process write its log to the standard error.

    Args:
        form: ``"text"`` tells of what failed or was slow, in words; ``"json"`` of every request, each a
            line of JSON.
    """
    handler = logging.StreamHandler()
    if form == "json":
        handler.setFormatter(_JSONLines())
        _log.setLevel(logging.INFO)
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    # Whoever waits for a server to start is to see why.
    logging.getLogger("imlkit.indexes").setLevel(logging.INFO)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def log_request(scope: Scope, route: str, status: int, seconds: float, may_be_slow: bool) -> None:
    """Tell of a request that was answered.

    Args:
        scope: the request.
        route: the template of its path; the path itself may name what is nobody's business.
        status: of the answer.
        seconds: that it took.
        may_be_slow: whether a long time is the server's.
    """
    slow = may_be_slow and seconds >= _SLOW
    level = logging.ERROR if status >= 500 else logging.WARNING if slow else logging.INFO
    if not _log.isEnabledFor(level):
        return
    state, client = scope["state"], scope.get("client")
    said = {
        "method": scope["method"],
        "route": route,
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
        "user": state.get("user"),
        "address": client[0] if client else None,
        "request": state["request_id"],
    }
    words = (
        "%(method)r %(route)s: %(status)s after %(milliseconds)s ms "
        "(user %(user)r, %(address)s, request %(request)s)"
    )
    _log.log(level, words, said, extra={"said": said})


class _JSONLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        request = getattr(record, "said", None)
        said |= request if request is not None else {"message": record.getMessage()}
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said)
