"""The frame around every page: its bar, its theme, and letting go of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from bokeh.document import Document
from bokeh.models import CustomJS
from panel.viewable import Viewable
from panel_material_ui.base import _env
from panel_material_ui.template.base import Page as Frame

from ..session import Session
from .login_notice import login_notice, logout_link
from .waiting_notice import waiting_notice

__all__ = ["follow_system_theme", "page_frame"]

_FOLLOW_SYSTEM_THEME = """
if (window.matchMedia("(prefers-color-scheme: dark)").matches)
  for (const root of cb_obj.roots())
    if (root.data && "theme_toggle" in root.data) root.data.dark_theme = true
"""


def page_frame(
    session: Session, title: str, header: list[Viewable], main: list[Viewable], author: str = ""
) -> Any:
    """Return panel-material-ui's page with a bar above and content below, let go of with the session.

    Where people log in, the bar lets them out, and the page says when a login has ended. While writes
    wait for a store that is away, it says that too.
    """
    frame = Frame(
        title="",
        template=_template(),
        meta_title=title,
        meta_name=title,
        meta_author=author or None,
        header=[*header, *logout_link(session)],
        main=[*login_notice(session), *waiting_notice(session), *main],
        busy_indicator=None,
        sidebar_resizable=False,
        # The part has a heading without words and a progress bar without a name.
        sx={
            "& main h5": {"visibility": "hidden"},
            "& .MuiAppBar-root .MuiLinearProgress-root": {"display": "none"},
            # A long title gives way to what stands beside it.
            "& .MuiAppBar-root .MuiToolbar-root > .MuiBox-root": {"minWidth": 0},
        },
    )
    session.at_end(lambda: _stop_following_state(frame))
    return frame


def follow_system_theme(document: Document) -> None:
    """Open a page as light or dark as the person's system; the button in the bar changes it."""
    document.js_on_event("document_ready", CustomJS(code=_FOLLOW_SYSTEM_THEME))


@cache
def _template() -> Any:
    source = Path(__file__).with_name("page.html").read_text("utf-8")
    build: Any = _env
    return build.from_string(source, globals={"parts": Frame._render_esm(server=True)})


def _stop_following_state(frame: Frame) -> None:
    # The frame follows whether the server is busy, and nothing else ever makes it stop: without
    # this, every page that was open is kept for good.
    for _, watcher in frame._param__private.ref_watchers:
        watcher.inst.param.unwatch(watcher)
    frame._param__private.ref_watchers.clear()
