from __future__ import annotations

import logging
import sys
from typing import Any

import pytest
from tornado.websocket import WebSocketClosedError

from imlkit.cli.closed_connections import quieten


def said(name: str, error: Exception, caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.clear()
    try:
        raise error
    except Exception:
        logging.getLogger(name).error("Task exception was never retrieved", exc_info=sys.exc_info())
    return caplog.messages


def test_closed_pages_are_not_told_of_and_other_errors_are(caplog: Any) -> None:
    quieten()
    assert said("asyncio", WebSocketClosedError(), caplog) == []
    assert said("asyncio", ValueError("real"), caplog) == ["Task exception was never retrieved"]
    assert said("imlkit", WebSocketClosedError(), caplog) == ["Task exception was never retrieved"]
    caplog.clear()
    for name in ("panel.io.document", "bokeh.server.views.ws"):
        logging.getLogger(name).warning("Failed sending message as connection was closed")
    assert caplog.messages == []
