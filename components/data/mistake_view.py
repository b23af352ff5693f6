"""How a model's mistakes look, and what the person does about them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from panel.viewable import Viewable

from .example_tiles import ExampleTiles, picture_of
from .judgements import Mistake
from .mistake_listing import MistakeListing
from .notice import Notice

if TYPE_CHECKING:
    from .mistakes import Mistakes

__all__ = ["mistake_view"]


def mistake_view(mistakes: Mistakes) -> Viewable:
    """Return a new view of a model's mistakes."""
    acts: dict[str, Callable[[str], object]] = {
        "relabel": mistakes.relabel,
        "keep": mistakes.keep,
        "remove": mistakes.remove,
    }

    # A message that no tile sends is passed over: the browser's side is not trusted.
    def asked(_tiles: ExampleTiles, message: dict[str, Any]) -> None:
        match message:
            case {"type": "relabel" | "keep" | "remove" as act, "id": str(id)}:
                mistakes.work.set(partial(acts[act], id))
            case {"type": "undo"}:
                mistakes.work.set(mistakes.undo)
            case {"type": "stop"}:
                mistakes.stop()
            case {"type": "show_kept"}:
                mistakes.show_kept()
            case {"type": "page", "page": int(page)} if page > 0:
                mistakes.page.set(page)
            case {"type": "read"}:
                mistakes.notice.set(Notice())

    tiles = ExampleTiles(asked, "Examples that it names differently, the surest first")
    mistakes.follow(mistakes.listing, tiles, _show)
    mistakes.follow(mistakes.progress, tiles, ExampleTiles.show_progress)
    mistakes.follow(mistakes.undoable, tiles, ExampleTiles.show_undo)
    mistakes.follow(mistakes.notice, tiles, ExampleTiles.show_notice)
    return tiles


def _show(tiles: ExampleTiles, listing: MistakeListing) -> None:
    tiles.present(
        [_tile(mistake, listing) for mistake in listing.mistakes],
        summary=listing.summary(),
        hint=listing.hint(),
        empty=listing.empty(),
        pages=(listing.page, listing.pages),
    )
    kept = "the one that was kept" if listing.kept == 1 else f"the {listing.kept:,} that were kept"
    tiles.show_kept(f"Show {kept}" if listing.kept else "")


def _tile(mistake: Mistake, listing: MistakeListing) -> dict[str, Any]:
    label, predicted = str(mistake.label), mistake.predicted
    text = f"You said {label}; it says {predicted} ({_percent(mistake.confidence)})"
    if mistake.id in listing.unlearned:
        text += f". It has not learned {label} yet: train again."
    return {
        "id": mistake.id,
        "name": text,
        "title": "",
        "text": text,
        "acts": [
            ("relabel", f"It is {predicted}", f"It is {predicted}: change the label"),
            ("keep", f"It is {label}", f"It is {label}: keep the label"),
            ("remove", "Remove", f"Remove this example of {label}"),
        ],
        **picture_of(listing.pictures.get(mistake.id)),
    }


def _percent(share: float) -> str:
    # Rounded, what is not quite sure must not read as if it were.
    # The space is one at which no line ends.
    return ">99\u00a0%" if 0.99 < share < 1 else f"{round(100 * share)}\u00a0%"
