"""How the examples that something resembles look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from panel.viewable import Viewable

from .example_tiles import ExampleTiles, picture_of
from .notice import Notice
from .similar_listing import SimilarListing, how_alike

if TYPE_CHECKING:
    from .similar_examples import SimilarExamples

__all__ = ["similar_view"]


def similar_view(examples: SimilarExamples) -> Viewable:
    """Return a new view of the examples that something resembles."""

    def asked(_tiles: ExampleTiles, message: dict[str, Any]) -> None:
        if message == {"type": "read"}:
            examples.notice.set(Notice())

    tiles = ExampleTiles(asked, "Examples, the most alike first", small=True)
    examples.follow(examples.listing, tiles, _show)
    examples.follow(examples.progress, tiles, ExampleTiles.show_progress)
    examples.follow(examples.notice, tiles, ExampleTiles.show_notice)
    return tiles


def _show(tiles: ExampleTiles, listing: SimilarListing) -> None:
    items = []
    for one in listing.similar:
        label = "no label" if one.label is None else str(one.label)
        items.append(
            {
                "id": one.id,
                "name": f"{label}, {how_alike(one.similarity)}",
                "title": label,
                "text": how_alike(one.similarity),
                "acts": [],
                **picture_of(listing.pictures.get(one.id)),
            }
        )
    tiles.present(items, summary=listing.summary(), empty=listing.empty())
