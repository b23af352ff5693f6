"""Images, texts and confusion matrices on the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
from panel.custom import JSComponent

from imlkit.web import inlined

from .run_images_groups import Group, Moment
from .run_media import ShownMedia

__all__ = ["Asked", "ImageGroups"]

HERE = Path(__file__)
PAGE: Final = 8
"""How many groups are shown at once."""
BEGIN: Final = (
    'In the training, run.log_image("a name", image) begins it; run.log_text and run.log_confusion '
    "are shown here too."
)


@dataclass(frozen=True)
class Asked:
    """What a page wants to see of a group.

    Attributes:
        group: the group's key.
        turn: by which the page knows its question again.
        moment: the latest that is wanted, step and number; None for what was logged last.
        have: the ids of the documents that the page has got already, by run.
    """

    group: str
    turn: int
    moment: tuple[float, int] | None
    have: Mapping[str, str]

    def cards(self, group: Group, read: Callable[[str], Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return what to tell of each run of a group.

        Args:
            group: the group that is meant.
            read: returns the content of a document.
        """
        found: list[dict[str, Any]] = []
        for run in group.media:
            head = group.at(run, self.moment)
            if head is None:
                found.append({"run": run, "id": None})
                continue
            card = {
                "run": run,
                "id": head.id,
                "step": head.step,
                "epoch": head.epoch,
                "seconds": head.seconds,
            }
            if self.have.get(run) != head.id:
                card["content"] = dict(read(head.id))
            found.append(card)
        return found


class ImageGroups(JSComponent):
    """One view of what runs logged. A page asks for what is in sight; it is sent nothing else.

    Args:
        title: what stands above it.
        asked: called with what the page wants to see.
        again: called when the person wants the store to be tried again.
    """

    _esm: ClassVar[str] = inlined(HERE.with_name("run_images.js"))
    _stylesheets: ClassVar[list[str]] = [
        HERE.with_name(name).read_text("utf-8") for name in ("run_plot.css", "run_images.css")
    ]

    def __init__(
        self, title: str, asked: Callable[[ImageGroups, Asked], Any], again: Callable[[], Any]
    ) -> None:
        super().__init__(sizing_mode="stretch_width", margin=0)  # type: ignore[no-untyped-call]
        self._title = title
        self._asked = asked
        self._again = again
        self._drawn = ShownMedia()
        self._here = False
        self._part = ""
        self._limit = PAGE
        self._sent: dict[str, tuple[Moment, ...]] = {}

    def show_media(self, drawn: ShownMedia) -> None:
        """Show this from now on."""
        self._drawn = drawn
        self.refresh()

    def refresh(self) -> None:
        """Send what has changed since the last time."""
        if not self._here:
            return
        drawn = self._drawn
        groups: tuple[Group, ...] = drawn.found or ()
        matching = [group for group in groups if self._part in group.name.lower()]
        shown = matching[: self._limit]
        told = [self._told(group) for group in shown]
        self._sent = {group.key: group.moments for group in shown}
        state = {
            "title": self._title,
            "runs": [[run.id, run.name, run.look] for run in drawn.runs],
            "groups": told,
            "all": len(groups),
            "more": len(matching) - len(shown),
            "page": PAGE,
            "empty": "" if groups else drawn.without("images, texts or confusion matrices", BEGIN),
            "note": drawn.note,
            "problem": drawn.problem,
        }
        self._send_msg({"state": state})

    def send(self, asked: Asked, cards: list[dict[str, Any]]) -> None:
        """Answer a question of the page."""
        self._send_msg({"group": asked.group, "turn": asked.turn, "cards": [_plain(card) for card in cards]})

    def _told(self, group: Group) -> dict[str, Any]:
        before = self._sent.get(group.key)
        start = 0
        if before is not None and group.moments[: len(before)] == before:
            start = len(before)
        new = group.moments[start:]
        rows = np.array([(moment.step, moment.nth, moment.epoch) for moment in new], "<f8").reshape(-1, 3)
        return {
            "key": group.key,
            "kind": group.kind,
            "name": group.name,
            "runs": list(group.media),
            "version": [[run, group.media[run][1][-1].id] for run in group.media],
            "from": start,
            "moments": np.ascontiguousarray(rows.T).tobytes(),
        }

    def _handle_msg(self, message: Any) -> None:
        match message:
            case {"hello": _}:
                self._here = True
                self._sent = {}
                self.refresh()
            case {"ask": str(group), "turn": int(turn), "have": dict(have), "moment": moment}:
                self._asked(self, Asked(group, turn, _moment(moment), have))
            case {"find": str(part)}:
                self._part = part.lower()
                self._limit = PAGE
                self.refresh()
            case {"more": _}:
                self._limit += PAGE
                self.refresh()
            case {"again": _}:
                self._again()


def _moment(given: Any) -> tuple[float, int] | None:
    match given:
        case [None, int(nth)]:
            return -math.inf, nth
        case [int() | float() as step, int(nth)]:
            return float(step), nth
    return None


def _plain(card: dict[str, Any]) -> dict[str, Any]:
    """Return a card with None for numbers that are not known."""
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in card.items()
    }
