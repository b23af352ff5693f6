"""How suggested examples look, and what the person does with them."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from panel.viewable import Viewable

from .notice import Notice
from .suggestion_tiles import SuggestionTiles

if TYPE_CHECKING:
    from .next_examples import NextExamples

__all__ = ["suggestion_view"]


def suggestion_view(examples: NextExamples) -> Viewable:
    """Return a new view of suggested examples."""

    # A message that no tile sends is passed over: the browser's side is not trusted.
    def asked(tiles: SuggestionTiles, message: dict[str, Any]) -> None:
        match message:
            case {"type": "label", "id": str(id), "label": str(label)}:
                held = weakref.ref(tiles)
                examples.labelling.set((id, label, lambda id, done: _tell(held, id, done)))
            case {"type": "skip", "id": str(id)}:
                examples.skip(id)
            case {"type": "again"}:
                examples.show_skipped()
            case {"type": "stop"}:
                examples.stop()
            case {"type": "read"}:
                examples.notice.set(Notice())

    tiles = SuggestionTiles(asked)
    examples.follow(examples.listing, tiles, SuggestionTiles.show_listing)
    examples.follow(examples.busy, tiles, SuggestionTiles.show_busy)
    examples.follow(examples.progress, tiles, SuggestionTiles.show_progress)
    examples.follow(examples.notice, tiles, SuggestionTiles.show_notice)
    return tiles


def _tell(tiles: weakref.ref[SuggestionTiles], id: str, done: bool) -> None:
    alive = tiles()
    if alive is not None:
        alive.tell(id, done)
