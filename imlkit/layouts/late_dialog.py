"""A dialog that is made when it first opens: most pages never open theirs."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

__all__ = ["LateDialog"]


class LateDialog:
    """Content in a dialog over the page.

    Args:
        place: the list-like layout of the page that the dialog is put into; it is held weakly.
        width: how wide it is at most, one of panel-material-ui's names, such as ``"xs"``.
        closed: called when the person has closed it.
    """

    def __init__(self, place: Any, width: str, closed: Callable[[], Any] | None = None) -> None:
        self._place = weakref.ref(place)
        self._width = width
        self._closed = closed
        self._dialog: weakref.ref[Any] | None = None

    def open(self, title: str, content: list[Viewable]) -> None:
        """Show content under a title; call it on the page's own thread."""
        dialog = self._made()
        if dialog is None:
            self._make(title, content)
        else:
            dialog.title = title
            dialog[:] = content
            dialog.open = True

    def close(self) -> None:
        """Close the dialog where it is open."""
        dialog = self._made()
        if dialog is not None:
            dialog.open = False

    def take_away(self) -> None:
        """Close the dialog for whoever did not ask for that: it leaves the page at once.

        A browser that still builds it would miss that it was closed.
        """
        dialog, place = self._made(), self._place()
        if dialog is not None and place is not None:
            dialog.open = False
            place.remove(dialog)
            self._dialog = None

    def _made(self) -> Any:
        return None if self._dialog is None else self._dialog()

    def _make(self, title: str, content: list[Viewable]) -> None:
        place = self._place()
        if place is None:
            return
        # Made as it is to be shown: the browser misses what changes while it builds a part.
        dialog = pmui.Dialog(
            *content,
            title=title,
            open=True,
            title_variant="h6",
            show_close_button=True,
            # Escape, too, counts as a click beside it.
            close_on_click=True,
            width_option=self._width,
            margin=0,
        )
        if self._closed is not None:
            closed = self._closed
            dialog.param.watch(lambda event: None if event.new else closed(), "open")
        place.append(dialog)
        self._dialog = weakref.ref(dialog)
