"""What the log need not say of people who close their page."""

from __future__ import annotations

import logging

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

__all__ = ["quieten"]


def quieten() -> None:
    """Keep out of the log that a message could not reach a page because it was closed."""
    for name in ("asyncio", "panel.io.document", "bokeh.server.views.ws"):
        logging.getLogger(name).addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, (StreamClosedError, WebSocketClosedError)):
        return False
    return "connection was closed" not in record.getMessage()
