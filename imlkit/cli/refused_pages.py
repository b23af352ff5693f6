"""Telling whoever runs a server how a page that it refuses may be let in."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

__all__ = ["explain"]


def explain() -> None:
    """Say in the log, where a page comes under a name the server does not know, which option lets it in."""
    logging.getLogger("bokeh.server.views.ws").addFilter(_in_words)


def _in_words(record: logging.LogRecord) -> bool:
    if str(record.msg).startswith("Refusing websocket connection from Origin") and record.args:
        origin = str(record.args[0] if isinstance(record.args, tuple) else "")
        record.msg = (
            "a page that was opened as %s is refused, as the server is not known by that name: if it is this "
            "server's, start it with --origin %s"
        )
        record.args = (origin[:200], urlsplit(origin).netloc[:200])
    return True
