"""What a dashboard and a wizard share: a title, a current page, being served, being opened in a dialog."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from ..follow import follow
from ..notifications import notify_errors
from ..plain_text import PlainText
from ..session import Session
from ..streams import Stream
from .address import page_address
from .frame import follow_system_theme, page_frame
from .late_dialog import LateDialog
from .page import Placeable
from .questions import ask_in_dialog
from .warm_up import warm_up_models

__all__ = ["Layout"]


class Layout(Placeable):
    """Pages or steps of which one is shown, as a whole page, on a page, or in a dialog.

    Args:
        title: what stands in the bar and in the browser's tab.
        author: whom the page names as its author.

    Attributes:
        current: the address name of the page or step shown; set it to show another.
        opened: the layout that is open in a dialog over this one, or None.
    """

    def __init__(self, title: str, author: str) -> None:
        self.title = title
        self.author = author
        self.session = Session.current()
        self.current: Stream[str] = Stream(name="current")
        self.opened: Stream[Layout | None] = Stream(None, name="opened")

    @property
    @abstractmethod
    def first(self) -> str:
        """The address name of what is shown at the bare address."""

    @abstractmethod
    def content(self, whole_page: bool = False) -> Viewable:
        """Return a new view without the bar, to place on a page.

        Args:
            whole_page: whether it is the page's own layout, whose parts have addresses.
        """

    def header(self) -> list[Viewable]:
        """Return what stands in the bar beside the title."""
        return []

    def open(self, layout: Layout) -> None:
        """Show another layout in a dialog over this one."""
        self.opened.set(layout)

    def close(self) -> None:
        """Close the dialog."""
        self.opened.set(None)

    def view(self) -> Viewable:
        """Return the whole layout for one browser page."""
        dialogs = pmui.Column(margin=0)
        _open_in_dialog(self, dialogs)
        ask_in_dialog(self.session, dialogs)
        frame: Viewable = page_frame(
            self.session,
            self.title,
            header=[_home(self.title, self.first), *self.header()],
            main=[
                self.content(whole_page=True),
                dialogs,
                page_address(self.session, self.current, self.first),
            ],
            author=self.author,
        )
        return frame

    def servable(self) -> Any:
        """Make this the page that a served script shows; return the layout."""
        pn.config.notifications = True
        # Panel's own Location would add each followed link to the history a second time.
        self.view().servable(title=self.title, location=False)
        notify_errors(self.session)
        document = self.session.document
        if document is not None:
            follow_system_theme(document)
        pn.state.onload(lambda: warm_up_models(self.session))
        return self

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        bundle: Any = self.view()._repr_mimebundle_(include, exclude)
        return bundle


def path() -> str:
    """Return the page's address without what stands after ``#``."""
    location = pn.state.location
    return f"{location.pathname}{location.search}" if location is not None else ""


def _home(title: str, address: str) -> Viewable:
    return PlainText(
        title,
        link=f"{path()}#{address}",
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


def _open_in_dialog(layout: Layout, place: Any) -> None:
    dialog = LateDialog(place, width="lg", closed=layout.close)

    def show(place: Any, other: Layout | None) -> None:
        if other is None:
            dialog.close()
        else:
            dialog.open(other.title, [other.content()])

    follow(layout.session, layout.opened, place, show)
