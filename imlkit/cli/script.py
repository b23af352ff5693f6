"""A script as an app: run anew for every page, and heard when it fails."""

from __future__ import annotations

import html
import logging
import os
import re
from pathlib import Path
from typing import Any

import panel as pn
from bokeh.application.handlers.code_runner import CodeRunner
from bokeh.document import Document
from panel.io.handlers import ScriptHandler
from panel.io.state import set_curdoc, state

from ..layouts.frame import follow_system_theme, page_frame
from ..session import Session
from .login.request_login import login_of

__all__ = ["AppScript"]

log = logging.getLogger("imlkit")


class AppScript(ScriptHandler):
    """Runs a script for each page, as ``panel serve`` does, and says on the page why it could not.

    A script that was changed since is read again, so that reloading the page shows the change.

    Args:
        path: the script.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = path.stat().st_mtime_ns
        super().__init__(filename=os.fspath(path))

    @property
    def failed(self) -> bool:
        """False: a failure is told on the page and in the log, and the next page runs the script again."""
        return False

    def modify_document(self, doc: Document) -> None:
        """Run the script for a page."""
        self._read_again()
        _take_login(doc)
        try:
            super().modify_document(doc)
        except SystemExit:
            _show(doc, f"{self._path.name} ended itself with sys.exit: a served app must not.")
            return
        if self._runner.failed:
            log.error("%s could not run\n%s", self._path.name, self._runner.error_detail)
            _show(doc, f"{self._path.name} could not run.", _told(self._runner))
        elif not doc.roots and doc not in state._templates:
            _show(
                doc,
                f"{self._path.name} shows nothing yet: call .servable() on its dashboard.",
            )

    def _read_again(self) -> None:
        try:
            changed_at = self._path.stat().st_mtime_ns
            if changed_at == self._read_at:
                return
            source = self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            # Half-way through being saved, or removed: what was read before still runs.
            return
        self._runner = type(self._runner)(source, os.fspath(self._path), [])
        self._read_at = changed_at


def _take_login(doc: Document) -> None:
    """Let a page open stores as whoever asked for it."""
    login = login_of(getattr(doc.session_context, "request", None))
    if login is not None:
        with set_curdoc(doc):
            session = Session.current()
        session.login = login
        session.at_end(login.use())


def _told(runner: CodeRunner) -> str:
    """Return what a script raised and where, without the way there."""
    error, detail = runner.error or "", runner.error_detail or ""
    lines = detail.splitlines()
    frames = [number for number, line in enumerate(lines) if line.startswith("  File ")]
    raised = [line for line in lines[frames[-1] + 1 :] if not line.startswith("    ")] if frames else []
    if raised and (own := re.match(r"imlkit\.errors\.\w+: (.)", raised[0])):
        # imlkit's own errors say what to do: where they were raised is of no use to a person.
        return "\n".join([own[1].upper() + raised[0][own.end() :], *raised[1:]])
    _, place, where = error.rpartition("\nFile ")
    return "\n".join([*raised, f"File {where}"]) if raised and place else error


def _show(doc: Document, words: str, error: str | None = None) -> None:
    # What the script placed before it failed would look like an app that works.
    state._templates.pop(doc, None)
    doc.clear()
    detail = f'<pre style="white-space: pre-wrap">{html.escape(error)}</pre>' if error else ""
    hint = "<p>Details are in the terminal. Reload this page when the cause is mended.</p>" if error else ""
    heading = f'<h1 style="font-size: 20px">{html.escape(words)}</h1>'
    with set_curdoc(doc):
        pane: Any = pn.pane.HTML
        message = pane(
            f'<div role="alert">{heading}{detail}{hint}</div>',
            margin=20,
            sizing_mode="stretch_width",
        )
        page_frame(Session.current(), words, header=[], main=[message]).server_doc(doc=doc, title=words)
        follow_system_theme(doc)
