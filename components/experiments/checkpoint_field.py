"""The field on the page in which a checkpoint is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import param
from panel.custom import JSComponent

from imlkit.training import CheckpointRecord
from imlkit.web import FOLDER, inlined

from .checkpoint_options import CheckpointOptions
from .checkpoint_words import checkpoint_words

if TYPE_CHECKING:
    from .checkpoint_choice import CheckpointChoice

__all__ = ["CheckpointField"]

HERE = Path(__file__)
LISTED: Final = 50
"""How many options are listed at once."""
LONGEST: Final = 300
"""The most letters of an option."""


class CheckpointField(JSComponent):
    """One view of a choice. The page is sent only the options that it lists.

    Args:
        choice: what is chosen.
    """

    title = param.String("Checkpoint")

    _esm: ClassVar[str] = inlined(HERE.with_name("checkpoint_choice.js"))
    _stylesheets: ClassVar[list[str]] = [
        (FOLDER / "linked.css").read_text("utf-8"),
        HERE.with_name("checkpoint_choice.css").read_text("utf-8"),
    ]

    def __init__(self, choice: CheckpointChoice) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            title=choice.title or "Checkpoint", sizing_mode="stretch_width", margin=10
        )
        self._choice = choice
        self._here = False
        self._sought = ""
        self._turn = 0

    def refresh(self, _: Any = None) -> None:
        """Send what there is now."""
        if not self._here:
            return
        options: CheckpointOptions = self._choice.options.value
        chosen: CheckpointRecord | None = self._choice.value.value
        found = options.found(self._sought)
        self._send_msg(
            {
                "chosen": None if chosen is None else _option(chosen),
                "listed": [_option(record) for record in found[:LISTED]],
                "found": len(found),
                "count": len(options.records),
                "turn": self._turn,
                "empty": options.empty,
                "problem": options.problem,
                "note": self._choice.note,
            }
        )

    def _handle_msg(self, message: Any) -> None:
        match message:
            case {"type": "hello"}:
                self._here = True
                self._sought, self._turn = "", 0
                self.refresh()
            case {"type": "seek", "words": str(words), "turn": int(turn)}:
                self._sought, self._turn = words[:LONGEST], turn
                self.refresh()
            case {"type": "choose", "id": str() | None as id}:
                self._choice.choose(id)
            case {"type": "look"}:
                self._choice.look()


def _option(record: CheckpointRecord) -> list[str]:
    return [record.id, checkpoint_words(record)[:LONGEST]]
