"""A dashboard: pages with addresses, built on panel-material-ui."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from ..follow import follow
from .layout import Layout, path
from .page import Page, slug
from .settings import Settings

__all__ = ["Dashboard"]

_TAB = {"textTransform": "none", "borderRadius": 0, "whiteSpace": "nowrap", "color": "text.primary"}
_TAB_CURRENT = {"boxShadow": "inset 0 -3px 0 #0072b5", "fontWeight": 700}
_BAR = {"textTransform": "none", "borderRadius": 0, "color": "white"}
_BAR_CURRENT = {"boxShadow": "inset 0 -3px 0 white", "fontWeight": 700}


class Dashboard(Layout):
    """Pages with a navigation bar, a settings page, notifications and questions.

    Each page has its own address, ``…#name``: a link to it opens the page. Components go on
    computing whichever page is shown.

    Args:
        title: what stands in the bar and in the browser's tab.
        author: whom the page names as its author.

    Attributes:
        current: the address name of the page shown; set it to show another.
        opened: the layout that is open in a dialog over this one, or None.
        settings: the settings page, which may be told of more datasets and models.
    """

    def __init__(self, title: str = "imlkit", author: str = "") -> None:
        super().__init__(title, author)
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

    @property
    def first(self) -> str:
        """The address name of the first page."""
        return self._pages[0].slug if self._pages else "main"

    def header(self) -> list[Viewable]:
        """Return the link to the settings page."""
        link = _link("Settings", self.settings.slug, _BAR)
        follow(self.session, self.current, link, self._mark_settings)
        return [link]

    def content(self, whole_page: bool = False) -> Viewable:
        """Return a new view without the bar, to place on a page.

        Args:
            whole_page: whether it is the page's own layout, whose parts have addresses.
        """
        pages = self._pages or [Page("Main")]
        views: dict[str, Callable[[], Viewable]] = {page.slug: page.view for page in pages}
        if whole_page:
            views[self.settings.slug] = self.settings.view
        first = self.first
        if not self.current.has_value:
            self.current.set(first)
        body = pmui.Column(
            margin=0, sizing_mode="stretch_width", sx={"p": {"xs": 1.5, "sm": 2}, "boxSizing": "border-box"}
        )
        links = {page.slug: self._tab(page, whole_page) for page in pages} if len(pages) > 1 else {}
        shown: dict[str, Viewable] = {}

        def show(body: Any, name: str) -> None:
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

        follow(self.session, self.current, body, show)
        if not links:
            return body
        return pmui.Column(_strip(list(links.values())), body, margin=0, sizing_mode="stretch_width")

    def _mark_settings(self, link: Any, name: str) -> None:
        link.sx = _BAR | _BAR_CURRENT if name == self.settings.slug else _BAR

    def _tab(self, page: Page, has_address: bool) -> pmui.Button:
        if has_address:
            return _link(page.name, page.slug, _TAB)
        return pmui.Button(
            label=page.name,
            variant="text",
            margin=0,
            sx=_TAB,
            on_click=lambda _: self.current.set(page.slug),
        )


def _link(words: str, address: str, sx: dict[str, Any]) -> pmui.Button:
    return pmui.Button(label=words, href=f"{path()}#{address}", variant="text", margin=0, sx=sx)


def _strip(links: list[pmui.Button]) -> Viewable:
    return pmui.FlexBox(
        *links,
        flex_wrap="nowrap",
        margin=0,
        sizing_mode="stretch_width",
        sx={"overflowX": "auto", "px": 1, "borderBottom": "1px solid", "borderColor": "divider"},
    )
