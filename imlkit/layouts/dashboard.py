"""A dashboard: pages with addresses, built on panel-material-ui."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from ..follow import follow
from ..notifications import notify_errors
from ..plain_text import PlainText
from ..session import Session
from ..streams import Stream
from .address import Address
from .frame import follow_system_theme, page_frame
from .page import Page, slug
from .questions import question_dialog
from .settings import Settings
from .warm_up import warm_up_models

__all__ = ["Dashboard"]

_TAB = {"textTransform": "none", "borderRadius": 0, "whiteSpace": "nowrap", "color": "text.primary"}
_TAB_CURRENT = {"boxShadow": "inset 0 -3px 0 #0072b5", "fontWeight": 700}
_BAR = {"textTransform": "none", "borderRadius": 0, "color": "white"}
_BAR_CURRENT = {"boxShadow": "inset 0 -3px 0 white", "fontWeight": 700}


class Dashboard:
    """Pages with a navigation bar, a settings page, notifications and questions.

    Each page has its own address, ``…#name``: a link to it opens the page. Components go on
    computing whichever page is shown.

    Args:
        title: what stands in the bar and in the browser's tab.
        author: whom the page names as its author.

    Attributes:
        current: the address name of the page shown; set it to show another.
        settings: the settings page, which may be told of more datasets and models.
    """

    def __init__(self, title: str = "imlkit", author: str = "") -> None:
        self.title = title
        self.author = author
        self.session = Session.current()
        self.current: Stream[str] = Stream(name="current")
        self.settings = Settings(self.session)
        self._pages: list[Page] = []

    def page(self, name: str) -> Page:
        """Return the page of that name, new or already there.

        Raises:
            ValueError: another page, or the settings page, has the same address.
        """
        if slug(name) == self.settings.slug:
            raise ValueError(
                f"a page named {name!r} would have the settings page's address: choose another name"
            )
        for page in self._pages:
            if page.name == name:
                return page
            if page.slug == slug(name):
                raise ValueError(f"pages {page.name!r} and {name!r} would have the same address: rename one")
        page = Page(name)
        self._pages.append(page)
        return page

    def view(self) -> Viewable:
        """Return the whole dashboard for one browser page."""
        pages = self._pages or [Page("Main")]
        views: dict[str, Callable[[], Viewable]] = {page.slug: page.view for page in pages}
        views[self.settings.slug] = self.settings.view
        first = pages[0].slug
        if not self.current.has_value:
            self.current.set(first)
        body = pmui.Column(
            margin=0, sizing_mode="stretch_width", sx={"p": {"xs": 1.5, "sm": 2}, "boxSizing": "border-box"}
        )
        links = {page.slug: _link(page.name, page.slug, _TAB) for page in pages} if len(pages) > 1 else {}
        strip = [_strip(list(links.values()))] if links else []
        settings_link = _link("Settings", self.settings.slug, _BAR)

        shown: dict[str, Viewable] = {}

        def show(frame: Any, name: str) -> None:
            name = name if name in views else first
            # Pages that were left stay, hidden: a click under way there is not lost, and coming
            # back takes no time.
            view = views[name]()
            if shown.get(name) is not view:
                shown[name] = view
                body[:] = list(shown.values())
            for address, page in shown.items():
                page.visible = address == name
            for address, link in links.items():
                link.sx = _TAB | _TAB_CURRENT if address == name else _TAB
            settings_link.sx = _BAR | _BAR_CURRENT if name == self.settings.slug else _BAR

        frame: Viewable = page_frame(
            self.session,
            self.title,
            header=[_home(self.title, first), settings_link],
            main=[*strip, body, question_dialog(self.session), self._address()],
            author=self.author,
        )
        follow(self.session, self.current, frame, show)
        return frame

    def servable(self) -> Dashboard:
        """Make this the page that a served script shows; return the dashboard."""
        pn.config.notifications = True
        # Panel's own Location would add each followed link to the history a second time.
        self.view().servable(title=self.title, location=False)
        notify_errors(self.session)
        document = self.session.document
        if document is not None:
            follow_system_theme(document)
        pn.state.onload(lambda: warm_up_models(self.session))
        return self

    def _address(self) -> Address:
        address = Address(width=0, height=0, margin=0)
        first = self._first()

        def moved(event: Any) -> None:
            self.current.set(slug(event.new) if event.new else first)

        def shown(address: Address, name: str) -> None:
            # The first page is at the bare address too: nothing is added to it.
            if name != (address.name_shown or first):
                address.name_shown = name

        address.param.watch(moved, "name_shown")
        follow(self.session, self.current, address, shown)
        return address

    def _first(self) -> str:
        return self._pages[0].slug if self._pages else "main"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        bundle: Any = self.view()._repr_mimebundle_(include, exclude)
        return bundle


def _home(title: str, address: str) -> Viewable:
    return PlainText(
        title,
        link=f"{_path()}#{address}",
        variant="h1",
        margin=(0, 12, 0, 0),
        styles={"flex": "1 1 0", "min-width": "0", "align-self": "center"},
        sx={
            "color": "white",
            "fontSize": "1.25rem",
            "fontWeight": 600,
            "lineHeight": 1.3,
            "overflow": "hidden",
            "textOverflow": "ellipsis",
            "whiteSpace": "nowrap",
        },
    )


def _link(words: str, address: str, sx: dict[str, Any]) -> pmui.Button:
    return pmui.Button(label=words, href=f"{_path()}#{address}", variant="text", margin=0, sx=sx)


def _strip(links: list[pmui.Button]) -> Viewable:
    return pmui.FlexBox(
        *links,
        flex_wrap="nowrap",
        margin=0,
        sizing_mode="stretch_width",
        sx={"overflowX": "auto", "px": 1, "borderBottom": "1px solid", "borderColor": "divider"},
    )


def _path() -> str:
    location = pn.state.location
    return location.pathname if location is not None else ""
