"""One page of a dashboard: a sidebar beside rows of cards."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Any, TypeAlias

import panel_material_ui as pmui
from panel.viewable import Viewable

from ..component import Component
from ..plain_text import PlainAlert, PlainText

__all__ = ["Page", "Placeable", "Placed"]


class Placeable:
    """What is no component but can stand on a page: another layout."""

    @abstractmethod
    def content(self, whole_page: bool = False) -> Viewable:
        """Return a new view to place on a page."""


Placed: TypeAlias = Component | Placeable | Viewable | str | list[Any]
"""A component or layout (shown as a new view of it), a Panel object, a heading, or a row of these."""


class Page:
    """A page of a dashboard, with an address of its own.

    Args:
        name: what the navigation calls it; the address is made of it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.slug = slug(name)
        self._sidebar: list[Placed] = []
        self._main: list[Placed] = []
        self._built: Viewable | None = None

    def sidebar(self, *items: Placed) -> Page:
        """Add to the column beside the page (above it on a phone); return the page."""
        self._sidebar.extend(items)
        self._built = None
        return self

    def use(self, *items: Placed) -> Page:
        """Add to the page: components, lists of them side by side, text as headings; return the page."""
        self._main.extend(items)
        self._built = None
        return self

    def view(self) -> Viewable:
        """Return the page's content, built at the first call."""
        if self._built is None:
            self._built = self._build()
        return self._built

    def _build(self) -> Viewable:
        main = column([place(item) for item in self._main] or [_empty(self.name)])
        if not self._sidebar:
            return main
        aside = column([place(item) for item in self._sidebar])
        return pmui.Grid(
            pmui.Grid(aside, size={"xs": 12, "sm": 5, "md": 4, "lg": 3}, margin=0),
            pmui.Grid(main, size={"xs": 12, "sm": 7, "md": 8, "lg": 9}, margin=0),
            container=True,
            spacing=2,
            margin=0,
            sizing_mode="stretch_width",
        )


def slug(name: str) -> str:
    """Return a name as it stands in an address: lower case, other signs than letters and digits as ``-``."""
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-") or "page"


def column(items: list[Viewable]) -> Viewable:
    """Return items one below the other, as wide as the place allows."""
    return pmui.Column(*items, sizing_mode="stretch_width", margin=0, sx={"gap": "16px"})


def place(item: Placed) -> Viewable:
    """Return the view of what was placed: on a card where it wants one."""
    if isinstance(item, str):
        return PlainText(item, variant="h2", margin=0, sx={"fontSize": "1.25rem", "mt": 1})
    if isinstance(item, list):
        return _row(item)
    if isinstance(item, Component):
        return card(item.view(), item.title) if item.framed else item.view()
    if isinstance(item, Placeable):
        return item.content()
    return item


def card(content: Viewable, title: str) -> Viewable:
    """Return a view on a card, with its title above it."""
    heading = PlainText(
        title, variant="h2", margin=(0, 0, 8, 0), sx={"fontSize": "1.05rem", "fontWeight": 600}
    )
    return pmui.Paper(
        *([heading] if title else []),
        content,
        variant="outlined",
        margin=0,
        sizing_mode="stretch_width",
        sx={"p": 2, "boxSizing": "border-box"},
    )


def _row(items: list[Any]) -> Viewable:
    # Buttons and other controls keep their width and wrap; cards share the row.
    if all(isinstance(item, Component) and not item.framed for item in items):
        return pmui.FlexBox(*map(place, items), margin=0, gap="8px", sizing_mode="stretch_width")
    width = {"xs": 12, "md": max(1, 12 // len(items))}
    return pmui.Grid(
        *[pmui.Grid(place(item), size=width, margin=0) for item in items],
        container=True,
        spacing=2,
        margin=0,
        sizing_mode="stretch_width",
    )


def _empty(name: str) -> Viewable:
    return PlainAlert(f"The page {name} has nothing on it yet: add components with page.use(…).")
