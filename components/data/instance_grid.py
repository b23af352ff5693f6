"""The browser's part of a dataset browser: tiles by class, and what the person does with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from .instance_listing import NO_LABEL, Listing
from .notice import Notice
from .thumbnails import Thumbnail

__all__ = ["InstanceGrid"]

_LONGEST_HEADING = 300
_MOST_SUGGESTIONS = 200


class InstanceGrid(JSComponent):
    """One grid on a page. It knows what is shown and asks for pictures as they come into sight.

    Args:
        asked: called with each message of the person's doing, a dictionary with a ``type``.
    """

    listing = param.Dict(default={"groups": [], "labels": [], "total": None, "hidden": 0, "empty": ""})
    selection = param.Dict(default={"ids": [], "total": 0, "seq": 0})
    notice = param.Dict(default={"text": "", "kind": "info"})

    _esm: ClassVar[Path] = Path(__file__).with_name("instance_grid.js")
    # As text: a file of its own would arrive after the first tiles.
    _stylesheets: ClassVar[list[str]] = [Path(__file__).with_name("data_views.css").read_text("utf-8")]

    def __init__(self, asked: Callable[[InstanceGrid, Mapping[str, Any]], Any]) -> None:
        super().__init__(sizing_mode="stretch_width", margin=0)  # type: ignore[no-untyped-call]
        self._asked = asked
        self.seq = 0

    def show_listing(self, listing: Listing, version: Callable[[str], int], page: int, empty: str) -> None:
        """Show these instances; a picture whose version is new is asked for again."""
        texts = [str(label) for label in listing.labels[:_MOST_SUGGESTIONS]]
        self.listing = {
            "total": listing.total,
            "hidden": listing.classes - len(listing.groups),
            "empty": empty,
            "labels": [text for text in texts if len(text) <= _LONGEST_HEADING],
            "groups": [
                {
                    "key": group.key,
                    "label": _heading(group.label),
                    "named": group.label is not NO_LABEL,
                    "count": group.count,
                    "expanded": len(group.ids) > page,
                    "items": [[id, version(id)] for id in group.ids],
                }
                for group in listing.groups
            ],
        }

    def show_selection(self, ids: Sequence[str], shown: set[str]) -> None:
        """Mark the selected ones of those shown, and say how many are selected in all."""
        self.selection = {"ids": [id for id in ids if id in shown], "total": len(ids), "seq": self.seq}

    def show_pictures(self, pictures: Mapping[str, Thumbnail], versions: Mapping[str, int]) -> None:
        """Send pictures that were asked for, each with the version it was asked for as."""
        self._send_msg(
            {
                "pictures": [
                    {"id": id, "version": versions[id], "picture": made.picture or None, "text": made.text}
                    for id, made in pictures.items()
                ]
            }
        )

    def show_notice(self, notice: Notice) -> None:
        """Tell the person something; an empty notice takes away what was told."""
        self.notice = {"text": notice.text, "kind": notice.kind}

    def _handle_msg(self, message: Any) -> None:
        if isinstance(message, dict) and isinstance(message.get("type"), str):
            self._asked(self, message)


def _heading(label: Any) -> str:
    if label is NO_LABEL:
        return "No label"
    text = str(label)
    return text if len(text) <= _LONGEST_HEADING else text[: _LONGEST_HEADING - 1] + "…"
