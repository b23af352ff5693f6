"""The browser's part of a few examples: a tile for each, with words and buttons."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from .archive import Progress
from .notice import Notice
from .thumbnails import Thumbnail

__all__ = ["ExampleTiles", "picture_of"]

_FOLDER = Path(__file__).parent


class ExampleTiles(JSComponent):
    """Tiles on a page. What a person types is shown as text.

    A tile is a dictionary: ``id``; ``name``, for those who do not see it; ``title`` and ``text``,
    below the picture; ``acts``, buttons as ``[type, words, name]``; and what :func:`picture_of`
    returns. A button sends ``{"type": type, "id": id}``.

    Args:
        asked: called with each message of the person's doing, a dictionary with a ``type``.
        title: what the tiles are, for those who do not see them.
        small: whether the tiles are small and have no buttons.
    """

    listing = param.Dict(default={"items": [], "summary": "", "hint": "", "empty": "", "pages": [1, 1]})
    extra = param.Dict(default={"undo": "", "kept": ""})
    progress = param.Dict(default={"text": "", "share": -1})
    notice = param.Dict(default={"text": "", "kind": "info", "turn": 0})
    title = param.String()
    small = param.Boolean(default=False)

    _esm: ClassVar[str] = (_FOLDER / "example_tiles.js").read_text("utf-8")
    # As text: files of their own would arrive after the first tiles.
    _stylesheets: ClassVar[list[str]] = [
        (_FOLDER / name).read_text("utf-8") for name in ("data_views.css", "example_tiles.css")
    ]

    def __init__(self, asked: Callable[[ExampleTiles, Any], Any], title: str, small: bool = False) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            title=title, small=small, sizing_mode="stretch_width", margin=0
        )
        self._asked = asked

    def present(
        self,
        items: Sequence[dict[str, Any]],
        *,
        summary: str,
        empty: str,
        hint: str = "",
        pages: tuple[int, int] = (1, 1),
    ) -> None:
        """Show these tiles.

        Args:
            items: the tiles.
            summary: what they are, above them.
            empty: what to do where there are none.
            hint: what to do with them, above them.
            pages: which page this is, of how many.
        """
        self.listing = {
            "items": list(items),
            "summary": summary,
            "hint": hint,
            "empty": empty,
            "pages": list(pages),
        }

    def show_undo(self, undo: str) -> None:
        """Offer to undo what these words say; none for nothing."""
        self.extra = {**self.extra, "undo": undo}

    def show_kept(self, kept: str) -> None:
        """Offer, in these words, to show what was put aside; none for nothing."""
        self.extra = {**self.extra, "kept": kept}

    def show_progress(self, progress: Progress | None) -> None:
        """Show how far something is; None while nothing goes on."""
        self.progress = {
            "text": f"{progress.task}: {progress.done:,} of {progress.total:,}" if progress else "",
            "share": progress.done / progress.total if progress and progress.total else -1,
        }

    def show_notice(self, notice: Notice) -> None:
        """Tell the person something; an empty notice takes away what was told."""
        # The same words told again are news: what failed once more can be tried once more.
        self.notice = {"text": notice.text, "kind": notice.kind, "turn": self.notice["turn"] + 1}

    def _handle_msg(self, message: Any) -> None:
        if isinstance(message, dict) and isinstance(message.get("type"), str):
            self._asked(self, message)


def picture_of(thumbnail: Thumbnail | None) -> dict[str, str]:
    """Return how an instance looks as a tile has it: an address of its picture, or words."""
    if thumbnail is None or not thumbnail.picture:
        return {"picture": "", "words": "" if thumbnail is None else thumbnail.text}
    kind = "png" if thumbnail.picture.startswith(b"\x89PNG") else "jpeg"
    return {
        "picture": f"data:image/{kind};base64,{base64.b64encode(thumbnail.picture).decode()}",
        "words": "",
    }
