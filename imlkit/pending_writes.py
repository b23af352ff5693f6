"""Sees to it that no change of a page is left behind on the server."""

from __future__ import annotations

from typing import Any

from panel.io import document as writes

__all__ = ["send_all"]


def send_all() -> None:
    """Make Panel send what it puts off while a page's connection is busy, without exception.

    What is put off is sent by tasks. One that ends just when something more was put off declares
    that nothing is left, and the task that was to send that believes it: the page would show it
    only with the next change, if ever there is one. Each task now looks again when it ends.
    """
    dispatch: Any = writes._dispatch_msgs
    if getattr(dispatch, "_looks_again", False):
        return

    async def dispatch_all(document: Any) -> None:
        await dispatch(document)
        if writes._WRITE_MSGS.get(document) and document not in writes._WRITE_BLOCK:
            writes._WRITE_BLOCK[document] = True
            writes._dispatch_write_task(document, dispatch_all, document)

    dispatch_all._looks_again = True  # type: ignore[attr-defined]
    writes._dispatch_msgs = dispatch_all
