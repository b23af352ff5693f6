"""The browser's part of suggested examples: a tile for each, with a field for its label."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from imlkit.model import Prediction

from .archive import Progress
from .notice import Notice
from .suggestion_listing import SuggestionListing
from .thumbnails import Thumbnail

__all__ = ["SuggestionTiles"]

_LONGEST = 300
_MOST_LABELS = 200
_GUESSES = 2
_FOLDER = Path(__file__).parent


class SuggestionTiles(JSComponent):
    """Tiles on a page. A text that a person has begun to type stays until it is used.

    Args:
        asked: called with each message of the person's doing, a dictionary with a ``type``.
    """

    listing = param.Dict(default={"items": [], "labels": [], "summary": "", "empty": "", "skipped": 0})
    progress = param.Dict(default={"busy": False, "text": "", "share": -1})
    notice = param.Dict(default={"text": "", "kind": "info"})

    _esm: ClassVar[Path] = _FOLDER / "suggestion_tiles.js"
    # As text: files of their own would arrive after the first tiles.
    _stylesheets: ClassVar[list[str]] = [
        (_FOLDER / name).read_text("utf-8") for name in ("data_views.css", "suggestion_tiles.css")
    ]

    def __init__(self, asked: Callable[[SuggestionTiles, Any], Any]) -> None:
        super().__init__(sizing_mode="stretch_width", margin=0)  # type: ignore[no-untyped-call]
        self._asked = asked

    def show_listing(self, listing: SuggestionListing) -> None:
        """Show these suggestions."""
        texts = [str(label) for label in listing.labels[:_MOST_LABELS]]
        self.listing = {
            "summary": listing.summary(),
            "empty": listing.empty(),
            "skipped": listing.skipped,
            "labels": [text for text in texts if len(text) <= _LONGEST],
            "items": [
                {
                    "id": instance["id"],
                    "guesses": _guesses(listing.predictions.get(instance["id"])),
                    **_shown(listing.pictures.get(instance["id"], Thumbnail())),
                }
                for instance in listing.instances
            ],
        }

    def show_busy(self, busy: bool) -> None:
        """Show whether the pool is being looked through."""
        self.progress = {**self.progress, "busy": busy}

    def show_progress(self, progress: Progress | None) -> None:
        """Show how far that is; None for no more than that it goes on."""
        self.progress = {
            "busy": self.progress["busy"],
            "text": f"{progress.task}: {progress.done:,} of {progress.total:,}" if progress else "",
            "share": progress.done / progress.total if progress and progress.total else -1,
        }

    def show_notice(self, notice: Notice) -> None:
        """Tell the person something; an empty notice takes away what was told."""
        self.notice = {"text": notice.text, "kind": notice.kind}

    def tell(self, id: str, done: bool) -> None:
        """Tell whether the label that was sent for an instance needs no more doing."""
        self._send_msg({"id": id, "done": done})

    def _handle_msg(self, message: Any) -> None:
        if isinstance(message, dict) and isinstance(message.get("type"), str):
            self._asked(self, message)


def _guesses(prediction: Prediction | None) -> list[tuple[str, str]]:
    if prediction is None:
        return []
    best = sorted(prediction.confidences.items(), key=lambda one: -one[1])[:_GUESSES]
    shown = [(label, round(100 * confidence)) for label, confidence in best if len(label) <= _LONGEST]
    return [(label, f"{percent} %") for label, percent in shown]


def _shown(thumbnail: Thumbnail) -> dict[str, str]:
    if not thumbnail.picture:
        return {"picture": "", "text": thumbnail.text}
    kind = "png" if thumbnail.picture.startswith(b"\x89PNG") else "jpeg"
    return {"picture": f"data:image/{kind};base64,{base64.b64encode(thumbnail.picture).decode()}", "text": ""}
